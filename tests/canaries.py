"""Listens to everything that the tests make the site log, as it would be written, for what must never be there."""

from __future__ import annotations

import logging
import re

from django.conf import settings

from streair.core.logs import AddContext
from streair.logs import HideSecrets, Json

# The passwords of the tests' people and servers, and what no key or token can do without. On purpose not the patterns
# by which the log itself looks for them.
CANARIES = re.compile(
    "a-Secret-word|harbor-at-dawn|a-word-among-machines"
    "|sk_[0-9a-z]{32}|sa_[0-9A-Za-z]{20}|ov_[0-9A-Za-z]{20}|eyJ[0-9A-Za-z]{20}"
)
_SETTINGS = ("SECRET_KEY", "HOOK_SECRET", "JWT_SECRET")


class Listener(logging.Handler):
    """Keeps the lines in which there is a secret."""

    def __init__(self) -> None:
        super().__init__()
        self.setFormatter(Json())
        self.addFilter(HideSecrets())
        self.addFilter(AddContext())
        self.found: list[str] = []

    def emit(self, record: logging.LogRecord) -> None:
        """Look at one line."""
        line = self.format(record)
        secrets = [getattr(settings, name) for name in _SETTINGS]
        if CANARIES.search(line) or any(secret in line for secret in secrets):
            self.found.append(line)
