"""Who is at the pages."""

from __future__ import annotations

import pytest
from django.test import Client

from accounts.models import User
from tests.factories import UserFactory


@pytest.fixture
def keeper(client: Client) -> User:
    keeper = UserFactory(username="keeper", is_staff=True, is_superuser=True)
    client.force_login(keeper)
    return keeper


@pytest.fixture
def ada() -> User:
    return UserFactory(username="ada")


@pytest.fixture
def studio(client: Client, ada: User) -> Client:
    """Ada's browser."""
    client.force_login(ada)
    return client
