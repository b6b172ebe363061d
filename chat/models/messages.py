"""What people say in a room, and what its chat lets pass."""

from __future__ import annotations

from typing import ClassVar, Self

from django.conf import settings
from django.db import models
from django.db.models import Q
from django.utils.timezone import now
from django.utils.translation import gettext_lazy as _

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
    # Who follows the streamer for at least so long; zero is whoever follows.
    followers_only = models.BooleanField(_("followers only"), default=False)
    followers_minutes = models.PositiveIntegerField(_("followed for (minutes)"), default=0)
    verified_only = models.BooleanField(_("verified e-mail only"), default=False)
    account_age_minutes = models.PositiveIntegerField(_("age of the account (minutes)"), default=0)
    # Modes that end by themselves: {name: {"until": ISO time, "value": what comes back}}, and when the first does.
    temporary = models.JSONField(null=True, blank=True, editable=False)
    temporary_until = models.DateTimeField(null=True, blank=True, editable=False, db_index=True)
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
    """Something that was said. Rows stay for some weeks: moderators see what was deleted."""

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
