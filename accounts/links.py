"""Links in mails: signed, good once and for some time."""

from __future__ import annotations

from dataclasses import dataclass
from enum import StrEnum

from django.conf import settings
from django.core import signing
from django.utils.translation import gettext_lazy as _

from accounts.models import User
from streair.core.errors import Invalid

_MOST_CHARACTERS = 1000


class Purpose(StrEnum):
    """What a link does."""

    PASSWORD = "password"  # noqa: S105 - a word, not one of them.
    EMAIL = "email"


@dataclass(frozen=True, slots=True)
class Link:
    """What a link says."""

    user_id: int
    # The user's `link_version` when it was made: it works while that is so.
    version: int
    # The address that it was sent to.
    email: str


def new(purpose: Purpose, user: User, *, email: str) -> str:
    """Return the signed part of a link that is sent to `email`."""
    return signing.dumps([user.pk, user.link_version, email], salt=_salt(purpose))


def read(purpose: Purpose, text: str) -> Link:
    """Return what a link says, or raise `bad_link`. Whether it was used is for the database to say."""
    is_password = purpose is Purpose.PASSWORD
    seconds = settings.PASSWORD_RESET_TIMEOUT if is_password else settings.EMAIL_LINK_TIMEOUT
    if len(text) > _MOST_CHARACTERS or not text.isascii():
        raise bad_link()
    try:
        user_id, version, email = signing.loads(text, salt=_salt(purpose), max_age=seconds)
    except (signing.BadSignature, ValueError) as exc:
        raise bad_link() from exc
    return Link(user_id, version, email)


def bad_link() -> Invalid:
    """Return the error for a link that does nothing."""
    return Invalid(
        _("This link was used already, or is too old. Ask for another one."), code="link-invalid"
    )


def _salt(purpose: Purpose) -> str:
    return f"accounts.links.{purpose}"
