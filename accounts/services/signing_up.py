"""Becoming somebody."""

from __future__ import annotations

import unicodedata

from django.core.exceptions import ValidationError
from django.db import IntegrityError, transaction
from django.utils.translation import gettext as _

from accounts import names
from accounts.models import User
from accounts.services import emails
from accounts.services.passwords import password_errors
from streair.core.errors import Conflict, Invalid


def sign_up(*, username: str, email: str, password: str, site: str = "") -> User:
    """Create an account for a person, and send them a link that verifies their address.

    `site` is where links in mails begin; without it there is no mail. Raises Invalid with sentences for
    each of `username`, `email` and `password`; Conflict ("username-taken") when all is well but the
    name belongs to somebody, also when they take it between our look and our write.

    Nothing tells whether the address is known: it belongs to whoever opens the link.
    """
    username = unicodedata.normalize("NFC", username).strip()
    email = emails.normalize(email)
    password = unicodedata.normalize("NFC", password)
    user = User(username=username, email=email, skeleton=names.skeleton(username))
    errors = _field_errors(user) | password_errors(user, password)
    taken = _taken(user)
    if errors:
        raise Invalid(_("The account cannot be created like this."), errors={**taken, **errors})
    if taken:
        raise _conflict(taken)
    user.set_password(password)
    try:
        # A savepoint: a failed insert must not spoil the caller's transaction.
        with transaction.atomic():
            user.save(force_insert=True)
            if site:
                emails.send_verification(user, site=site)
    except IntegrityError as exc:
        taken = _taken(user)
        if not taken:
            raise
        raise _conflict(taken) from exc
    return user


def _conflict(errors: dict[str, list[str]]) -> Conflict:
    return Conflict(errors["username"][0], code="username-taken", errors=errors)


def _field_errors(user: User) -> dict[str, list[str]]:
    """Return what the model's own rules say, uniqueness left out."""
    errors: dict[str, list[str]] = {}
    try:
        user.clean_fields(exclude=["password"])
    except ValidationError as exc:
        errors = exc.message_dict
    if names.is_reserved(user.username):
        errors.setdefault("username", []).append(_("This user name is reserved."))
    return errors


def _taken(user: User) -> dict[str, list[str]]:
    """Return whether the name, or one that looks like it, belongs to somebody."""
    if User.objects.named(user.username).exists():
        return {"username": [_("This user name is taken.")]}
    if user.skeleton and _is_look_alike(user):
        return {"username": [_("This user name looks like one that is taken.")]}
    return {}


def _is_look_alike(user: User) -> bool:
    if User.objects.filter(skeleton=user.skeleton).exists():
        return True
    # Who did not come by sign-up, or clashed before there were skeletons, has none: these are few.
    others = User.objects.filter(skeleton="", erased__isnull=True)
    names_without = others.values_list("username", flat=True).iterator()
    return any(names.skeleton(name) == user.skeleton for name in names_without)
