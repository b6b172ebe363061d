"""The demo's accounts and room."""

from __future__ import annotations

import pytest
from django.contrib.auth import authenticate

from accounts.models import User
from rooms.models import Room
from streams import demo

pytestmark = pytest.mark.django_db


def test_the_accounts_work_and_the_second_time_is_like_the_first() -> None:
    logins = [demo.prepare() for _ in range(2)]

    assert logins[0] == logins[1]
    for login in logins[0]:
        assert authenticate(username=login.username, password=login.password)
    assert Room.objects.get().owner == User.objects.get(username="demo")
