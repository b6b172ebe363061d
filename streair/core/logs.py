"""Keeps secrets out of the logs."""

from __future__ import annotations

import logging
import re

# Stream keys carry this prefix (streams.keys), so that one pattern finds them everywhere.
_STREAM_KEY = re.compile(r"sk_[0-9A-Za-z_-]{8,}")
_PASSWORD_IN_URL = re.compile(r"(?<=://)([^/\s:@]*):[^/\s@]+(?=@)")


def without_secrets(text: str) -> str:
    """Return `text` with stream keys and passwords in URLs blanked out."""
    return _PASSWORD_IN_URL.sub(r"\1:***", _STREAM_KEY.sub("sk_***", text))


class HideSecrets(logging.Filter):
    """A handler's filter that blanks secrets in the finished message."""

    def filter(self, record: logging.LogRecord) -> bool:
        message = record.getMessage()
        hidden = without_secrets(message)
        if hidden != message:
            record.msg, record.args = hidden, ()
        return True
