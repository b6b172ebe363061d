"""The same for programs that are signed in: no request is a fault of ours, or answered outside of the document."""

from __future__ import annotations

from pathlib import Path

import pytest

from streair.core.api.scopes import Scope
from tests.servers.site import Site
from tests.system.test_apps import Program
from tests.system.test_schemathesis import schemathesis

pytestmark = [pytest.mark.system, pytest.mark.timeout(300)]

# They would end the sign-in that asks.
_ENDING = ["logout", "logoutEverywhere", "changePassword", "deleteMe", "endSession"]


def test_an_app_finds_no_fault(site: Site, tmp_path: Path) -> None:
    app = Program(site)
    options = [f"--exclude-operation-id={name}" for name in _ENDING]

    run = schemathesis(
        site, tmp_path, f"--header=Authorization: Bearer {app.token}", *options, examples=20
    )

    assert not run.failed, run.output
    assert run.cases >= 1000
    assert app.ask("get", "users/me").status_code == 200


def test_a_personal_token_finds_no_fault(site: Site, tmp_path: Path) -> None:
    app = Program(site)
    made = app.ask("post", "tokens", json={"name": "Bot", "scopes": Scope.values}).json()

    run = schemathesis(
        site, tmp_path, f"--header=Authorization: Bearer {made['token']}", examples=20
    )

    assert not run.failed, run.output
    assert run.cases >= 1000
    assert app.ask("get", "users/me").status_code == 200
