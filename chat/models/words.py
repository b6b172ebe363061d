"""Words that are not wanted, and the messages that wait because of them."""

from __future__ import annotations

import secrets
from datetime import datetime, timedelta
from typing import ClassVar, Self

from django.conf import settings
from django.core.validators import MaxLengthValidator
from django.db import models
from django.db.models import Q
from django.utils.timezone import now
from django.utils.translation import gettext_lazy as _

from chat.models.messages import Message
from rooms.models import Room, RoomState

# Whoever waits longer for a moderator waits in vain.
HELD_FOR = timedelta(hours=24)


class Treatment(models.TextChoices):
    """What becomes of a message with a word of a list (chat.words.Treatment)."""

    HOLD = "hold", _("Hold for a moderator")
    HIDE = "hide", _("Refuse")
    TIME_OUT = "time-out", _("Refuse, and time the author out")


class Seconds(models.IntegerChoices):
    """How long a word keeps its author from writing."""

    NONE = 0, "—"
    MINUTE = 60, _("1 minute")
    TEN_MINUTES = 600, _("10 minutes")
    HOUR = 3600, _("1 hour")
    DAY = 86400, _("24 hours")


def new_edition() -> str:
    """Return a name that no list has had before."""
    return secrets.token_hex(8)


class WordList(models.Model):
    """The words of a streamer, for all of their rooms, or of the site, for everybody's.

    Each change makes another edition of it: by that every process knows whether what it has put together
    still holds.
    """

    owner = models.OneToOneField(
        settings.AUTH_USER_MODEL,
        models.CASCADE,
        null=True,
        blank=True,
        related_name="word_list",
        verbose_name=_("streamer"),
    )
    is_site = models.BooleanField(default=False, editable=False)
    edition = models.CharField(max_length=16, default=new_edition, editable=False)

    class Meta:
        verbose_name = _("word list")
        verbose_name_plural = _("word lists")
        constraints: ClassVar = [
            models.UniqueConstraint(
                fields=["is_site"], condition=Q(is_site=True), name="word_list_one_of_the_site"
            ),
            models.CheckConstraint(
                condition=Q(is_site=True, owner=None) | Q(is_site=False, owner__isnull=False),
                name="word_list_is_somebodys",
            ),
        ]

    def __str__(self) -> str:
        return str(self.owner or "StreAir")


class FilteredWord(models.Model):
    """One entry of a list: a word, a phrase, or a part of a word."""

    word_list = models.ForeignKey(
        WordList,
        models.CASCADE,
        related_name="words",
        db_index=False,
        editable=False,
        verbose_name=_("word list"),
    )
    text = models.CharField(_("word or phrase"), max_length=60, validators=[MaxLengthValidator(60)])
    # What it forbids (chat.words.Pattern.key): the same in other letters is no other entry.
    key = models.CharField(max_length=200, editable=False)
    treatment = models.CharField(
        _("what happens"), max_length=8, choices=Treatment.choices, default=Treatment.HOLD
    )
    seconds = models.PositiveIntegerField(
        _("time out for"), choices=Seconds.choices, default=Seconds.NONE
    )
    also_unmarked = models.BooleanField(_("also typed without marks"), default=False)
    added = models.DateTimeField(_("added"), default=now, editable=False)
    added_by = models.ForeignKey(
        settings.AUTH_USER_MODEL,
        models.SET_NULL,
        null=True,
        editable=False,
        related_name="+",
        verbose_name=_("by"),
    )

    objects: ClassVar[models.Manager[FilteredWord]] = models.Manager()

    class Meta:
        verbose_name = _("filtered word")
        verbose_name_plural = _("filtered words")
        ordering: ClassVar = ["key"]
        constraints: ClassVar = [
            models.UniqueConstraint(fields=["word_list", "key"], name="filtered_word_once_a_list"),
        ]

    def __str__(self) -> str:
        return self.text


class HeldState(models.TextChoices):
    """What became of a held message."""

    WAITING = "waiting", _("Waiting")
    APPROVED = "approved", _("Let through")
    DENIED = "denied", _("Kept out")
    DROPPED = "dropped", _("Gone with its author")


class HeldMessageQuerySet(models.QuerySet["HeldMessage"]):
    """Adjectives for held messages."""

    def waiting(self, at: datetime | None = None) -> Self:
        """Those that a moderator may still decide on."""
        since = (at or now()) - HELD_FOR
        return self.filter(state=HeldState.WAITING, held__gt=since).exclude(
            room__state=RoomState.ENDED
        )

    def within(self, room_pk: int) -> Self:
        """Those of one room."""
        return self.filter(room_id=room_pk)

    def by(self, author_id: int) -> Self:
        """Those of one person."""
        return self.filter(author_id=author_id)


class HeldMessage(models.Model):
    """Something that nobody may read but moderators, until one lets it through.

    Never a message with a mark: so no history, answer, overlay or export can let it slip. Let through, it
    becomes a message, with an id that is newer than all others.
    """

    room = models.ForeignKey(
        Room, models.CASCADE, related_name="held", db_index=False, verbose_name=_("room")
    )
    author = models.ForeignKey(
        settings.AUTH_USER_MODEL, models.CASCADE, related_name="held", verbose_name=_("author")
    )
    text = models.TextField(_("text"), max_length=500)
    reply_to = models.ForeignKey(
        Message,
        models.SET_NULL,
        null=True,
        blank=True,
        db_index=False,
        related_name="+",
        verbose_name=_("reply to"),
    )
    # The entry for which it waits, as it was; empty for one of the site's list.
    word = models.CharField(_("because of"), max_length=60, blank=True)
    held = models.DateTimeField(_("held"), default=now, db_index=True)
    state = models.CharField(
        _("state"), max_length=8, choices=HeldState.choices, default=HeldState.WAITING
    )
    decided = models.DateTimeField(_("decided"), null=True, blank=True)
    decided_by = models.ForeignKey(
        settings.AUTH_USER_MODEL,
        models.SET_NULL,
        null=True,
        blank=True,
        related_name="+",
        verbose_name=_("decided by"),
    )

    objects: ClassVar[HeldMessageQuerySet] = HeldMessageQuerySet.as_manager()  # type: ignore[assignment]

    class Meta:
        verbose_name = _("held message")
        verbose_name_plural = _("held messages")
        indexes: ClassVar = [
            models.Index(fields=["room", "state", "id"], name="held_message_room"),
            models.Index(
                fields=["reply_to"],
                condition=Q(reply_to__isnull=False),
                name="held_message_reply_to",
            ),
        ]

    def __str__(self) -> str:
        return self.text
