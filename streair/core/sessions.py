"""Sessions in the database, whose keys are looked at before the database is asked."""

from __future__ import annotations

from django.contrib.sessions.backends import db


class SessionStore(db.SessionStore):
    """Django's store; it also refuses what it never made: PostgreSQL takes no NUL in a text."""

    def _validate_session_key(self, key: object) -> bool:
        return isinstance(key, str) and key.isascii() and key.isalnum() and 8 <= len(key) <= 40
