"""Writing messages: several of one room in one transaction, each judged for itself."""

from __future__ import annotations

import time
from collections.abc import Iterable, Mapping, Sequence
from dataclasses import dataclass
from datetime import datetime

from django.conf import settings
from django.db import transaction
from django.utils import translation
from django.utils.timezone import now
from django.utils.translation import gettext as _
from django.utils.translation import ngettext

from chat import limits, moderation
from chat.events import MessageSent, quote
from chat.models import Chat, Message
from chat.permissions import Bar, Standing
from chat.services import filtering, gates, ledger
from chat.services.filtering import Held
from chat.services.ledger import NewMessage
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


# A message that is still to be saved, that it waits for a moderator, or why it may not be sent.
Verdict = NewMessage | Held | StreAirError


@transaction.atomic
def write(*, room_id: str, drafts: Sequence[Draft]) -> list[Written | Held | StreAirError]:
    """Write what may be written, in order; return for each draft what became of it.

    Raises NotFound when there is no such room. The caller tells the pages.
    """
    authors = {draft.author_id for draft in drafts}
    page = ledger.open_page(room_id, authors, now()) or _first_page(room_id, authors)
    gate = gates.gate_of(page.chat, authors, now())
    desk = Desk(room_id, page, at=now(), gate=gate, quotable=_quotable(page, drafts))
    verdicts = desk.judge(drafts)
    messages = to_insert(verdicts)
    return desk.outcomes(verdicts, ledger.insert(messages) if messages else [])


def to_insert(verdicts: Iterable[Verdict]) -> list[NewMessage]:
    """Return the messages that are to be saved."""
    return [each for each in verdicts if isinstance(each, NewMessage)]


def asks_more(page: ledger.Page, room_id: str, drafts: Sequence[Draft], *, at: datetime) -> bool:
    """Whether judging these takes more of the database than is on the page."""
    words = filtering.Filter(page.chat, room_id, at)
    return gates.is_closed(page.chat) or any(
        draft.reply_to is not None
        or draft.author_id not in page.people
        or not words.passes(page.people[draft.author_id], draft.text)
        for draft in drafts
    )


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


class Desk:
    """Judges the drafts of one transaction, with everything it takes looked up before.

    Made while the room's chat is locked: nobody else writes here from then on.
    """

    def __init__(
        self,
        room_id: str,
        page: ledger.Page,
        *,
        at: datetime,
        gate: gates.Gate | None = None,
        quotable: Mapping[int, Message] | None = None,
        has_passed: bool = False,  # The word lists: nobody need look again.
    ) -> None:
        self._room_id = room_id
        self._now = at
        self._chat, self._people, self._last_id = page.chat, page.people, page.last_id
        self._here, self._anywhere = self._said_lately(page.said)
        self._quotable = quotable or {}
        self._gate = gate
        self._filter = filtering.Filter(self._chat, room_id, self._now)
        self._has_passed = has_passed
        self._language = translation.get_language()

    def judge(self, drafts: Iterable[Draft]) -> list[Verdict]:
        """Return for each its message, not saved yet, or that it waits, or why it may not be sent."""
        return [self._judge(draft) for draft in drafts]

    def outcomes(
        self, verdicts: Iterable[Verdict], ids: Iterable[int]
    ) -> list[Written | Held | StreAirError]:
        """Return what became of each, with the ids that the messages got."""
        found: list[Written | Held | StreAirError] = []
        previous, ordered = self._last_id, iter(ids)
        for verdict in verdicts:
            if isinstance(verdict, NewMessage):
                event = MessageSent(
                    id=next(ordered),
                    room_id=self._room_id,
                    user_id=verdict.author.user_id,
                    username=verdict.author.username,
                    display_name=verdict.author.shown_name,
                    role=verdict.author.role,
                    message=verdict.text,
                    timestamp=verdict.sent,
                    reply_to=quote(verdict.reply_to) if verdict.reply_to else None,
                )
                found.append(Written(event, previous))
                previous = event.id
            else:
                found.append(verdict)
        return found

    def _judge(self, draft: Draft) -> Verdict:
        if draft.language in {None, self._language}:
            return self._verdict(draft)
        with translation.override(draft.language):
            return self._verdict(draft)

    def _verdict(self, draft: Draft) -> Verdict:
        if draft.deadline is not None and time.monotonic() > draft.deadline:
            return Unavailable(_("That did not work right now. Please try again in a moment."))
        author = self._people.get(draft.author_id)
        if author is None or not author.is_active:
            return NotAllowed(_("You may not do this."))
        outcome: Held | StreAirError | None = self._refusal(author, draft.text)
        if outcome is None and not self._has_passed:
            outcome = self._filter.judge(author, draft.text, draft.reply_to)
        if outcome is not None:
            return outcome
        for said in (self._here, self._anywhere):
            said.setdefault(author.user_id, []).append(self._now)
        quoted = self._quotable.get(draft.reply_to or 0)
        return NewMessage(self._chat.room_pk, author, draft.text, self._now, quoted)

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


def _first_page(room_id: str, authors: set[int]) -> ledger.Page:
    locked_chat(room_id)
    page = ledger.open_page(room_id, authors, now())
    assert page is not None, "it was made just now"
    return page


def _quotable(page: ledger.Page, drafts: Iterable[Draft]) -> dict[int, Message]:
    """Return which messages the replies among these may quote: those still shown in this room."""
    ids = {draft.reply_to for draft in drafts if draft.reply_to is not None}
    if not ids:
        return {}
    found = Message.objects.filter(room_id=page.chat.room_pk, pk__in=ids, state="shown")
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
