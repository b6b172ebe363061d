"""What a line in the log looks like: whom it is about, no secrets, and no news that is none."""

from __future__ import annotations

import json
import logging
import re
from datetime import UTC, datetime

from django.conf import settings

from streair.core.requests import what_it_is_about

# Stream keys, personal tokens and overlays' secrets carry a prefix, so that one pattern finds them everywhere.
_PREFIXED = re.compile(r"\b(sk|sa|ov)_[0-9A-Za-z_-]{8,}(?:\.[0-9A-Za-z_-]{40,})?")
# Strangers choose much of what is logged: none of these looks at a letter more than a few times.
# JSON Web Tokens: the head is JSON that begins with `{"`.
_WEB_TOKEN = re.compile(
    r"(?<![\w-])(?=[0-9A-Za-z_-]*eyJ)[0-9A-Za-z_-]++\.[0-9A-Za-z_-]++\.[0-9A-Za-z_-]*+"
)
# What django.core.signing makes for links in mails: value, time, signature.
_SIGNED_LINK = re.compile(r"(?<![\w-])[0-9A-Za-z_-]{2,}+:[0-9A-Za-z]{6}:[0-9A-Za-z_-]{43}")
_PASSWORD_IN_URL = re.compile(r"(?<=://)([^/\s:@]*):[^/\s@]+(?=@)")
# All of a header, up to the end of the line or of the text that quotes it.
_HEADER = re.compile(
    r"(?i)\b((?:http_|set-)?cookie|(?:http_)?authorization)(['\"]?\s*[:=]\s*['\"]?)[^\r\n'\"]+"
)
# A field of a form, of JSON or of Python's own way to write a dict.
_FIELD = re.compile(
    r"(?i)((?:passw(?:or)?d|secret|middlewaretoken|csrftoken|sessionid|api_?key)\w{0,40})(['\"]?\s*[:=]\s*\[?)"
    r"(\"[^\"]*\"|'[^']*'|[^\s&;,'\"]+)"
)
_SETTINGS = ("SECRET_KEY", "HOOK_SECRET", "JWT_SECRET", "METRICS_TOKEN", "EMAIL_HOST_PASSWORD")


def without_secrets(text: str) -> str:
    """Return `text` with keys, tokens, cookies, passwords and the site's own secrets blanked out."""
    for name in _SETTINGS:
        if secret := getattr(settings, name, ""):
            text = text.replace(secret, "***")
    text = _WEB_TOKEN.sub("***", _PREFIXED.sub(r"\1_***", text))
    text = _PASSWORD_IN_URL.sub(r"\1:***", _SIGNED_LINK.sub("***", text))
    return _FIELD.sub(r"\1\2***", _HEADER.sub(r"\1\2***", text))


class CalmRefusals(logging.Filter):
    """A logger's filter: that somebody asked for what there is not, or what is not theirs, is everyday.

    For `django.request`. What may be an attack comes by `django.security.*` and stays as loud as it is.
    """

    def filter(self, record: logging.LogRecord) -> bool:
        if 400 <= getattr(record, "status_code", 0) < 500 and record.levelno == logging.WARNING:
            record.levelno, record.levelname = logging.INFO, logging.getLevelName(logging.INFO)
        return record.levelno >= logging.getLogger(record.name).getEffectiveLevel()


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


class AddContext(logging.Filter):
    """A handler's filter that gives every record `about`: whose request it belongs to, and in which room."""

    def filter(self, record: logging.LogRecord) -> bool:
        record.about = what_it_is_about()
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
