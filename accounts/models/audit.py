"""The audit log: who did what to whom. It is only ever added to."""

from __future__ import annotations

from typing import Any, ClassVar, NoReturn, Self

from django.db import models
from django.utils.translation import gettext_lazy as _


class AuditQuerySet(models.QuerySet["AuditEntry"]):
    """Rows that nobody changes or takes away."""

    def update(self, **_fields: Any) -> NoReturn:
        """Refuse."""
        raise TypeError("The audit log is only added to.")

    def delete(self) -> NoReturn:
        """Refuse."""
        raise TypeError("The audit log is only added to.")

    def call_person(self, user_id: int, name: str) -> None:
        """Call somebody `name` from now on, and forget where they were: what was done stays."""
        mine, about = self.filter(actor_id=user_id), self.about("user", str(user_id))
        super(AuditQuerySet, mine).update(actor_name=name, address=None)
        super(AuditQuerySet, about).update(target_name=name)
        # The only fields of a person that are written down here: their addresses.
        addresses = about.filter(action="user.email-changed")
        super(AuditQuerySet, addresses).update(before=None, after=None)

    def call_target(self, kind: str, target_id: str, name: str) -> None:
        """Call something that deeds were done to `name` from now on."""
        super(AuditQuerySet, self.about(kind, target_id)).update(target_name=name)

    def about(self, kind: str, target_id: str) -> Self:
        """Return what was done to this target."""
        return self.filter(target_type=kind, target_id=target_id)


class AuditEntry(models.Model):
    """One thing that somebody did. Names are kept as they were: people and rooms may be gone later."""

    at = models.DateTimeField(_("when"), auto_now_add=True, db_index=True)
    # Not foreign keys: deleting a person must not touch what is written here.
    actor_id = models.BigIntegerField(_("who (id)"), null=True, db_index=True)
    actor_name = models.CharField(_("who"), max_length=60, blank=True)
    action = models.CharField(_("what"), max_length=60, db_index=True)
    target_type = models.CharField(_("kind of target"), max_length=30)
    target_id = models.CharField(_("target (id)"), max_length=40)
    target_name = models.CharField(_("target"), max_length=150, blank=True)
    before = models.JSONField(_("before"), null=True)
    after = models.JSONField(_("after"), null=True)
    reason = models.CharField(_("reason"), max_length=500, blank=True)
    address = models.GenericIPAddressField(_("address"), null=True)

    objects: ClassVar[models.Manager[AuditEntry]] = AuditQuerySet.as_manager()

    class Meta:
        verbose_name = _("audit entry")
        verbose_name_plural = _("audit log")
        ordering: ClassVar = ["-pk"]
        indexes: ClassVar = [
            models.Index(fields=["target_type", "target_id"], name="audit_target"),
        ]

    def __str__(self) -> str:
        return f"{self.action} · {self.target_name}"
