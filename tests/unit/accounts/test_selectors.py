"""Finding people."""

from __future__ import annotations

import pytest

from accounts.selectors import person
from streair.core.errors import NotFound
from tests.factories import UserFactory

pytestmark = pytest.mark.django_db


def test_a_person_is_found_whatever_the_case() -> None:
    ada = UserFactory(username="Ada")

    assert person("aDa") == ada


@pytest.mark.parametrize("username", ["ada", "gone"])
def test_nobody_and_those_locked_out_are_not_found(username: str) -> None:
    UserFactory(username="gone", is_active=False)

    with pytest.raises(NotFound) as missing:
        person(username)

    assert missing.value.code == "user-not-found"
