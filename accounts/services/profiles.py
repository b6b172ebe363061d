"""What people say about themselves."""

from __future__ import annotations

import unicodedata
from typing import Any
from urllib.parse import urlsplit

from django.core.exceptions import ValidationError
from django.core.validators import URLValidator
from django.db import transaction
from django.utils.translation import gettext as _

from accounts import names, registry
from accounts.models import User
from streair.core.errors import Invalid

_MOST_LINKS = 5
_LONGEST_TITLE = 40
_LONGEST_URL = 300
_is_url = URLValidator(schemes=["https", "http"])

Links = list[dict[str, str]]


def change_profile(
    user: User,
    *,
    display_name: str | None = None,
    bio: str | None = None,
    links: Links | None = None,
) -> User:
    """Change what is given; None leaves a field as it is. Raises Invalid."""
    values: dict[str, Any] = {}
    errors: dict[str, list[str]] = {}
    if display_name is not None:
        values["display_name"] = " ".join(_plain(display_name).split())
        _add(errors, "display_name", _name_error(values["display_name"]))
    if bio is not None:
        values["bio"] = _plain(bio, keep="\n").strip()
        _add(errors, "bio", _length_error(values["bio"], 500))
    if links is not None:
        values["links"] = [
            {"title": _plain(each["title"]).strip(), "url": each["url"].strip()} for each in links
        ]
        _add(errors, "links", _links_error(values["links"]))
    if errors:
        raise Invalid(_("This cannot be saved as it is."), errors=errors)
    for name, value in values.items():
        setattr(user, name, value)
    with transaction.atomic():
        user.save(update_fields=list(values))
        if "display_name" in values:
            registry.rename(user)
    return user


def choose_theme(user: User, theme: str) -> None:
    """Keep the theme (light, dark, system) with the account, for every browser of theirs."""
    user.theme = theme
    user.save(update_fields=["theme"])


def _plain(text: str, *, keep: str = "") -> str:
    """Return `text` composed, without controls and marks that turn or hide what follows."""
    text = unicodedata.normalize("NFC", text.replace("\r\n", "\n"))
    return "".join(
        mark
        if mark in keep or not unicodedata.category(mark).startswith("C")
        else " " * (mark in "\t\n")
        for mark in text
    )


def _name_error(name: str) -> str:
    if name and names.impersonates(name):
        return _("This name would pass for the site or its staff.")
    if name and not any(unicodedata.category(mark)[0] in "LNS" for mark in name):
        return _("Use at least one letter.")
    return _length_error(name, 50)


def _length_error(text: str, longest: int) -> str:
    if len(text) <= longest:
        return ""
    return _("Use at most %(longest)d characters.") % {"longest": longest}


def _links_error(links: Links) -> str:
    if len(links) > _MOST_LINKS:
        return _("Use at most %(most)d links.") % {"most": _MOST_LINKS}
    for link in links:
        if not 1 <= len(link["title"]) <= _LONGEST_TITLE:
            return _("Give each link a title of at most %(longest)d characters.") % {
                "longest": _LONGEST_TITLE
            }
        if not _is_good_url(link["url"]):
            return _("Begin links with https:// or http://.")
    return ""


def _is_good_url(url: str) -> bool:
    if len(url) > _LONGEST_URL:
        return False
    try:
        _is_url(url)
        parts = urlsplit(url)
    except (ValidationError, ValueError):
        return False
    # Names and passwords before the host make people believe in another one.
    return "@" not in parts.netloc


def _add(errors: dict[str, list[str]], name: str, sentence: str) -> None:
    if sentence:
        errors[name] = [sentence]
