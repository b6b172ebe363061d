"""What a line in the log looks like, and that there is no secret in it.

Of the site (streair/core/logs.py adds to it), and of edges and ingest nodes, which have no Django.
"""

from __future__ import annotations

import json
import logging
import logging.config
import re
import sys
from datetime import UTC, datetime
from typing import Any

from streair import env, secrets

# Stream keys, personal tokens and overlays' secrets carry a prefix, so that one pattern finds them everywhere.
_PREFIXED = re.compile(r"\b(sk|sa|ov)_[0-9A-Za-z_-]{8,}(?:\.[0-9A-Za-z_-]{40,})?")
# Strangers choose much of what is logged: none of these looks at a letter more than a few times.
# JSON Web Tokens: the head is JSON that begins with `{"`.
_WEB_TOKEN = re.compile(
    r"(?<![\w-])(?=[0-9A-Za-z_-]*eyJ)[0-9A-Za-z_-]++\.[0-9A-Za-z_-]++\.[0-9A-Za-z_-]*+"
)
# What django.core.signing makes for links in mails: value, time, signature.
_SIGNED_LINK = re.compile(r"(?<![\w-])[0-9A-Za-z_-]{2,}+:[0-9A-Za-z]{6}:[0-9A-Za-z_-]{43}")
# Up to the last @ before the host: whoever wrote it need not have known that one in a password is %40.
_PASSWORD_IN_URL = re.compile(r"(?<=://)([^/\s:@]*):[^/\s]+(?=@)")
# All of a header, up to the end of the line or of the text that quotes it.
_HEADER = re.compile(
    r"(?i)\b((?:http_|set-)?cookie|(?:http_)?authorization)(['\"]?\s*[:=]\s*['\"]?)[^\r\n'\"]+"
)
# A field of a form, of JSON or of Python's own way to write a dict.
_FIELD = re.compile(
    r"(?i)((?:passw(?:or)?d|secret|middlewaretoken|csrftoken|sessionid|api_?key)\w{0,40})(['\"]?\s*[:=]\s*\[?)"
    r"(\"[^\"]*\"|'[^']*'|[^\s&;,'\"]+)"
)


def without_secrets(text: str) -> str:
    """Return `text` with keys, tokens, cookies, passwords and the site's own secrets blanked out."""
    text = secrets.without_known(text)
    text = _WEB_TOKEN.sub("***", _PREFIXED.sub(r"\1_***", text))
    text = _PASSWORD_IN_URL.sub(r"\1:***", _SIGNED_LINK.sub("***", text))
    return _FIELD.sub(r"\1\2***", _HEADER.sub(r"\1\2***", text))


class HideSecrets(logging.Filter):
    """A handler's filter that blanks secrets in the finished message, and in what went wrong."""

    def filter(self, record: logging.LogRecord) -> bool:
        message = record.getMessage()
        hidden = without_secrets(message)
        if hidden != message:
            record.msg, record.args = hidden, ()
        if record.exc_info and not record.exc_text:
            record.exc_text = logging.Formatter().formatException(record.exc_info)
        # Formatters take what is here in place of making it anew.
        if record.exc_text:
            record.exc_text = without_secrets(record.exc_text)
        if record.stack_info:
            record.stack_info = without_secrets(record.stack_info)
        return True


class Readable(logging.Formatter):
    """A line for people."""

    def __init__(self) -> None:
        super().__init__("{asctime} {levelname:<7} {name}{whose}: {message}", style="{")

    def format(self, record: logging.LogRecord) -> str:
        about = getattr(record, "about", {})
        record.whose = f" [{' '.join(str(value) for value in about.values())}]" if about else ""
        return super().format(record)


class Json(logging.Formatter):
    """A line for programs: one JSON object."""

    def format(self, record: logging.LogRecord) -> str:
        line = {
            "time": datetime.fromtimestamp(record.created, UTC).isoformat(timespec="milliseconds"),
            "level": record.levelname,
            "logger": record.name,
            "message": record.getMessage(),
            **getattr(record, "about", {}),
            "process": record.process,
        }
        if record.exc_info and not record.exc_text:
            record.exc_text = self.formatException(record.exc_info)
        if record.exc_text:
            line["exception"] = record.exc_text
        if record.stack_info:
            line["stack"] = record.stack_info
        return json.dumps(line, ensure_ascii=False, default=str)


def level() -> str:
    """Return LOG_LEVEL. Raises ValueError when there is no such level."""
    name = env.text("LOG_LEVEL", "INFO")
    if name not in logging.getLevelNamesMapping():
        raise ValueError("LOG_LEVEL must be DEBUG, INFO, WARNING or ERROR.")
    return name


def form(*, is_for_people: bool = False) -> str:
    """Return LOG_FORMAT: JSON for programs, or lines for people, who look on at a terminal. Raises ValueError."""
    found = env.text("LOG_FORMAT", "plain" if is_for_people or sys.stderr.isatty() else "json")
    if found not in {"json", "plain"}:
        raise ValueError("LOG_FORMAT must be json or plain.")
    return found


def configuration(*, level: str, form: str) -> dict[str, Any]:
    """Return what logging is told: all of it goes to stderr, without secrets."""
    return {
        "version": 1,
        "disable_existing_loggers": False,
        "formatters": {
            "plain": {"()": "streair.logs.Readable"},
            "json": {"()": "streair.logs.Json"},
        },
        "filters": {"secrets": {"()": "streair.logs.HideSecrets"}},
        "handlers": {
            "console": {
                "class": "logging.StreamHandler",
                "formatter": form,
                "filters": ["secrets"],
            },
        },
        "root": {"handlers": ["console"], "level": level},
    }


def begin() -> None:
    """Log so from now on, in a program without Django. Raises ValueError for what is wrong in the environment."""
    logging.config.dictConfig(configuration(level=level(), form=form()))
