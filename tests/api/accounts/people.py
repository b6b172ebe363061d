"""Programs that ask the API in somebody's name."""

from __future__ import annotations

from typing import Any

from django.test import Client

from accounts.models import User
from accounts.services import Tokens, sign_in_app


class App:
    """A program with an access token, or without one: a stranger. Hears errors in English."""

    def __init__(self, user: User | None = None, *, token: str = "", **client: Any) -> None:
        self.client = Client(**client)
        self.tokens: Tokens | None = None
        if user is not None:
            self.tokens = sign_in_app(user, address="192.0.2.7", user_agent="An app")
        self.token = token or (self.tokens.access if self.tokens else "")

    def ask(self, method: str, path: str, body: Any = None, **options: Any) -> Any:
        """Send a request, `body` as JSON, and return Django's response."""
        headers = {"accept-language": "en"}
        if self.token:
            headers["authorization"] = f"Bearer {self.token}"
        if body is not None:
            options |= {"data": body, "content_type": "application/json"}
        return getattr(self.client, method.lower())(f"/api/{path}", headers=headers, **options)
