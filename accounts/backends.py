"""Signing in by user name or by e-mail address."""

from __future__ import annotations

import unicodedata
from typing import Any

from django.contrib.auth.backends import ModelBackend
from django.http import HttpRequest

from accounts.models import User


class NameOrEmailBackend(ModelBackend):
    """Django's backend, which also knows a person by e-mail and does not mind the case."""

    def authenticate(
        self,
        request: HttpRequest | None,
        username: str | None = None,
        password: str | None = None,
        **kwargs: Any,
    ) -> User | None:
        """Return the user whose password this is, or None.

        Takes as long for an unknown name as for a known one, so that nobody can tell
        from the clock who has an account here.
        """
        name = username if username is not None else kwargs.get(User.USERNAME_FIELD)
        if name is None or password is None:
            return None
        field = "email__iexact" if "@" in name else "username__iexact"
        user: User | None = User.objects.filter(**{field: name}).first()
        if user is None:
            User().set_password(password)
            return None
        # Keyboards compose Vietnamese letters in different ways; sign-up stores them composed.
        typed = dict.fromkeys([unicodedata.normalize("NFC", password), password])
        if any(map(user.check_password, typed)) and self.user_can_authenticate(user):
            return user
        return None
