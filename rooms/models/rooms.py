"""Rooms: the places that streams happen in."""

from __future__ import annotations

from collections.abc import Iterable
from typing import ClassVar, Self

from django.conf import settings
from django.core.validators import MaxLengthValidator
from django.db import models
from django.db.models import Case, Q, When
from django.utils.translation import gettext_lazy as _

from rooms.ids import new_room_id
from rooms.locks import lock_of
from rooms.models.categories import Category
from rooms.pictures import picture_url


class RoomState(models.TextChoices):
    """Where a room is in its life (DESIGN.md 3)."""

    WAITING = "waiting", _("Waiting for the stream")
    LIVE = "live", _("Live")
    RECONNECTING = "reconnecting", _("Reconnecting")
    ENDED = "ended", _("Ended")


class EndReason(models.TextChoices):
    """Why a room ended."""

    OWNER = "owner", _("The streamer ended it.")
    MODERATOR = "moderator", _("A moderator ended it.")
    ADMIN = "admin", _("An administrator ended it.")
    IDLE = "idle", _("Nothing was streamed for a long time.")
    QUOTA = "quota", _("The time allowed for one stream was used up.")


class Visibility(models.TextChoices):
    """Who finds a room, and who gets in."""

    PUBLIC = "public", _("Everybody")
    UNLISTED = "unlisted", _("Whoever has the link")
    PASSWORD = "password", _("Whoever has the password")


class RoomQuerySet(models.QuerySet["Room"]):
    """Adjectives for rooms."""

    def open(self) -> Self:
        """Those that are not ended."""
        return self.exclude(state=RoomState.ENDED)

    def ended(self) -> Self:
        """Those that are over."""
        return self.filter(state=RoomState.ENDED)

    def on_air(self) -> Self:
        """Those that are live, or were a moment ago and have the grace."""
        return self.filter(state__in=[RoomState.LIVE, RoomState.RECONNECTING])

    def owned_by(self, user_id: int) -> Self:
        """Those of one streamer."""
        return self.filter(owner_id=user_id)

    def listed(self) -> Self:
        """Those that strangers may come across."""
        return self.filter(visibility=Visibility.PUBLIC)

    def found_by(self, words: Iterable[str]) -> Self:
        """Those whose search key has every one of these (folded) words."""
        found = self
        for word in words:
            found = found.filter(search_key__contains=word)
        return found

    def live_first(self) -> Self:
        """Live, then reconnecting, then waiting; featured ones, then the newest first among equals."""
        rank = Case(
            When(state=RoomState.LIVE, then=0),
            When(state=RoomState.RECONNECTING, then=1),
            default=2,
        )
        return self.order_by(rank, "-is_featured", "-live_since", "-created", "-pk")


class Room(models.Model):
    """One broadcast event of a streamer."""

    room_id = models.CharField(max_length=24, unique=True, default=new_room_id, editable=False)
    owner = models.ForeignKey(
        settings.AUTH_USER_MODEL, models.CASCADE, related_name="rooms", verbose_name=_("streamer")
    )
    title = models.CharField(_("title"), max_length=140)
    description = models.TextField(
        _("description"), max_length=2000, blank=True, validators=[MaxLengthValidator(2000)]
    )
    category = models.ForeignKey(
        Category,
        models.SET_NULL,
        null=True,
        blank=True,
        related_name="rooms",
        verbose_name=_("category"),
    )
    state = models.CharField(
        _("state"), max_length=12, choices=RoomState.choices, default=RoomState.WAITING
    )
    visibility = models.CharField(
        _("who may watch"), max_length=10, choices=Visibility.choices, default=Visibility.PUBLIC
    )
    # Hashed; empty unless the room is locked.
    password = models.CharField(max_length=128, blank=True, editable=False)
    is_mature = models.BooleanField(_("for adults"), default=False)
    # How many watch is for the streamer alone.
    hides_viewers = models.BooleanField(_("hide how many watch"), default=False, db_default=False)
    tags = models.JSONField(_("tags"), default=list, blank=True)
    # What searches look into (rooms.search); services keep it.
    search_key = models.TextField(blank=True, editable=False)
    is_featured = models.BooleanField(_("featured"), default=False)
    created = models.DateTimeField(_("created"), auto_now_add=True)
    live_since = models.DateTimeField(_("live since"), null=True, blank=True)
    # Set while the publisher is away and its grace runs.
    interrupted_since = models.DateTimeField(_("interrupted since"), null=True, blank=True)
    # When it was opened or last fell back to waiting: what "idle too long" counts from.
    waiting_since = models.DateTimeField(_("waiting since"), auto_now_add=True)
    ended_at = models.DateTimeField(_("ended"), null=True, blank=True)
    end_reason = models.CharField(
        _("end reason"), max_length=12, choices=EndReason.choices, blank=True
    )
    # A name (rooms.pictures) of what the stream looked like last, or "", and when that was tried.
    picture = models.CharField(max_length=60, blank=True, default="", editable=False)
    pictured = models.DateTimeField(null=True, blank=True, editable=False)
    # An encoder reconnects by itself: until then it may not open the next room by doing so.
    republish_from = models.DateTimeField(_("encoder may return from"), null=True, blank=True)

    # When followers were told of it: once, however often it goes on air.
    announced = models.DateTimeField(null=True, blank=True, editable=False)

    # Of the people who watched while it was on air: rooms.services.note_audience keeps them.
    peak_viewers = models.PositiveIntegerField(_("most viewers at once"), default=0, db_default=0)
    unique_viewers = models.PositiveIntegerField(_("viewers in all"), default=0, db_default=0)
    watched_seconds = models.PositiveBigIntegerField(_("seconds watched"), default=0, db_default=0)

    objects: ClassVar[models.Manager[Room]] = RoomQuerySet.as_manager()

    class Meta:
        verbose_name = _("room")
        verbose_name_plural = _("rooms")
        indexes: ClassVar = [
            models.Index(fields=["state", "-live_since"], name="room_state_live_since"),
            models.Index(fields=["owner", "-created"], name="room_owner_created"),
        ]
        constraints: ClassVar = [
            models.UniqueConstraint(
                fields=["owner"], condition=~Q(state="ended"), name="room_one_open_per_owner"
            ),
            models.CheckConstraint(
                condition=Q(state="ended", ended_at__isnull=False)
                | (~Q(state="ended") & Q(ended_at__isnull=True)),
                name="room_ended_has_a_time",
            ),
        ]

    def __str__(self) -> str:
        return self.title

    @property
    def is_live(self) -> bool:
        """Whether pictures arrive right now."""
        return self.state == RoomState.LIVE

    @property
    def is_open(self) -> bool:
        """Whether it may still go (or go back) on air."""
        return self.state != RoomState.ENDED

    @property
    def is_on_air(self) -> bool:
        """Whether it is live or within its grace."""
        return self.state in {RoomState.LIVE, RoomState.RECONNECTING}

    @property
    def minutes_watched(self) -> int:
        """How many minutes all of its viewers watched together."""
        return self.watched_seconds // 60

    @property
    def lock(self) -> str:
        """What a ticket must fit to let its holder in; empty when nobody needs one."""
        return lock_of(self.room_id, self.password) if self.is_locked else ""

    @property
    def is_public(self) -> bool:
        """Whether strangers may come across it."""
        return self.visibility == Visibility.PUBLIC

    @property
    def is_locked(self) -> bool:
        """Whether it takes a password to get in."""
        return self.visibility == Visibility.PASSWORD

    @property
    def card_picture(self) -> str:
        """Where the picture for its card is, or ""."""
        return picture_url(self, "560")

    @property
    def large_picture(self) -> str:
        """Where the picture for previews and the stage is, or ""."""
        return picture_url(self, "1280")

    @property
    def group(self) -> str:
        """The channel-layer group of everybody who has the room open."""
        return f"room.{self.room_id}"

    @property
    def owner_group(self) -> str:
        """The channel-layer group of the streamer's own pages."""
        return f"room.{self.room_id}.owner"
