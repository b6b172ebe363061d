"""Changing who people are."""

from __future__ import annotations

import unicodedata

from django.contrib.auth.password_validation import validate_password
from django.core.exceptions import ValidationError
from django.db import IntegrityError, transaction
from django.utils.translation import gettext as _

from accounts.models import User
from streair.core.errors import Invalid

# Names that would pass for the site itself.
RESERVED = frozenset(
    {
        *("admin", "administrator", "mod", "moderator", "official"),
        *("root", "staff", "streair", "support", "system"),
    }
)


def sign_up(*, username: str, email: str, password: str) -> User:
    """Create an account for a person.

    Raises Invalid with sentences for each of `username`, `email` and `password`, also when
    somebody else takes the name between our look and our write.
    """
    username = unicodedata.normalize("NFC", username).strip()
    email = User.objects.normalize_email(unicodedata.normalize("NFC", email).strip())
    password = unicodedata.normalize("NFC", password)
    user = User(username=username, email=email)
    errors = _field_errors(user) | _password_errors(user, password)
    for name, sentences in _taken(user).items():
        errors.setdefault(name, sentences)
    if errors:
        raise _invalid(errors)
    user.set_password(password)
    try:
        # A savepoint: a failed insert must not spoil the caller's transaction.
        with transaction.atomic():
            user.save(force_insert=True)
    except IntegrityError as exc:
        taken = _taken(user)
        if not taken:
            raise
        raise _invalid(taken) from exc
    return user


def _invalid(errors: dict[str, list[str]]) -> Invalid:
    return Invalid(_("The account cannot be created like this."), errors=errors)


def _field_errors(user: User) -> dict[str, list[str]]:
    """Return what the model's own rules say, uniqueness left out."""
    errors: dict[str, list[str]] = {}
    try:
        user.clean_fields(exclude=["password"])
    except ValidationError as exc:
        errors = exc.message_dict
    bare = user.username.lower().replace("_", "").replace(".", "")
    if not bare or bare in RESERVED:
        errors.setdefault("username", []).append(_("This user name is reserved."))
    return errors


def _password_errors(user: User, password: str) -> dict[str, list[str]]:
    try:
        validate_password(password, user)
    except ValidationError as exc:
        return {"password": exc.messages}
    return {}


def _taken(user: User) -> dict[str, list[str]]:
    """Return which of name and address belong to somebody, whatever the case."""
    errors = {}
    if User.objects.named(user.username).exists():
        errors["username"] = [_("This user name is taken.")]
    if User.objects.filter(email__iexact=user.email).exists():
        errors["email"] = [_("This e-mail address is in use already.")]
    return errors
