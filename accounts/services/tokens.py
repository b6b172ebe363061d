"""Personal access tokens: making one, taking it back."""

from __future__ import annotations

import secrets
from dataclasses import dataclass
from datetime import datetime, timedelta

from django.db import transaction
from django.utils.timezone import now
from django.utils.translation import gettext as _

from accounts import audit
from accounts.models import PersonalToken, User
from accounts.services.bearers import TOKEN_PREFIX, digest
from streair.core.api.scopes import Scope
from streair.core.errors import Conflict, Invalid, NotFound

# Crockford's base 32: 32 characters are 160 bits.
_ALPHABET = "0123456789abcdefghjkmnpqrstvwxyz"
_CHARACTERS = 32
_MOST = 50
_LONGEST_LIFE = timedelta(days=366)


@dataclass(frozen=True, slots=True)
class NewToken:
    """A token, and its secret: this is the only time that anybody sees it."""

    row: PersonalToken
    secret: str


@transaction.atomic
def create_token(
    user: User, *, name: str, scopes: list[str], expires: datetime | None, address: str
) -> NewToken:
    """Make a token that may do `scopes` until `expires` (None: until it is revoked).

    Raises Invalid, and Conflict when there are very many already.
    """
    name = " ".join(name.split())
    errors = _errors(name, scopes, expires)
    if errors:
        raise Invalid(_("Some of this cannot be used."), errors=errors)
    if PersonalToken.objects.filter(user=user).count() >= _MOST:
        raise Conflict(
            _("Revoke a token that you do not use any more first."), code="too-many-tokens"
        )
    secret = TOKEN_PREFIX + "".join(secrets.choice(_ALPHABET) for _n in range(_CHARACTERS))
    row = PersonalToken.objects.create(
        user=user,
        name=name,
        digest=digest(secret),
        ending=secret[-4:],
        scopes=sorted(set(scopes)),
        token_version=user.token_version,
        expires=expires,
    )
    after = {"name": name, "scopes": row.scopes}
    audit.record("token.created", target=row, actor=user, after=after, address=address)
    return NewToken(row, secret)


@transaction.atomic
def revoke_token(user: User, public_id: str, *, address: str) -> None:
    """End a token for good, sockets and streams that were opened with it included. Raises NotFound."""
    row = PersonalToken.objects.filter(user=user, public_id=public_id).first()
    if row is None:
        raise NotFound(_("There is no such token."), code="token-not-found")
    audit.record("token.revoked", target=row, actor=user, address=address)
    row.delete()


def _errors(name: str, scopes: list[str], expires: datetime | None) -> dict[str, list[str]]:
    errors: dict[str, list[str]] = {}
    if not 1 <= len(name) <= 60:
        errors["name"] = [_("Give the token a name of at most 60 characters.")]
    if not scopes or set(scopes) - set(Scope.values):
        errors["scopes"] = [_("Choose what the token may do.")]
    if expires is not None and not now() < expires <= now() + _LONGEST_LIFE:
        errors["expires"] = [_("Choose a time within the next year.")]
    return errors
