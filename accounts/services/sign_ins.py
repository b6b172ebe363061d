"""Places where people are signed in: opening, going on, ending one or all of them."""

from __future__ import annotations

from dataclasses import dataclass
from datetime import datetime
from importlib import import_module

from django.conf import settings
from django.contrib.auth.models import update_last_login
from django.db import transaction
from django.db.models import F, Q
from django.utils.timezone import now
from django.utils.translation import gettext_lazy as _

from accounts import jwts
from accounts.models import PersonalToken, SignIn, User
from accounts.models.signins import new_public_id
from accounts.services.bearers import fits, invalid_token
from streair.core.errors import NotFound

_LONGEST_USER_AGENT = 300


@dataclass(frozen=True, slots=True)
class Tokens:
    """What an app gets when it signs in."""

    access: str
    refresh: str
    user: User


@transaction.atomic
def sign_in_app(user: User, *, address: str, user_agent: str) -> Tokens:
    """Sign `user` in to an app."""
    public_id = new_public_id()
    refresh, claims = _refresh_token(user, public_id)
    SignIn.objects.create(
        public_id=public_id,
        user=user,
        kind=SignIn.Kind.APP,
        refresh_jti=claims.jti,
        seen=now(),
        expires=claims.expires,
        address=address or None,
        user_agent=_program(user_agent),
    )
    update_last_login(None, user)  # type: ignore[arg-type]
    return Tokens(_access_token(user, public_id), refresh, user)


def refresh_app(text: str, *, address: str) -> Tokens:
    """Return the next pair of tokens for a refresh token.

    One update claims the token, so that of many who show it at once one gets through. Whoever
    comes with a used one may have stolen it, or been stolen from: that ends the whole family.
    Raises SignInFirst.
    """
    sign_in, claims = _of_refresh(text)
    refresh, next_claims = _refresh_token(sign_in.user, sign_in.public_id)
    # Only columns of this row: PostgreSQL looks at them again when it had to wait for the row.
    claimed = SignIn.objects.filter(
        pk=sign_in.pk, refresh_jti=claims.jti, revoked__isnull=True
    ).update(
        refresh_jti=next_claims.jti,
        expires=next_claims.expires,
        seen=now(),
        address=address or None,
    )
    if not claimed:
        _revoke(sign_in)
        raise invalid_token()
    return Tokens(_access_token(sign_in.user, sign_in.public_id), refresh, sign_in.user)


def sign_out_app(refresh: str) -> None:
    """End the family that a refresh token belongs to. Raises SignInFirst."""
    sign_in, _claims = _of_refresh(refresh)
    _revoke(sign_in)


def sign_out(sign_in: SignIn) -> None:
    """End one sign-in: its session, or its tokens. Does nothing when it is over."""
    _revoke(sign_in)
    if sign_in.session_key:
        _session(sign_in.session_key).delete()


def sign_out_of(user: User, public_id: str) -> None:
    """End the sign-in with this id, or raise NotFound when `user` has none such."""
    sign_in = SignIn.objects.lasting(now()).filter(user=user, public_id=public_id).first()
    if sign_in is None:
        raise NotFound(_("There is no such sign-in."), code="session-not-found")
    sign_out(sign_in)


@transaction.atomic
def sign_out_everywhere(user: User) -> None:
    """End every session, token, socket and open stream of `user`.

    The token version does it: everything carries it and is compared with it, sockets and streams
    within two seconds. What is written besides only keeps lists right.
    """
    User.objects.filter(pk=user.pk).update(token_version=F("token_version") + 1)
    user.refresh_from_db(fields=["token_version"])
    lasting = SignIn.objects.filter(user=user, revoked__isnull=True)
    for key in lasting.exclude(session_key="").values_list("session_key", flat=True):
        _session(key).delete()
    lasting.update(revoked=now())
    PersonalToken.objects.filter(user=user).delete()


def note_browser(
    user: User, *, public_id: str, session_key: str, expires: datetime, address: str, agent: str
) -> str:
    """Write down that `user` is signed in with this session and here right now; return the row's id.

    `public_id` is what the last call returned for this session, or "" when there was none. The
    session's key changes with the password, and when somebody signs in once more.
    """
    seen = {"session_key": session_key, "seen": now(), "expires": expires}
    # By its key, when another request of this browser was faster.
    same = Q(public_id=public_id) if public_id else Q(session_key=session_key)
    known = SignIn.objects.filter(same, user=user, revoked__isnull=True).first()
    if known is not None:
        SignIn.objects.filter(pk=known.pk).update(**seen, address=address or None)
        return known.public_id
    row = SignIn.objects.create(
        user=user,
        kind=SignIn.Kind.BROWSER,
        address=address or None,
        user_agent=_program(agent),
        **seen,
    )
    return row.public_id


def forget_browser(public_id: str) -> None:
    """Note that a browser signed out whose session has ended already. "" is none that we knew of."""
    if public_id:
        SignIn.objects.filter(public_id=public_id).update(revoked=now())


def _program(user_agent: str) -> str:
    """Return what a program calls itself as it can be stored: PostgreSQL takes no NUL."""
    return user_agent.replace("\0", "")[:_LONGEST_USER_AGENT]


def _of_refresh(text: str) -> tuple[SignIn, jwts.Claims]:
    try:
        claims = jwts.read_refresh(text)
    except jwts.BadToken as exc:
        raise invalid_token() from exc
    sign_in = (
        SignIn.objects.select_related("user")
        .filter(public_id=claims.sign_in, user__is_active=True, revoked__isnull=True)
        .first()
    )
    if sign_in is None or not fits(sign_in, claims):
        raise invalid_token()
    return sign_in, claims


def _revoke(sign_in: SignIn) -> None:
    SignIn.objects.filter(pk=sign_in.pk, revoked__isnull=True).update(revoked=now())


def _access_token(user: User, public_id: str) -> str:
    return jwts.new_access(user_id=user.pk, sign_in=public_id, version=user.token_version)


def _refresh_token(user: User, public_id: str) -> tuple[str, jwts.Claims]:
    return jwts.new_refresh(user_id=user.pk, sign_in=public_id, version=user.token_version)


def _session(key: str):  # type: ignore[no-untyped-def]
    return import_module(settings.SESSION_ENGINE).SessionStore(key)
