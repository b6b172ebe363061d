"""Stream keys, publishers as the sidecar sees them, and broadcasts as people do."""

from __future__ import annotations

from typing import ClassVar, Self

from django.conf import settings
from django.db import models
from django.db.models import Q
from django.utils.translation import gettext_lazy as _

from rooms.models import Room
from streair.ingest import MAIN


class StreamKey(models.Model):
    """The secret a streamer puts in OBS: found by its hash, shown by unsealing."""

    owner = models.OneToOneField(
        settings.AUTH_USER_MODEL, models.CASCADE, related_name="stream_key", verbose_name=_("owner")
    )
    digest = models.CharField(max_length=64, unique=True, editable=False)
    sealed = models.CharField(max_length=200, editable=False)
    created = models.DateTimeField(_("created"), auto_now_add=True)
    rotated = models.DateTimeField(_("rotated"), null=True, blank=True)
    last_used = models.DateTimeField(_("last used"), null=True, blank=True)
    last_address = models.GenericIPAddressField(_("last address"), null=True, blank=True)
    last_encoder = models.CharField(_("last encoder"), max_length=100, blank=True)
    # The last time an encoder with this key was sent away, and why (a Refusal).
    refused = models.DateTimeField(_("last refused"), null=True, blank=True)
    refusal = models.CharField(_("refusal"), max_length=30, blank=True)

    class Meta:
        verbose_name = _("stream key")
        verbose_name_plural = _("stream keys")

    def __str__(self) -> str:
        return f"stream key of {self.owner_id}"


class Broadcast(models.Model):
    """One publishing run into a room, from the first keyframe to the final loss."""

    class EndReason(models.TextChoices):
        """Why it ended."""

        PUBLISHER_LEFT = "publisher-left", _("The encoder left and did not come back in time.")
        ROOM_ENDED = "room-ended", _("The room was ended.")

    room = models.ForeignKey(
        Room, models.CASCADE, related_name="broadcasts", verbose_name=_("room")
    )
    started = models.DateTimeField(_("started"))
    ended = models.DateTimeField(_("ended"), null=True, blank=True)
    end_reason = models.CharField(
        _("end reason"), max_length=20, choices=EndReason.choices, blank=True
    )
    encoder = models.CharField(_("encoder"), max_length=100, blank=True)
    video_codec = models.CharField(_("video codec"), max_length=20, blank=True)
    audio_codec = models.CharField(_("audio codec"), max_length=20, blank=True)
    width = models.PositiveIntegerField(_("width"), null=True, blank=True)
    height = models.PositiveIntegerField(_("height"), null=True, blank=True)
    fps = models.FloatField(_("frames per second"), null=True, blank=True)
    bitrate_kbps = models.PositiveIntegerField(_("bitrate (kbit/s)"), null=True, blank=True)
    keyframe_seconds = models.FloatField(_("keyframe interval (s)"), null=True, blank=True)
    reconnects = models.PositiveIntegerField(_("reconnects"), default=0)
    # Codes of streams.problems, newest report.
    problems = models.JSONField(_("problems"), default=list, blank=True)

    class Meta:
        verbose_name = _("broadcast")
        verbose_name_plural = _("broadcasts")
        ordering: ClassVar = ["-started"]
        constraints: ClassVar = [
            models.UniqueConstraint(
                fields=["room"], condition=Q(ended__isnull=True), name="broadcast_one_open_per_room"
            ),
        ]

    def __str__(self) -> str:
        return f"{self.room_id} · {self.started:%Y-%m-%d %H:%M}"


class PublisherQuerySet(models.QuerySet["Publisher"]):
    """Adjectives for publishers."""

    def connected(self) -> Self:
        """Those that are there, as far as we know."""
        return self.filter(gone__isnull=True)


class Publisher(models.Model):
    """One RTMP connection that was let in: what the sidecar of a node calls a client.

    nginx-rtmp counts clients from 1 after every start of its master, so a client id says
    something only together with the boot it belongs to (INGEST.md 1.2).
    """

    class GoneReason(models.TextChoices):
        """Why the connection is over."""

        LEFT = "left", _("The encoder disconnected.")
        LOST = "lost", _("The connection was lost.")
        REPLACED = "replaced", _("The same key connected again.")
        SILENT = "silent", _("The encoder sent nothing.")
        KEY_ROTATED = "key-rotated", _("The stream key was changed.")
        ROOM_ENDED = "room-ended", _("The room was ended.")

    room = models.ForeignKey(
        Room, models.CASCADE, related_name="publishers", verbose_name=_("room")
    )
    session = models.CharField(_("session name"), max_length=64, unique=True, editable=False)
    node = models.CharField(_("ingest node"), max_length=31, default=MAIN, db_default=MAIN)
    boot = models.CharField(_("boot of the sidecar"), max_length=40, blank=True)
    client_id = models.PositiveBigIntegerField(_("client id"))
    address = models.GenericIPAddressField(_("address"), null=True, blank=True)
    encoder = models.CharField(_("encoder"), max_length=100, blank=True)
    admitted = models.DateTimeField(_("admitted"))
    # Last time /stat or an update hook showed it.
    seen = models.DateTimeField(_("seen"))
    # The first decodable keyframe: from here on there is something to watch.
    keyframe = models.DateTimeField(_("first keyframe"), null=True, blank=True)
    gone = models.DateTimeField(_("gone"), null=True, blank=True)
    gone_reason = models.CharField(
        _("gone because"), max_length=20, choices=GoneReason.choices, blank=True
    )
    # The newest figures of /stat.
    video_kbps = models.PositiveIntegerField(default=0)
    audio_kbps = models.PositiveIntegerField(default=0)
    problems = models.JSONField(default=list, blank=True)

    objects: ClassVar[models.Manager[Publisher]] = PublisherQuerySet.as_manager()

    class Meta:
        verbose_name = _("publisher")
        verbose_name_plural = _("publishers")
        ordering: ClassVar = ["-admitted"]
        constraints: ClassVar = [
            models.UniqueConstraint(
                fields=["room"], condition=Q(gone__isnull=True), name="publisher_one_per_room"
            ),
        ]

    def __str__(self) -> str:
        return self.session


class Measure(models.Model):
    """What arrived from a room's encoder at a moment: kept for some minutes, for the studio's plots."""

    room = models.ForeignKey(Room, models.CASCADE, related_name="measures", db_index=False)
    at = models.DateTimeField(db_index=True)
    kbps = models.PositiveIntegerField()
    fps = models.FloatField(null=True)

    objects: ClassVar[models.Manager[Measure]] = models.Manager()

    class Meta:
        indexes: ClassVar = [models.Index(fields=["room", "at"], name="measure_room_at")]

    def __str__(self) -> str:
        return f"{self.room_id} · {self.kbps} kbit/s"
