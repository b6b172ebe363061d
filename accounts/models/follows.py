"""Who follows whom."""

from __future__ import annotations

from typing import ClassVar

from django.conf import settings
from django.db import models
from django.db.models import F, Q
from django.utils.translation import gettext_lazy as _


class Follow(models.Model):
    """Somebody wants to know when somebody else goes live."""

    follower = models.ForeignKey(
        settings.AUTH_USER_MODEL,
        models.CASCADE,
        related_name="following",
        verbose_name=_("who follows"),
    )
    followed = models.ForeignKey(
        settings.AUTH_USER_MODEL,
        models.CASCADE,
        related_name="followers",
        verbose_name=_("who is followed"),
    )
    created = models.DateTimeField(_("since"), auto_now_add=True)
    # Whether the follower wants to hear of it when they go live.
    notifies = models.BooleanField(_("told"), default=True, db_default=True)
    # The stream (a room's key) that the follower got a mail about last.
    mailed_about = models.PositiveBigIntegerField(null=True, editable=False)

    objects: ClassVar[models.Manager[Follow]] = models.Manager()

    class Meta:
        verbose_name = _("follow")
        verbose_name_plural = _("follows")
        ordering: ClassVar = ["-pk"]
        constraints: ClassVar = [
            models.UniqueConstraint(fields=["follower", "followed"], name="follow_once"),
            models.CheckConstraint(
                condition=~Q(follower=F("followed")), name="follow_somebody_else"
            ),
        ]

    def __str__(self) -> str:
        return f"{self.follower_id} → {self.followed_id}"
