"""Which settings are secret, told by their names in this one place, and what they are in this process.

Whoever reads a setting (streair/env.py) has it remembered here; logs, backups and errors blank what is. Without
Django: edges and ingest nodes have secrets, too.
"""

from __future__ import annotations

import re
from contextlib import suppress
from urllib.parse import unquote, urlsplit

LEAST_CHARACTERS = 32
# Who collects figures shows it; nothing is signed with it.
LEAST_TOKEN = 16
# Fewer different ones, and it was typed with one finger.
_LEAST_DIFFERENT = 6
# What stands in guides and examples to be replaced.
_PLACEHOLDERS = ("change-me", "changeme", "change_me", "django-insecure", "your-secret", "example")
_NAME = re.compile(r"SECRET|PASSWORD|TOKEN|KEY$")
# An address whose password has characters that belong into %XX, up to the last @.
_RAW_PASSWORD = re.compile(r"://[^:@/\s]*:(\S+)@")
BLANK = "***"
# Shorter ones are everyday words: blanked everywhere they would spoil the log and give themselves away.
_LEAST_REMEMBERED = 6

# The longest first: one may be the beginning of another.
_known: tuple[str, ...] = ()


def is_secret(name: str) -> bool:
    """Whether the setting `name` is nobody's business."""
    return bool(_NAME.search(name))


def fault_of(name: str, value: str, *, least: int = LEAST_CHARACTERS) -> str:
    """Return what is wrong with a secret that was set, in a sentence; "" when it will do."""
    if len(value) < least:
        return f"{name} is too short: use {least} random characters or more."
    is_guessable = len(set(value)) < _LEAST_DIFFERENT
    if is_guessable or any(word in value.lower() for word in _PLACEHOLDERS):
        return f"{name} is an example that everybody knows: use random characters."
    return ""


def notice(name: str, value: str) -> None:
    """Remember what is secret in a setting: all of it, or the password of an address."""
    if is_secret(name):
        remember(value)
    elif "://" in value and "@" in value:
        remember(password_in(value))


def password_in(url: str) -> str:
    """Return the password of an address as it stands there; "" without one."""
    with suppress(ValueError):
        login, has_login, _host = urlsplit(url).netloc.rpartition("@")
        if has_login:
            return login.partition(":")[2]
    found = _RAW_PASSWORD.search(url)
    return found[1] if found else ""


def remember(value: str) -> None:
    """Have `value` blanked from now on, as it is and as it is meant (%40 is @)."""
    global _known  # noqa: PLW0603 - one tuple in the place of another: threads see either.
    new = {value, unquote(value)} - set(_known)
    if new := {each for each in new if len(each) >= _LEAST_REMEMBERED}:
        _known = tuple(sorted({*_known, *new}, key=lambda each: (-len(each), each)))


def known() -> tuple[str, ...]:
    """Return every secret that this process was told."""
    return _known


def without_known(text: str) -> str:
    """Return `text` with these blanked out."""
    for secret in _known:
        text = text.replace(secret, BLANK)
    return text
