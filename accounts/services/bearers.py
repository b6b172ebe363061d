"""Who shows a token: looked up for every request, socket and stream, in one query."""

from __future__ import annotations

import hashlib
from datetime import datetime, timedelta

from django.utils.timezone import now
from django.utils.translation import gettext_lazy as _

from accounts import jwts
from accounts.credentials import Credential
from accounts.models import PersonalToken, SignIn
from streair.core.errors import SignInFirst

TOKEN_PREFIX = "sa_"  # noqa: S105 - no secret, what secrets begin with.
_TOKEN_CHARACTERS = 100

# How often it is written down that somebody was here.
SIGN_IN_SEEN = timedelta(minutes=10)
TOKEN_SEEN = timedelta(minutes=1)


def authenticate(text: str, *, address: str = "") -> Credential:
    """Return whose token `text` is.

    Raises SignInFirst ("token-invalid") for everything that is not a good one.
    """
    if text.startswith(TOKEN_PREFIX):
        return _by_personal_token(text, address)
    try:
        claims = jwts.read_access(text)
    except jwts.BadToken as exc:
        raise invalid_token() from exc
    sign_in = (
        SignIn.objects.lasting(now())
        .select_related("user")
        .filter(public_id=claims.sign_in, user__is_active=True)
        .first()
    )
    if sign_in is None or not fits(sign_in, claims):
        raise invalid_token()
    if _is_older(sign_in.seen, SIGN_IN_SEEN):
        SignIn.objects.filter(pk=sign_in.pk).update(
            seen=now(), **({"address": address} if address else {})
        )
    return Credential(sign_in.user, claims.expires, sign_in=sign_in)


def fits(sign_in: SignIn, claims: jwts.Claims) -> bool:
    """Whether a token was made for this sign-in, and since its user last ended all of them."""
    user = sign_in.user
    return user.pk == claims.user_id and user.token_version == claims.version


def digest(token: str) -> str:
    """Return what a personal token is looked up by: 160 random bits need no salt."""
    return hashlib.sha256(token.encode()).hexdigest()


def invalid_token() -> SignInFirst:
    """Return the error for a token that is not, or not any more, good."""
    return SignInFirst(_("This token is not valid, or not any more."), code="token-invalid")


def _by_personal_token(text: str, address: str) -> Credential:
    if len(text) > _TOKEN_CHARACTERS or not text.isascii():
        raise invalid_token()
    token = (
        PersonalToken.objects.select_related("user")
        .filter(digest=digest(text), user__is_active=True)
        .first()
    )
    if token is None or token.token_version != token.user.token_version:
        raise invalid_token()
    if token.expires is not None and token.expires <= now():
        raise invalid_token()
    if _is_older(token.used, TOKEN_SEEN):
        PersonalToken.objects.filter(pk=token.pk).update(used=now(), address=address or None)
    return Credential(token.user, token.expires, token=token)


def _is_older(moment: datetime | None, span: timedelta) -> bool:
    return moment is None or now() - moment >= span
