"""What the site's keepers do to people: each deed is in the audit log, with who, why and from where."""

from __future__ import annotations

from django.db import transaction
from django.utils.translation import gettext as _

from accounts import audit, services
from accounts.models import User
from streair.core.errors import NotAllowed


def deactivate(person: User, *, by: User, reason: str = "", address: str = "") -> None:
    """Keep `person` out from now on: tokens, sessions and sockets end. Does nothing the second time.

    Raises NotAllowed for oneself, and for a superuser unless one is one too.
    """
    _look_at_rank(person, by)
    services.deactivate(person, by=by, reason=reason, address=address)


def reactivate(person: User, *, by: User, reason: str = "", address: str = "") -> None:
    """Let `person` in again. Does nothing when they may come in. Raises NotAllowed as above."""
    _look_at_rank(person, by)
    services.reactivate(person, by=by, reason=reason, address=address)


@transaction.atomic
def sign_out_everywhere(person: User, *, by: User, reason: str = "", address: str = "") -> None:
    """End every token, session and socket of `person`. Raises NotAllowed as above."""
    if person.pk != by.pk:
        _look_at_rank(person, by)
    services.sign_out_everywhere(person)
    audit.record(
        "user.signed-out-everywhere", target=person, actor=by, reason=reason, address=address
    )


@transaction.atomic
def end_deletion(person: User, *, by: User, reason: str = "", address: str = "") -> None:
    """Take back that `person` asked to be deleted. Does nothing when they did not. Raises NotAllowed as above."""
    _look_at_rank(person, by)
    waiting = User.objects.filter(pk=person.pk, leaving_since__isnull=False, erased__isnull=True)
    if waiting.update(leaving_since=None):
        audit.record(
            "user.deletion-taken-back", target=person, actor=by, reason=reason, address=address
        )


@transaction.atomic
def password_was_set(person: User, *, by: User, address: str = "") -> None:
    """End everything that was opened with the old password, and write down who set the new one."""
    services.sign_out_everywhere(person)
    audit.record("user.password-set", target=person, actor=by, address=address)


def may_keep(person: User, by: User) -> bool:
    """Whether `by` outranks `person` enough: superusers are the business of superusers."""
    return by.is_superuser or not person.is_superuser


def _look_at_rank(person: User, by: User) -> None:
    if person.pk == by.pk:
        raise NotAllowed(_("You cannot do this to yourself."))
    if not may_keep(person, by):
        raise NotAllowed(_("Only a superuser may do this to a superuser."))
