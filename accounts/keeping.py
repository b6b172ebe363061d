"""What the site's keepers do to people: each deed is in the audit log, with who, why and from where."""

from __future__ import annotations

from typing import Any

from django.db import transaction
from django.db.models import F
from django.utils.translation import gettext as _

from accounts import audit
from accounts.models import User
from streair.core.errors import NotAllowed


@transaction.atomic
def deactivate(person: User, *, by: User, reason: str = "", address: str = "") -> None:
    """Keep `person` out from now on: tokens, sessions and sockets end. Does nothing the second time.

    Raises NotAllowed for oneself, and for a superuser unless one is one too.
    """
    _look_at_rank(person, by)
    changes: dict[str, Any] = {"is_active": False, "token_version": F("token_version") + 1}
    if User.objects.filter(pk=person.pk, is_active=True).update(**changes):
        _record("user.deactivated", person, by, reason, address, is_active=(True, False))


@transaction.atomic
def reactivate(person: User, *, by: User, reason: str = "", address: str = "") -> None:
    """Let `person` in again. Does nothing when they may come in. Raises NotAllowed as above."""
    _look_at_rank(person, by)
    if User.objects.filter(pk=person.pk, is_active=False).update(is_active=True):
        _record("user.reactivated", person, by, reason, address, is_active=(False, True))


@transaction.atomic
def sign_out_everywhere(person: User, *, by: User, reason: str = "", address: str = "") -> None:
    """End every token, session and socket of `person`. Raises NotAllowed as above."""
    if person.pk != by.pk:
        _look_at_rank(person, by)
    User.objects.filter(pk=person.pk).update(token_version=F("token_version") + 1)
    _record("user.signed-out-everywhere", person, by, reason, address)


def may_keep(person: User, by: User) -> bool:
    """Whether `by` outranks `person` enough: superusers are the business of superusers."""
    return by.is_superuser or not person.is_superuser


def _look_at_rank(person: User, by: User) -> None:
    if person.pk == by.pk:
        raise NotAllowed(_("You cannot do this to yourself."))
    if not may_keep(person, by):
        raise NotAllowed(_("Only a superuser may do this to a superuser."))


def _record(
    action: str, person: User, by: User, reason: str, address: str, **changed: tuple[Any, Any]
) -> None:
    audit.record(
        action,
        target=person,
        actor=by,
        before={name: values[0] for name, values in changed.items()} or None,
        after={name: values[1] for name, values in changed.items()} or None,
        reason=reason,
        address=address,
    )
