"""What a program shows instead of a session: an access token, or a personal one."""

from __future__ import annotations

from dataclasses import dataclass
from datetime import datetime

from accounts.models import PersonalToken, SignIn, User


@dataclass(frozen=True, slots=True)
class Credential:
    """A token that was looked at and found good: DRF's `request.auth`."""

    user: User
    # When it ends by itself.
    expires: datetime | None
    sign_in: SignIn | None = None
    token: PersonalToken | None = None

    @property
    def granted_scopes(self) -> frozenset[str] | None:
        """What it is limited to (values of Scope), or None: it may do all that its owner may."""
        return None if self.token is None else frozenset(self.token.scopes)

    @property
    def name(self) -> str:
        """What sockets and streams remember it by."""
        if self.token is not None:
            return f"token:{self.token.public_id}"
        assert self.sign_in is not None, "a credential is one of both"
        return f"sign-in:{self.sign_in.public_id}"
