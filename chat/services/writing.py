"""Writing messages: several of one room in one transaction, each judged for itself."""

from __future__ import annotations

import time
from collections.abc import Iterable, Sequence
from dataclasses import dataclass
from datetime import datetime

from django.conf import settings
from django.db import transaction
from django.utils import translation
from django.utils.timezone import now
from django.utils.translation import gettext as _
from django.utils.translation import ngettext

from chat import limits, moderation
from chat.events import MessageSent
from chat.models import Chat, Message
from chat.permissions import Bar, Standing
from chat.services import filtering, gates, ledger
from chat.services.filtering import Held
from rooms.models import Room, RoomState
from streair.core.errors import Conflict, NotAllowed, NotFound, StreAirError, TooFast, Unavailable


@dataclass(frozen=True, slots=True)
class Draft:
    """A message that somebody wants to send; its text is clean already."""

    author_id: int
    text: str
    reply_to: int | None = None
    language: str | None = None  # Of the sentence that says no.
    deadline: float | None = None  # Of time.monotonic; nobody waits for it any more.


@dataclass(frozen=True, slots=True)
class Written:
    """A message that is in the database, and the one before it in its room."""

    event: MessageSent
    previous_id: int


@transaction.atomic
def write(*, room_id: str, drafts: Sequence[Draft]) -> list[Written | Held | StreAirError]:
    """Write what may be written, in order; return for each draft what became of it.

    Raises NotFound when there is no such room. The caller tells the pages.
    """
    desk = _Desk(room_id, drafts)
    verdicts = [desk.judge(draft) for draft in drafts]
    written = iter(desk.insert([each for each in verdicts if isinstance(each, Message)]))
    return [next(written) if isinstance(each, Message) else each for each in verdicts]


def locked_chat(room_id: str) -> Chat:
    """Return the room's chat, locked until the transaction ends, or raise NotFound."""
    chats = Chat.objects.select_related("room").select_for_update(of=("self",), no_key=True)
    chat = chats.filter(room__room_id=room_id).first()
    if chat is not None:
        return chat
    room = Room.objects.filter(room_id=room_id).first()
    if room is None:
        raise NotFound(_("There is no room at this address."), code="room-not-found")
    # Whoever comes second waits for the first one's commit, and finds its row.
    Chat.objects.bulk_create([Chat(room=room)], ignore_conflicts=True)
    return chats.get(room=room)


class _Desk:
    """Judges the drafts of one transaction, with everything it takes looked up once."""

    def __init__(self, room_id: str, drafts: Sequence[Draft]) -> None:
        self._room_id = room_id
        authors = {draft.author_id for draft in drafts}
        page = ledger.open_page(room_id, authors, now()) or self._first_page(room_id, authors)
        # Nobody else writes here from now on.
        self._now = now()
        self._chat, self._people, self._last_id = page.chat, page.people, page.last_id
        self._here, self._anywhere = self._said_lately(page.said)
        replied = {draft.reply_to for draft in drafts if draft.reply_to is not None}
        self._replied = self._quotable(replied)
        self._gate = gates.gate_of(self._chat, authors, self._now)
        self._filter = filtering.Filter(self._chat, room_id, self._now)

    def judge(self, draft: Draft) -> Message | Held | StreAirError:
        """Return the message, not saved yet, or that it waits, or why it may not be sent."""
        with translation.override(draft.language or translation.get_language()):
            if draft.deadline is not None and time.monotonic() > draft.deadline:
                return Unavailable(_("That did not work right now. Please try again in a moment."))
            author = self._people.get(draft.author_id)
            if author is None or not author.is_active:
                return NotAllowed(_("You may not do this."))
            refusal = self._refusal(author, draft.text)
            outcome = refusal or self._filter.judge(author, draft.text, draft.reply_to)
        if outcome is not None:
            return outcome
        for said in (self._here, self._anywhere):
            said.setdefault(author.user_id, []).append(self._now)
        return Message(
            room_id=self._chat.room_pk,
            author_id=author.user_id,
            role=author.role,
            text=draft.text,
            sent=self._now,
            reply_to=self._replied.get(draft.reply_to or 0),
        )

    def insert(self, messages: list[Message]) -> list[Written]:
        """Save the messages in their order."""
        if not messages:
            return []
        previous = self._last_id
        written = []
        for message, pk in zip(messages, ledger.insert(messages), strict=True):
            assert message.author_id is not None, "whoever writes exists"
            message.pk = pk
            event = MessageSent.by(self._people[message.author_id], message, self._room_id)
            written.append(Written(event, previous))
            previous = message.pk
        return written

    def _refusal(self, author: Standing, text: str) -> StreAirError | None:
        if self._chat.room_state == RoomState.ENDED:
            return Conflict(_("This stream has ended."), code="room-ended")
        if author.can_moderate:
            return None
        bar = self._filter.new_bars.get(author.user_id) or author.bar
        if bar is not None:
            return _barred(bar, self._now)
        if self._gate is not None and (refusal := self._gate.refusal(author.user_id)):
            return refusal
        return self._against_modes(text) or self._too_fast(author)

    def _against_modes(self, text: str) -> StreAirError | None:
        if self._chat.emoji_only and not moderation.is_only_emoji(text):
            return NotAllowed(_("Only emoji may be sent here right now."), code="emoji-only")
        if self._chat.links_off and moderation.has_link(text):
            return NotAllowed(_("Links may not be sent here."), code="links-off")
        return None

    def _too_fast(self, author: Standing) -> StreAirError | None:
        if not settings.RATE_LIMIT_ENABLED:
            return None
        wait = limits.seconds_to_wait(self._anywhere.get(author.user_id, ()), self._now)
        if wait:
            return TooFast(_("You are writing too fast."), retry_after=wait)
        slow = self._chat.slow_seconds
        wait = limits.slow_seconds_to_wait(self._here.get(author.user_id, ()), self._now, slow)
        if wait:
            return TooFast(_("Slow mode is on."), code="slow-mode", retry_after=wait)
        return None

    def _said_lately(
        self, found: Iterable[ledger.Said]
    ) -> tuple[dict[int, list[datetime]], dict[int, list[datetime]]]:
        """Return when people said something, in this room and in any, in order.

        It comes from the rows themselves: so it holds for all sockets and processes together,
        and also while Redis is away.
        """
        here: dict[int, list[datetime]] = {}
        anywhere: dict[int, list[datetime]] = {}
        for said in found:
            anywhere.setdefault(said.author_id, []).append(said.sent)
            if said.room_pk == self._chat.room_pk:
                here.setdefault(said.author_id, []).append(said.sent)
        return here, anywhere

    def _first_page(self, room_id: str, authors: set[int]) -> ledger.Page:
        locked_chat(room_id)
        page = ledger.open_page(room_id, authors, now())
        assert page is not None, "it was made just now"
        return page

    def _quotable(self, ids: set[int]) -> dict[int, Message]:
        """Return which of these messages a reply may quote: those still shown in this room."""
        if not ids:
            return {}
        found = Message.objects.filter(room_id=self._chat.room_pk, pk__in=ids, state="shown")
        return {message.pk: message for message in found.select_related("author")}


def _barred(bar: Bar, at: datetime) -> StreAirError:
    if bar.until is None:
        sentence = _("You are banned from this chat.")
        if bar.reason:
            sentence = _("You are banned from this chat: %(reason)s") % {"reason": bar.reason}
        return NotAllowed(sentence, code="banned")
    seconds = max(1, int((bar.until - at).total_seconds()))
    sentence = ngettext(
        "You may write again in %(seconds)d second.",
        "You may write again in %(seconds)d seconds.",
        seconds,
    ) % {"seconds": seconds}
    return NotAllowed(sentence, code="timed-out", retry_after=seconds)
