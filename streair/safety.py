"""Settings with which a site must not start: each refused in one line that says what to change."""

from __future__ import annotations

from collections.abc import Iterable, Mapping
from urllib.parse import urlsplit

from django.core.exceptions import ImproperlyConfigured

from streair.hosts import is_local

LEAST_CHARACTERS = 32
# Fewer different ones, and it was typed with one finger.
LEAST_DIFFERENT = 6
# What stands in guides and examples to be replaced.
_PLACEHOLDERS = ("change-me", "changeme", "change_me", "django-insecure", "your-secret", "example")


def secret(name: str, value: str) -> str:
    """Return `value`, a secret that was set, or raise ImproperlyConfigured."""
    if len(value) < LEAST_CHARACTERS:
        raise ImproperlyConfigured(
            f"{name} is too short: use {LEAST_CHARACTERS} random characters or more."
        )
    guessable = len(set(value)) < LEAST_DIFFERENT
    if guessable or any(word in value.lower() for word in _PLACEHOLDERS):
        raise ImproperlyConfigured(
            f"{name} is an example that everybody knows: use random characters."
        )
    return value


def different(secrets: Mapping[str, str]) -> None:
    """Raise ImproperlyConfigured when one secret is used for two things: whoever learns one would have both."""
    seen: dict[str, str] = {}
    for name, value in secrets.items():
        if value in seen:
            raise ImproperlyConfigured(f"{name} is the same as {seen[value]}: give each its own.")
        seen[value] = name


def client_url(value: str) -> str:
    """Return CLIENT_URL without a slash at its end, or raise ImproperlyConfigured."""
    url = value.rstrip("/")
    if not url:
        return url
    parts = urlsplit(url)
    if parts.scheme not in {"http", "https"} or not parts.hostname or parts.path or parts.query:
        raise ImproperlyConfigured(
            f"CLIENT_URL must be like https://live.example.org, without a path; it is {value!r}."
        )
    return url


def allowed_hosts(found: list[str]) -> list[str]:
    """Return ALLOWED_HOSTS, or raise ImproperlyConfigured when that is everybody."""
    if "*" in found:
        raise ImproperlyConfigured(
            "ALLOWED_HOSTS=* lets any site open our WebSockets. Name the hosts."
        )
    return found


def debug(*, is_on: bool, named: Iterable[str]) -> None:
    """Raise ImproperlyConfigured for DEBUG on a site that others reach: its secrets are well known then."""
    public = [host for host in named if host and not is_local(host)] if is_on else []
    if public:
        raise ImproperlyConfigured(
            f"DEBUG=1 on {public[0]}: error pages would show the inside of the site, and its secrets are "
            "well known. Remove DEBUG, or the public name."
        )
