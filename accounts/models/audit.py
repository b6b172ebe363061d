"""The audit log: who did what to whom. It is only ever added to."""

from __future__ import annotations

from typing import Any, ClassVar, NoReturn

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
