"""What streamers ask of those who write in their rooms, and who has agreed to it."""

from __future__ import annotations

from typing import ClassVar

from django.conf import settings
from django.db import models
from django.utils.translation import gettext_lazy as _


class ChatRules(models.Model):
    """The rules of a streamer's rooms. Each change makes another edition of them; empty, there are none."""

    owner = models.OneToOneField(
        settings.AUTH_USER_MODEL,
        models.CASCADE,
        primary_key=True,
        related_name="chat_rules",
        verbose_name=_("streamer"),
    )
    text = models.TextField(_("text"), max_length=500, blank=True)
    edition = models.PositiveIntegerField(default=1, editable=False)

    objects: ClassVar[models.Manager[ChatRules]] = models.Manager()

    class Meta:
        verbose_name = _("chat rules")
        verbose_name_plural = _("chat rules")

    def __str__(self) -> str:
        return self.text


class Agreement(models.Model):
    """Somebody has agreed to an edition of a streamer's rules."""

    rules = models.ForeignKey(ChatRules, models.CASCADE, related_name="agreements", db_index=False)
    user = models.ForeignKey(settings.AUTH_USER_MODEL, models.CASCADE, related_name="agreements")
    edition = models.PositiveIntegerField()

    objects: ClassVar[models.Manager[Agreement]] = models.Manager()

    class Meta:
        constraints: ClassVar = [
            models.UniqueConstraint(fields=["rules", "user"], name="agreement_once"),
        ]

    def __str__(self) -> str:
        return f"{self.user_id} · {self.rules_id}"
