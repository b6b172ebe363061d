"""Who asks: by `Authorization: Bearer`, a JWT or a personal access token. Sessions are DRF's."""

from __future__ import annotations

from rest_framework.authentication import BaseAuthentication
from rest_framework.request import Request

from accounts.credentials import Credential
from accounts.models import User
from accounts.services import bearers
from streair.core.addresses import address_of_request
from streair.core.api.errors import CHALLENGE
from streair.core.realtime.identity import bearer_in


class Bearer(BaseAuthentication):
    """Believes a good token; a bad one is an error, whatever the endpoint."""

    def authenticate(self, request: Request) -> tuple[User, Credential] | None:
        """Return who shows a token, or None when none is shown. Raises SignInFirst."""
        token = bearer_in(request.headers.get("Authorization", ""))
        if token is None:
            return None
        address = address_of_request(request._request)  # noqa: SLF001 - DRF has no other way.
        credential = bearers.authenticate(token, address=address)
        return credential.user, credential

    def authenticate_header(self, request: Request) -> str:
        """Return what 401 asks for."""
        return CHALLENGE
