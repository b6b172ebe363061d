"""JSON Web Tokens: simplejwt signs and checks them; what they stand for is a row (SignIn)."""

from __future__ import annotations

import re
from dataclasses import dataclass
from datetime import UTC, datetime
from typing import TypeVar

from rest_framework_simplejwt.exceptions import TokenError
from rest_framework_simplejwt.tokens import AccessToken, RefreshToken, Token

T = TypeVar("T", bound=Token)

# Ours have some 350. Nothing longer is decoded.
MOST_CHARACTERS = 2048
# PostgreSQL takes no NUL.
_PUBLIC_ID = re.compile(r"[0-9A-Za-z_-]{16}")


class BadToken(Exception):
    """This is no token of ours, or not of this kind, or not any more."""


@dataclass(frozen=True, slots=True)
class Claims:
    """What a token says."""

    user_id: int
    # The public id of the SignIn.
    sign_in: str
    # The user's token version when it was made.
    version: int
    jti: str
    expires: datetime


def new_access(*, user_id: int, sign_in: str, version: int) -> str:
    """Return a token that opens the API until it expires."""
    return str(_made(AccessToken, user_id, sign_in, version))


def new_refresh(*, user_id: int, sign_in: str, version: int) -> tuple[str, Claims]:
    """Return a token that is good for one new pair, and what it says."""
    token = _made(RefreshToken, user_id, sign_in, version)
    return str(token), _claims(token)


def read_access(text: str) -> Claims:
    """Return what an access token says, or raise BadToken."""
    return _read(AccessToken, text)


def read_refresh(text: str) -> Claims:
    """Return what a refresh token says, or raise BadToken."""
    return _read(RefreshToken, text)


def _made(kind: type[T], user_id: int, sign_in: str, version: int) -> T:
    token = kind()
    token["sub"] = str(user_id)
    token["sid"] = sign_in
    token["ver"] = version
    return token


def _read(kind: type[Token], text: str) -> Claims:
    if not text or len(text) > MOST_CHARACTERS or not text.isascii():
        raise BadToken
    try:
        # Signature, algorithm, expiry, issuer, audience and kind; keys named in the head are not looked at.
        return _claims(kind(text))  # type: ignore[arg-type] # Its annotation is wrong.
    except (TokenError, KeyError, TypeError, ValueError, OverflowError) as exc:
        raise BadToken from exc


def _claims(token: Token) -> Claims:
    if not _PUBLIC_ID.fullmatch(token["sid"]):
        raise ValueError("This is no id of ours.")
    return Claims(
        user_id=int(token["sub"]),
        sign_in=token["sid"],
        version=int(token["ver"]),
        jti=str(token["jti"]),
        expires=datetime.fromtimestamp(token["exp"], tz=UTC),
    )
