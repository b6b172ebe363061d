"""What word lists make of messages: let through, held for a moderator, refused, the author timed out."""

from __future__ import annotations

from collections import OrderedDict
from dataclasses import dataclass, replace
from datetime import datetime, timedelta
from threading import Lock
from typing import Any

from django.utils.translation import gettext as _
from django.utils.translation import ngettext

from chat.events import MessageHeld
from chat.models import (
    HELD_FOR,
    Action,
    Deed,
    FilteredWord,
    HeldMessage,
    Message,
    Restriction,
    Role,
    Scope,
)
from chat.permissions import Bar, Standing
from chat.services.ledger import OpenChat
from chat.services.notices import publish_rights
from chat.words import Entry, Matcher, Treatment, parse, strictness
from chat.words.reading import read
from rooms.models import Room
from streair.core.errors import Conflict, NotAllowed, StreAirError, TooFast
from streair.core.ratelimit import Limit, count
from streair.core.realtime.events import publish

MOST_HELD = 500
MOST_HELD_BY_ONE = 3
# Refused messages are not among those that slow somebody down; each is in the log.
_REFUSED = Limit("chat-filtered", 5, 10)
# What became of held messages is of interest to nobody any more.
_KEPT = 7 * HELD_FOR
_MOST_MATCHERS = 200

_matchers: OrderedDict[str, Matcher] = OrderedDict()
_lock = Lock()


@dataclass(frozen=True, slots=True)
class Held:
    """A message that waits for a moderator."""

    id: int


class Filter:
    """The word lists that hold in a room, for the messages of one transaction."""

    def __init__(self, chat: OpenChat, room_id: str, at: datetime) -> None:
        self._chat = chat
        self._room_id = room_id
        self._at = at
        # Whom it timed out: their next message in the same transaction is refused, too.
        self.new_bars: dict[int, Bar] = {}

    def judge(
        self, author: Standing, text: str, reply_to: int | None
    ) -> Held | StreAirError | None:
        """Return what is to be told of a message that does not pass, with all that it leads to done."""
        entry = self._strictest(author, text)
        if entry is None:
            return None
        if count(_REFUSED, str(author.user_id)).is_over:
            return TooFast(_("You are writing too fast."), retry_after=_REFUSED.seconds)
        if entry.treatment == Treatment.HOLD:
            return self._hold(author, text, reply_to, entry)
        if entry.treatment == Treatment.TIME_OUT and not author.can_moderate:
            return self._time_out(author, text, entry)
        self._log(Action.HID, author, text, entry)
        sentence = _("There is a word in it that may not be written here.")
        return NotAllowed(sentence, code="message-filtered")

    def passes(self, author: Standing, text: str) -> bool:
        """Whether a message passes for sure: no list is to be fetched first, and nothing is found."""
        with _lock:
            matchers = [_matchers.get(edition) for _pk, edition, _is_site in self._lists(author)]
        if None in matchers:
            return False
        reading = read(text) if any(matchers) else None
        return not any(matcher.find_in(reading) for matcher in matchers if matcher and reading)

    @property
    def _room(self) -> Room:
        """The room, as far as notices need it. Most messages need none."""
        return Room(pk=self._chat.room_pk, room_id=self._room_id, owner_id=self._chat.owner_id)

    def _strictest(self, author: Standing, text: str) -> Entry | None:
        matchers = [
            matcher
            for pk, edition, is_site in self._lists(author)
            if (matcher := _matcher_of(pk, edition, is_site=is_site))
        ]
        if not matchers:
            return None
        reading = read(text)
        found = [entry for matcher in matchers if (entry := matcher.find_in(reading))]
        return max(found, key=strictness, default=None)

    def _lists(self, author: Standing) -> list[tuple[int, str, bool]]:
        """Return the lists that hold for somebody: key, edition, whether it is the site's."""
        chat, found = self._chat, []
        if chat.site_list and chat.site_edition and author.role != Role.ADMIN:
            found.append((chat.site_list, chat.site_edition, True))
        if chat.word_list and chat.edition and not author.can_moderate:
            found.append((chat.word_list, chat.edition, False))
        return found

    def _hold(
        self, author: Standing, text: str, reply_to: int | None, entry: Entry
    ) -> Held | StreAirError:
        waiting = HeldMessage.objects.waiting(self._at)
        if waiting.by(author.user_id).count() >= MOST_HELD_BY_ONE:
            sentence = _("Several of your messages wait for a moderator already.")
            return Conflict(sentence, code="too-many-held")
        if waiting.within(self._chat.room_pk).count() >= MOST_HELD:
            sentence = _("Too many messages wait for a moderator right now.")
            return Conflict(sentence, code="too-many-held")
        HeldMessage.objects.filter(held__lt=self._at - _KEPT).delete()
        here = Message.objects.filter(room_id=self._chat.room_pk)
        quoted = here.filter(pk=reply_to).first() if reply_to else None
        held = HeldMessage.objects.create(
            room_id=self._chat.room_pk,
            author_id=author.user_id,
            text=text,
            reply_to=quoted,
            word=entry.text,
            held=self._at,
        )
        self._log(Action.HELD, author, text, entry)
        publish(self._room.group, MessageHeld.by(author, held, self._room_id))
        return Held(held.pk)

    def _time_out(self, author: Standing, text: str, entry: Entry) -> StreAirError:
        bar = Bar(Scope.CHAT, self._at + timedelta(seconds=entry.seconds), "")
        Restriction.objects.update_or_create(
            owner_id=self._chat.owner_id,
            user_id=author.user_id,
            scope=Scope.CHAT,
            defaults={"until": bar.until, "since": self._at, "reason": "", "by": None},
        )
        self.new_bars[author.user_id] = bar
        self._log(Action.TIMED_OUT, author, text, entry)
        publish_rights(self._room, author.user_id)
        sentence = ngettext(
            "There is a word in it that may not be written here. You may write again in %(seconds)d second.",
            "There is a word in it that may not be written here. You may write again in %(seconds)d seconds.",
            entry.seconds,
        ) % {"seconds": entry.seconds}
        return NotAllowed(sentence, code="timed-out", retry_after=entry.seconds)

    def _log(self, action: Action, author: Standing, text: str, entry: Entry) -> None:
        """Write down what the filter did; that has no actor."""
        details: dict[str, Any] = {"text": text, "word": entry.text}
        if action == Action.TIMED_OUT:
            details["seconds"] = entry.seconds
        Deed.objects.create(
            owner_id=self._chat.owner_id,
            room_id=self._chat.room_pk,
            target_id=author.user_id,
            action=action,
            details=details,
        )


def entry_of(word: FilteredWord) -> Entry:
    """Return what an entry in the database says."""
    pattern = parse(word.text)
    assert pattern is not None, "services save nothing else"
    return Entry(pattern, Treatment(word.treatment), word.seconds, word.also_unmarked, word.text)


def _matcher_of(list_id: int, edition: str, *, is_site: bool = False) -> Matcher:
    """Return a list put together, each edition once in a process."""
    with _lock:
        matcher = _matchers.pop(edition, None)
    if matcher is None:
        # By then it may be a later edition: that is as well, the next message asks for it by name.
        entries = [entry_of(word) for word in FilteredWord.objects.filter(word_list=list_id)]
        # What is on the site's list, moderators of rooms are not told.
        matcher = Matcher(replace(entry, text="") if is_site else entry for entry in entries)
    with _lock:
        _matchers[edition] = matcher
        while len(_matchers) > _MOST_MATCHERS:
            _matchers.popitem(last=False)
    return matcher
