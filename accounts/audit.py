"""Writing the audit log."""

from __future__ import annotations

from typing import Any

from django.db.models import Model

from accounts.models import AuditEntry, User


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
