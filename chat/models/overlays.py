"""The link that shows a streamer's chat on their stream."""

from __future__ import annotations

from django.conf import settings
from django.db import models
from django.utils.timezone import now
from django.utils.translation import gettext_lazy as _

from chat.overlays import new_public_id


class OverlayLink(models.Model):
    """Half of the secret that shows a streamer's chat on their stream (chat.overlays)."""

    owner = models.OneToOneField(
        settings.AUTH_USER_MODEL,
        models.CASCADE,
        primary_key=True,
        related_name="overlay_link",
        verbose_name=_("streamer"),
    )
    public_id = models.CharField(max_length=22, unique=True, default=new_public_id, editable=False)
    made = models.DateTimeField(_("made"), default=now)

    class Meta:
        verbose_name = _("overlay link")
        verbose_name_plural = _("overlay links")

    def __str__(self) -> str:
        return f"overlay of {self.owner_id}"
