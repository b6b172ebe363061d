"""What people report to whoever runs the site."""

from __future__ import annotations

from typing import ClassVar

from django.conf import settings
from django.db import models
from django.db.models import Q
from django.utils.translation import gettext_lazy as _

from rooms.models.rooms import Room


class ReportKind(models.TextChoices):
    """What can be reported."""

    ROOM = "room", _("Room")
    USER = "user", _("User")
    MESSAGE = "message", _("Message")


class ReportReason(models.TextChoices):
    """What is wrong with it."""

    SPAM = "spam", _("Spam or fraud")
    HARASSMENT = "harassment", _("Insults or threats")
    HATE = "hate", _("Hate")
    SEXUAL = "sexual", _("Sexual content")
    VIOLENCE = "violence", _("Violence or self-harm")
    COPYRIGHT = "copyright", _("Somebody else's work")
    OTHER = "other", _("Something else")


class Report(models.Model):
    """One person's word about one thing. Open until an admin has dealt with it."""

    # Whoever deletes their account takes their name along, not their warning.
    reporter = models.ForeignKey(
        settings.AUTH_USER_MODEL,
        models.SET_NULL,
        null=True,
        related_name="reports",
        verbose_name=_("reported by"),
    )
    kind = models.CharField(_("kind"), max_length=10, choices=ReportKind.choices)
    # The public id: of a room, a user's name, of a message. No foreign key: chat is above rooms.
    target_id = models.CharField(_("target (id)"), max_length=40)
    # How it was called then, or what it said.
    target_text = models.CharField(_("target"), max_length=500, blank=True)
    room = models.ForeignKey(
        Room,
        models.SET_NULL,
        null=True,
        blank=True,
        related_name="reports",
        verbose_name=_("room"),
    )
    reason = models.CharField(_("reason"), max_length=12, choices=ReportReason.choices)
    text = models.TextField(_("text"), max_length=1000, blank=True)
    created = models.DateTimeField(_("created"), auto_now_add=True, db_index=True)
    handled = models.DateTimeField(_("dealt with"), null=True, blank=True)
    handled_by = models.ForeignKey(
        settings.AUTH_USER_MODEL,
        models.SET_NULL,
        null=True,
        blank=True,
        related_name="+",
        verbose_name=_("dealt with by"),
    )

    class Meta:
        verbose_name = _("report")
        verbose_name_plural = _("reports")
        ordering: ClassVar = ["-pk"]
        indexes: ClassVar = [
            models.Index(fields=["kind", "target_id"], name="report_target"),
        ]
        constraints: ClassVar = [
            models.UniqueConstraint(
                fields=["reporter", "kind", "target_id"],
                condition=Q(handled__isnull=True),
                name="report_one_open_per_reporter",
            ),
        ]

    def __str__(self) -> str:
        return f"{self.kind} {self.target_id}: {self.reason}"
