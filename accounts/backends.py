"""Signing in by user name or by e-mail address."""

from __future__ import annotations

import unicodedata
from typing import Any

from django.contrib.auth.backends import ModelBackend
from django.http import HttpRequest

from accounts.limits import may_be_guessed
from accounts.models import User

# An address belongs to whoever verified it; before, several accounts may have typed it.
# As many are looked at for every address, known or not, so that the clock tells nothing.
_MOST_PEOPLE = 2


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
        # Keyboards compose Vietnamese letters in different ways; sign-up stores them composed.
        typed = list(dict.fromkeys([unicodedata.normalize("NFC", password), password]))
        is_address = "@" in name
        people = _people_at(name) if is_address else list(User.objects.named(name))
        for person in people:
            may_be = may_be_guessed(person)
            is_right = any(map(person.check_password, typed))
            if is_right and may_be and self.user_can_authenticate(person):
                return person
        # One may have registered the address oneself, to see whether looking at it takes longer then.
        for _ in range(len(people), _MOST_PEOPLE if is_address else 1):
            for each in typed:
                User().set_password(each)
        return None


def _people_at(address: str) -> list[User]:
    """Return who may mean themselves by `address`: its owner first, then who came first."""
    people = User.objects.filter(email__iexact=address).order_by("-email_verified", "pk")
    return list(people[:_MOST_PEOPLE])
