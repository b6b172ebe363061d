"""What a streamer says about a room, and what of it can be used. Pure, save for hashing a password."""

from __future__ import annotations

from collections.abc import Callable, Iterable, Sequence
from typing import Any, TypedDict

from django.utils.translation import gettext as _

from rooms.locks import hash_password
from rooms.models import Category, Room, Visibility
from streair.core import texts
from streair.core.errors import Invalid

LONGEST_TITLE = 140
LONGEST_DESCRIPTION = 2000
MOST_TAGS = 5
SHORTEST_PASSWORD = 4
LONGEST_PASSWORD = 100


class Particulars(TypedDict, total=False):
    """What may be given for a room; what is left out stays as it is."""

    title: str
    description: str
    category: Category | None
    visibility: str
    password: str  # In clear; "" keeps the one that there is.
    is_mature: bool
    hides_viewers: bool
    tags: Sequence[str]


class _Refused(Exception):
    """One field cannot be used, for the reason in the message."""


def apply(room: Room, given: Particulars) -> list[str]:
    """Put what is given into `room`; return the names of the model's fields. Raises Invalid for all faults."""
    errors: dict[str, list[str]] = {}
    values: dict[str, Any] = {
        name: given[name] for name in ("category", "is_mature", "hides_viewers") if name in given
    }
    for name, judge in _JUDGES.items():
        if name in given:
            try:
                values[name] = judge(given[name])  # type: ignore[literal-required]
            except _Refused as refused:
                errors[name] = [str(refused)]
    if "visibility" not in errors and "password" not in errors:
        try:
            values |= _lock(room, values.get("visibility", room.visibility), values)
        except _Refused as refused:
            errors["password"] = [str(refused)]
    if errors:
        raise Invalid(_("This cannot be saved as it is."), errors=errors)
    for name, value in values.items():
        setattr(room, name, value)
    return list(values)


def _lock(room: Room, visibility: str, values: dict[str, Any]) -> dict[str, Any]:
    """Return what is stored as the password: only locked rooms have one, and they must."""
    password = values.pop("password", "")
    if visibility != Visibility.PASSWORD:
        return {"password": ""} if room.password else {}
    if password:
        return {"password": hash_password(password)}
    if not room.password:
        raise _Refused(_("Choose a password, or let everybody in."))
    return {}


def _title(text: str) -> str:
    title = texts.one_line(_readable(text))
    if not texts.says_something(title):
        raise _Refused(_("Give the stream a title."))
    return _short(title, LONGEST_TITLE)


def _description(text: str) -> str:
    return _short(texts.some_lines(_readable(text)), LONGEST_DESCRIPTION)


def _visibility(name: str) -> str:
    if name not in Visibility.values:
        raise _Refused(_("Choose one of: %(names)s.") % {"names": ", ".join(Visibility.values)})
    return name


def _password(text: str) -> str:
    password = texts.one_line(_readable(text))
    if password and len(password) < SHORTEST_PASSWORD:
        raise _Refused(_("Use at least %(shortest)d characters.") % {"shortest": SHORTEST_PASSWORD})
    return _short(password, LONGEST_PASSWORD)


def _tags(given: Iterable[str]) -> list[str]:
    found: dict[str, str] = {}
    for text in given:
        if not text.strip():
            continue
        tag = texts.tag_of(text)
        if not tag:
            raise _Refused(
                _("A tag has letters, digits and “-” only, at most %(longest)d of them.")
                % {"longest": texts.TAG_LENGTH}
            )
        found.setdefault(texts.folded(tag), tag)
    if len(found) > MOST_TAGS:
        raise _Refused(_("Use at most %(most)d tags.") % {"most": MOST_TAGS})
    return list(found.values())


def _readable(text: str) -> str:
    if texts.has_controls(text):
        raise _Refused(_("There are characters in here that nobody can read."))
    return text


def _short(text: str, longest: int) -> str:
    if len(text) > longest:
        raise _Refused(_("Use at most %(longest)d characters.") % {"longest": longest})
    return text


_JUDGES: dict[str, Callable[[Any], Any]] = {
    "title": _title,
    "description": _description,
    "visibility": _visibility,
    "password": _password,
    "tags": _tags,
}
