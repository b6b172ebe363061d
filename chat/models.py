"""What people say in a room, and who may say it."""

from __future__ import annotations

from datetime import datetime
from typing import ClassVar, Self

from django.conf import settings
from django.db import models
from django.db.models import Q
from django.utils.timezone import now
from django.utils.translation import gettext_lazy as _

from chat.overlays import new_public_id
from rooms.models import Room


class Chat(models.Model):
    """The chat of one room: what is allowed in it right now.

    Whoever writes a message locks this row first. So ids are in the order in which messages
    become visible, and nobody who has seen one can have missed an earlier one.
    """

    room = models.OneToOneField(
        Room, models.CASCADE, primary_key=True, related_name="chat", verbose_name=_("room")
    )
    slow_seconds = models.PositiveIntegerField(_("slow mode (seconds)"), default=0)
    links_off = models.BooleanField(_("links off"), default=False)
    emoji_only = models.BooleanField(_("emoji only"), default=False)
    # What held before the panic button was pressed; null while it is not.
    before_panic = models.JSONField(_("before the panic button"), null=True, blank=True)

    class Meta:
        verbose_name = _("chat")
        verbose_name_plural = _("chats")

    def __str__(self) -> str:
        return str(self.room)


class Role(models.TextChoices):
    """What somebody is in a room; the order is that of `rank`."""

    VIEWER = "", _("Viewer")
    MODERATOR = "moderator", _("Moderator")
    OWNER = "owner", _("Streamer")
    ADMIN = "admin", _("Administrator")

    @property
    def rank(self) -> int:
        """How high it is: nobody acts on an equal or higher."""
        return list(Role).index(self)


class MessageState(models.TextChoices):
    """Whether a message is shown, and if not, why."""

    SHOWN = "shown", _("Shown")
    DELETED = "deleted", _("Deleted")
    CLEARED = "cleared", _("Cleared with all others")
    HIDDEN = "hidden", _("Hidden with its author")


class MessageQuerySet(models.QuerySet["Message"]):
    """Adjectives for messages."""

    def shown(self) -> Self:
        """Those that everybody may read."""
        return self.filter(state=MessageState.SHOWN)

    def removed(self) -> Self:
        """Those that were shown once."""
        return self.exclude(state=MessageState.SHOWN)

    def within(self, room_pk: int) -> Self:
        """Those of one room."""
        return self.filter(room_id=room_pk)

    def after(self, message_id: int) -> Self:
        """Those that came after this one."""
        return self.filter(pk__gt=message_id)

    def before(self, message_id: int) -> Self:
        """Those that came before this one."""
        return self.filter(pk__lt=message_id)

    def with_names(self) -> Self:
        """With everything that a page shows of them."""
        return self.select_related("author", "reply_to__author")


class Message(models.Model):
    """Something that was said. Rows stay: moderators see what was deleted."""

    room = models.ForeignKey(
        Room, models.CASCADE, related_name="messages", db_index=False, verbose_name=_("room")
    )
    # Null once the account is erased; the text stays, nobody's.
    author = models.ForeignKey(
        settings.AUTH_USER_MODEL,
        models.SET_NULL,
        null=True,
        db_index=False,
        related_name="messages",
        verbose_name=_("author"),
    )
    # What the author was in the room when they wrote it.
    role = models.CharField(_("role"), max_length=10, choices=Role.choices, blank=True)
    text = models.TextField(_("text"), max_length=500)
    sent = models.DateTimeField(_("sent"), default=now)
    reply_to = models.ForeignKey(
        "self",
        models.SET_NULL,
        null=True,
        blank=True,
        db_index=False,
        related_name="replies",
        verbose_name=_("reply to"),
    )
    state = models.CharField(
        _("state"), max_length=8, choices=MessageState.choices, default=MessageState.SHOWN
    )
    removed = models.DateTimeField(_("removed"), null=True, blank=True)
    removed_by = models.ForeignKey(
        settings.AUTH_USER_MODEL,
        models.SET_NULL,
        null=True,
        blank=True,
        db_index=False,
        related_name="+",
        verbose_name=_("removed by"),
    )

    objects: ClassVar[models.Manager[Message]] = MessageQuerySet.as_manager()

    class Meta:
        verbose_name = _("message")
        verbose_name_plural = _("messages")
        indexes: ClassVar = [
            models.Index(fields=["room", "id"], name="message_room_id"),
            models.Index(fields=["author", "-sent"], name="message_author_sent"),
            # Few messages have them: these cost the others nothing when they are written.
            models.Index(
                fields=["reply_to"],
                condition=Q(reply_to__isnull=False),
                name="message_reply_to",
            ),
            models.Index(
                fields=["removed_by"],
                condition=Q(removed_by__isnull=False),
                name="message_removed_by",
            ),
        ]

    def __str__(self) -> str:
        return self.text


class Moderator(models.Model):
    """Somebody who keeps order in all rooms of a streamer."""

    owner = models.ForeignKey(
        settings.AUTH_USER_MODEL,
        models.CASCADE,
        related_name="moderators",
        db_index=False,
        verbose_name=_("streamer"),
    )
    user = models.ForeignKey(
        settings.AUTH_USER_MODEL,
        models.CASCADE,
        related_name="moderates",
        verbose_name=_("moderator"),
    )
    appointed = models.DateTimeField(_("appointed"), default=now)

    class Meta:
        verbose_name = _("moderator")
        verbose_name_plural = _("moderators")
        constraints: ClassVar = [
            models.UniqueConstraint(fields=["owner", "user"], name="moderator_once_per_owner"),
        ]

    def __str__(self) -> str:
        return f"{self.user} · {self.owner}"


class Scope(models.TextChoices):
    """What somebody is kept from."""

    CHAT = "chat", _("Writing")
    ROOM = "room", _("Watching")


class RestrictionQuerySet(models.QuerySet["Restriction"]):
    """Adjectives for restrictions."""

    def in_force(self, at: datetime | None = None) -> Self:
        """Those that are not over."""
        return self.filter(Q(until=None) | Q(until__gt=at or now()))


class Restriction(models.Model):
    """Somebody may not write in a streamer's rooms, or not even watch: for a while, or for good.

    The row is what holds now; what was before is in the log.
    """

    owner = models.ForeignKey(
        settings.AUTH_USER_MODEL,
        models.CASCADE,
        related_name="restrictions",
        db_index=False,
        verbose_name=_("streamer"),
    )
    user = models.ForeignKey(
        settings.AUTH_USER_MODEL,
        models.CASCADE,
        related_name="restricted",
        verbose_name=_("person"),
    )
    scope = models.CharField(_("scope"), max_length=4, choices=Scope.choices, default=Scope.CHAT)
    since = models.DateTimeField(_("since"), default=now)
    until = models.DateTimeField(_("until"), null=True, blank=True)
    reason = models.CharField(_("reason"), max_length=200, blank=True)
    by = models.ForeignKey(
        settings.AUTH_USER_MODEL,
        models.SET_NULL,
        null=True,
        blank=True,
        related_name="+",
        verbose_name=_("by"),
    )

    objects: ClassVar[RestrictionQuerySet] = RestrictionQuerySet.as_manager()  # type: ignore[assignment]

    class Meta:
        verbose_name = _("restriction")
        verbose_name_plural = _("restrictions")
        constraints: ClassVar = [
            models.UniqueConstraint(
                fields=["owner", "user", "scope"], name="restriction_once_per_scope"
            ),
        ]

    def __str__(self) -> str:
        return f"{self.user} · {self.get_scope_display()}"


class Action(models.TextChoices):
    """What a moderator did."""

    DELETED = "deleted", _("Deleted a message")
    CLEARED = "cleared", _("Cleared the chat")
    TIMED_OUT = "timed-out", _("Timed somebody out")
    BANNED = "banned", _("Banned somebody")
    UNBANNED = "unbanned", _("Lifted a ban or timeout")
    APPOINTED = "appointed", _("Made somebody a moderator")
    DISMISSED = "dismissed", _("Took a moderator's rights back")
    CHANGED_MODES = "changed-modes", _("Changed the chat's modes")
    PANICKED = "panicked", _("Pressed the panic button")
    CALMED = "calmed", _("Undid the panic button")


class Deed(models.Model):
    """One line of the log: who did what to whom. Only ever added to."""

    owner = models.ForeignKey(
        settings.AUTH_USER_MODEL,
        models.CASCADE,
        related_name="deeds",
        db_index=False,
        verbose_name=_("streamer"),
    )
    room = models.ForeignKey(
        Room, models.SET_NULL, null=True, blank=True, related_name="+", verbose_name=_("room")
    )
    actor = models.ForeignKey(
        settings.AUTH_USER_MODEL,
        models.SET_NULL,
        null=True,
        related_name="+",
        verbose_name=_("who"),
    )
    target = models.ForeignKey(
        settings.AUTH_USER_MODEL,
        models.SET_NULL,
        null=True,
        blank=True,
        related_name="+",
        verbose_name=_("to whom"),
    )
    action = models.CharField(_("what"), max_length=14, choices=Action.choices)
    details = models.JSONField(_("details"), default=dict, blank=True)
    at = models.DateTimeField(_("when"), default=now)

    class Meta:
        verbose_name = _("moderation log entry")
        verbose_name_plural = _("moderation log")
        indexes: ClassVar = [models.Index(fields=["owner", "-at"], name="deed_owner_at")]

    def __str__(self) -> str:
        return self.get_action_display()


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
