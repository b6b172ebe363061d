"""A machine says what it is, and is held to it."""

from __future__ import annotations

import pytest

from streair import roles
from tests.unit.core.test_safety import start

STORES = {"DATABASE_URL": "postgres://a:b@10.0.0.1/streair", "REDIS_URL": "redis://10.0.0.1/0"}


@pytest.mark.parametrize(("role", "stores"), [("", {}), ("site", {}), ("app", STORES)])
def test_a_machine_of_a_site_starts(role: str, stores: dict[str, str]) -> None:
    assert start(MACHINE_ROLE=role, **stores) == ""


@pytest.mark.parametrize("missing", STORES)
def test_an_app_machine_shares_what_the_first_has(missing: str) -> None:
    assert "those of the first machine" in start(MACHINE_ROLE="app", **{**STORES, missing: ""})


@pytest.mark.parametrize("role", roles.OUTPOSTS)
def test_where_there_is_no_site_its_commands_say_so(role: str) -> None:
    said = start(MACHINE_ROLE=role, SECRET_KEY="", JWT_SECRET="", HOOK_SECRET="")

    assert roles.OUTPOSTS[role] in said
    assert "python -m deploy.outpost" in said


def test_what_is_no_role_is_refused() -> None:
    assert "not 'relay'" in start(MACHINE_ROLE="relay")
