"""Keeps secrets out of the logs, and what is no news from looking like it."""

from __future__ import annotations

import logging
import re

# Stream keys, personal tokens and overlays' secrets carry a prefix, so that one pattern finds them everywhere.
_PREFIXED = re.compile(r"\b(sk|sa|ov)_[0-9A-Za-z_-]{8,}(?:\.[0-9A-Za-z_-]{40,})?")
# JSON Web Tokens: the head is JSON that begins with `{"`.
_WEB_TOKEN = re.compile(r"eyJ[0-9A-Za-z_-]+\.[0-9A-Za-z_-]+\.[0-9A-Za-z_-]*")
# What django.core.signing makes for links in mails: value, time, signature.
_SIGNED_LINK = re.compile(r"[0-9A-Za-z_-]{10,}:[0-9A-Za-z]{6}:[0-9A-Za-z_-]{43}")
_PASSWORD_IN_URL = re.compile(r"(?<=://)([^/\s:@]*):[^/\s@]+(?=@)")


def without_secrets(text: str) -> str:
    """Return `text` with keys, tokens, signed links and passwords in URLs blanked out."""
    text = _WEB_TOKEN.sub("***", _PREFIXED.sub(r"\1_***", text))
    return _PASSWORD_IN_URL.sub(r"\1:***", _SIGNED_LINK.sub("***", text))


class CalmRefusals(logging.Filter):
    """A logger's filter: that somebody asked for what there is not, or what is not theirs, is everyday.

    For `django.request`. What may be an attack comes by `django.security.*` and stays as loud as it is.
    """

    def filter(self, record: logging.LogRecord) -> bool:
        if 400 <= getattr(record, "status_code", 0) < 500 and record.levelno == logging.WARNING:
            record.levelno, record.levelname = logging.INFO, logging.getLevelName(logging.INFO)
        return record.levelno >= logging.getLogger(record.name).getEffectiveLevel()


class HideSecrets(logging.Filter):
    """A handler's filter that blanks secrets in the finished message."""

    def filter(self, record: logging.LogRecord) -> bool:
        message = record.getMessage()
        hidden = without_secrets(message)
        if hidden != message:
            record.msg, record.args = hidden, ()
        return True
