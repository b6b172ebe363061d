"""Somebody who is signed in as in a browser, asks the API in JSON, and hears errors in English."""

from __future__ import annotations

from django.test import Client

from accounts.models import User
from tests.factories import UserFactory

JSON = "application/json"


def signed_in(user: User | None = None) -> Client:
    client = Client(headers={"accept-language": "en"})
    client.force_login(user or UserFactory())
    return client
