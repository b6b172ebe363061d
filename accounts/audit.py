"""Writing the audit log."""

from __future__ import annotations

from typing import Any

from django.db.models import Model

from accounts.models import AuditEntry, User
from accounts.models.audit import AuditQuerySet


def record(
    action: str,
    *,
    target: Model,
    actor: User | None,
    before: dict[str, Any] | None = None,
    after: dict[str, Any] | None = None,
    reason: str = "",
    address: str | None = None,
) -> AuditEntry:
    """Write down that `actor` (None: the site itself) did `action` to `target`.

    `action` is a name like `room.ended` that never changes. `before` and `after` hold the fields that
    changed, as JSON; never a secret. Call it in the transaction of what it tells of.
    """
    return AuditEntry.objects.create(
        action=action,
        actor_id=actor.pk if actor else None,
        actor_name=actor.username if actor else "",
        target_type=str(target._meta.model_name),  # noqa: SLF001 - Django's public API. `target` may be lazy.
        target_id=str(target.pk),
        target_name=str(target)[:150],
        before=before,
        after=after,
        reason=reason[:500],
        address=address or None,
    )


def forget_name(user: User) -> None:
    """Let the log know somebody who was erased by number alone, as the site does: `user` is called so already."""
    AuditQuerySet(AuditEntry).call_person(user.pk, user.username)


def rename_target(target: Model) -> None:
    """Let the log call `target` what it is called now: it had the name of somebody who was erased."""
    kind = str(target._meta.model_name)  # noqa: SLF001 - see above.
    AuditQuerySet(AuditEntry).call_target(kind, str(target.pk), str(target)[:150])
