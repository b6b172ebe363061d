"""What the site's log has beyond streair/logs.py: whom a line is about, and no news that is none."""

from __future__ import annotations

import logging

from streair.core.requests import what_it_is_about


class CalmRefusals(logging.Filter):
    """A logger's filter: that somebody asked for what there is not, or what is not theirs, is everyday.

    For `django.request`. What may be an attack comes by `django.security.*` and stays as loud as it is.
    """

    def filter(self, record: logging.LogRecord) -> bool:
        if 400 <= getattr(record, "status_code", 0) < 500 and record.levelno == logging.WARNING:
            record.levelno, record.levelname = logging.INFO, logging.getLevelName(logging.INFO)
        return record.levelno >= logging.getLogger(record.name).getEffectiveLevel()


class AddContext(logging.Filter):
    """A handler's filter that gives every record `about`: whose request it belongs to, and in which room."""

    def filter(self, record: logging.LogRecord) -> bool:
        record.about = what_it_is_about()
        return True
