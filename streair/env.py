"""The only reader of the environment: `.env`, then the secrets that `make run` generated, then os.environ on top."""

from __future__ import annotations

import os
import re
from datetime import timedelta
from pathlib import Path
from typing import Any

import environ

from streair import secrets

BASE_DIR = Path(__file__).resolve().parent.parent

_SECONDS = {"s": 1, "m": 60, "h": 3600, "d": 86_400, "w": 604_800}

_env = environ.Env()
# Variables that are set already win over both files, and the first file over the second.
environ.Env.read_env(BASE_DIR / ".env", encoding="utf-8-sig")
DATA_DIR = Path(BASE_DIR, os.environ.get("DATA_DIR") or "var").resolve()
DATA_DIR.mkdir(mode=0o750, parents=True, exist_ok=True)
environ.Env.read_env(DATA_DIR / "secrets.env")
# Those, too, that another program on this machine reads.
for _name, _value in os.environ.items():
    secrets.notice(_name, _value.strip())


def text(name: str, default: str = "") -> str:
    """Return the variable `name`, or `default` when it is unset or empty."""
    value = str(_env.str(name, default="")).strip()
    secrets.notice(name, value)
    return value or default


def flag(name: str, *, default: bool) -> bool:
    """Return the variable `name` as yes or no: 1/true/yes/on or anything else."""
    return bool(_env.bool(name, default=default)) if text(name) else default


def number(name: str, default: int) -> int:
    """Return the variable `name` as a whole number.

    Raises ValueError, naming the variable, when it holds something else.
    """
    value = text(name)
    try:
        return int(value) if value else default
    except ValueError as exc:
        raise ValueError(f"{name} must be a whole number, not {value!r}.") from exc


def duration(name: str, default: str) -> timedelta:
    """Return the variable `name` as a span of time: a number and s, m, h, d or w ("7d"); bare numbers are seconds.

    Raises ValueError, naming the variable, when it holds something else.
    """
    value = text(name, default)
    match = re.fullmatch(r"(\d{1,9})\s*([smhdw]?)", value)
    if match is None:
        raise ValueError(f"{name} must be a span of time like 15m, 12h or 7d, not {value!r}.")
    return timedelta(seconds=int(match[1]) * _SECONDS[match[2] or "s"])


def mail(name: str, default: str) -> dict[str, Any]:
    """Return the variable `name`, a URL that says how mail is sent, as Django's EMAIL_ settings.

    Raises ValueError, naming the variable, when it holds something else.
    """
    try:
        found: dict[str, Any] = environ.Env.email_url_config(text(name, default))
    except ValueError:
        # What Python says of it quotes half of a password.
        raise ValueError(
            f"{name} must be like smtp+tls://user:password@host:587; in a password, /, # and ? are %2F, "
            "%23 and %3F."
        ) from None
    return found


def words(name: str, default: list[str] | None = None) -> list[str]:
    """Return the variable `name`, split at commas, without blanks."""
    found = [word.strip() for word in text(name).split(",") if word.strip()]
    return found or list(default or [])
