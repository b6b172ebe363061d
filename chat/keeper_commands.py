"""What a chat's keepers ask of its socket: word lists, held messages, who keeps order."""

from __future__ import annotations

from typing import Any

from channels.db import database_sync_to_async
from django.utils.translation import gettext as _

from chat import selectors, services
from chat.events import MessageHeld
from chat.models import FilteredWord
from chat.services.checks import check_moderates
from rooms.consumers import RoomConsumer
from rooms.models import Room
from rooms.selectors import room_for_viewer
from streair.core.api.scopes import Scope as Scopes
from streair.core.errors import Conflict, NotFound, SignInFirst
from streair.core.realtime.consumer import Data, command
from streair.core.realtime.identity import Identity

KEEPING = (Scopes.CHAT_MODERATE,)
READING = (Scopes.CHAT_READ,)

_LARGEST_ID = 2**53
# An answer must fit through the socket; what comes after is shown once these are decided.
_HELD_SHOWN = 50


def _held(room: Room, actor_id: int) -> Data:
    check_moderates(room, actor_id)
    count, oldest = selectors.held_messages(room, limit=_HELD_SHOWN)
    told = [MessageHeld.of(each, room.room_id).data() for each in oldest]
    return {"count": count, "held": told}


def _words(room: Room, actor_id: int) -> Data:
    check_moderates(room, actor_id)
    return {"words": [_word(each) for each in selectors.words_of(room.owner_id)]}


def _moderators(owner_id: int) -> Data:
    people = selectors.moderators_of(owner_id)
    return {
        "moderators": [
            {"userId": each.pk, "username": each.username, "displayName": each.shown_name}
            for each in people
        ]
    }


def _word(word: FilteredWord) -> Data:
    return {
        "id": word.pk,
        "text": word.text,
        "treatment": word.treatment,
        "seconds": word.seconds,
        "alsoUnmarked": word.also_unmarked,
    }


_find_room = database_sync_to_async(room_for_viewer, thread_sensitive=False)
_find_person = database_sync_to_async(selectors.person_named, thread_sensitive=False)
_list_held = database_sync_to_async(_held, thread_sensitive=False)
_decide = database_sync_to_async(services.decide, thread_sensitive=False)
_list_words = database_sync_to_async(_words, thread_sensitive=False)
_list_moderators = database_sync_to_async(_moderators, thread_sensitive=False)
_add_word = database_sync_to_async(services.add_word, thread_sensitive=False)
_remove_word = database_sync_to_async(services.remove_word, thread_sensitive=False)
_try_words = database_sync_to_async(services.try_words, thread_sensitive=False)


class KeeperCommands(RoomConsumer):
    """Commands of whoever keeps order; a socket that may not is told so by the services."""

    @command("list-held", scopes=KEEPING)
    async def list_held(self, data: Data) -> Data:
        """Tell which messages wait for a moderator, the oldest first."""
        room_id, identity = self._place()
        found: Data = await _list_held(await _find_room(room_id), identity.user_id)
        return found

    @command("decide-held", scopes=KEEPING)
    async def decide_held(self, data: Data) -> None:
        """Let a held message through, or keep it out."""
        room_id, identity = self._place()
        room = await _find_room(room_id)
        held_id = id_in(data, "heldId") or 0
        approve = data.get("approve") is True
        await _decide(room=room, actor_id=identity.user_id, held_id=held_id, approve=approve)

    @command("list-words", scopes=KEEPING)
    async def list_words(self, data: Data) -> Data:
        """Tell what is on the streamer's word list."""
        room_id, identity = self._place()
        found: Data = await _list_words(await _find_room(room_id), identity.user_id)
        return found

    @command("add-word", scopes=KEEPING)
    async def add_word(self, data: Data) -> Data:
        """Put an entry on the list."""
        room_id, identity = self._place()
        word = await _add_word(
            room=await _find_room(room_id),
            actor_id=identity.user_id,
            text=text_of(data.get("text")),
            treatment=text_of(data.get("treatment")),
            seconds=whole(data.get("seconds")) or 0,
            also_unmarked=data.get("alsoUnmarked") is True,
        )
        return _word(word)

    @command("remove-word", scopes=KEEPING)
    async def remove_word(self, data: Data) -> None:
        """Take an entry off the list."""
        room_id, identity = self._place()
        room = await _find_room(room_id)
        word_id = id_in(data, "wordId") or 0
        await _remove_word(room=room, actor_id=identity.user_id, word_id=word_id)

    @command("try-words", scopes=KEEPING)
    async def try_words(self, data: Data) -> Data:
        """Tell what the list would make of a sentence."""
        room_id, identity = self._place()
        room = await _find_room(room_id)
        text = text_of(data.get("text"))
        entry = await _try_words(room=room, actor_id=identity.user_id, text=text)
        return {
            "word": entry.text if entry else None,
            "treatment": entry.treatment if entry else None,
            "seconds": entry.seconds if entry else 0,
        }

    @command("list-moderators", scopes=READING)
    async def list_moderators(self, data: Data) -> Data:
        """Tell who keeps order here."""
        room_id, _identity = self._place()
        room = await _find_room(room_id)
        found: Data = await _list_moderators(room.owner_id)
        return found

    def _place(self) -> tuple[str, Identity]:
        """Return where and as whom something is done, or raise why it cannot be."""
        if self.identity is None:
            raise SignInFirst(_("Please sign in first."))
        if self.room_id is None:
            raise Conflict(_("Open the room first."), code="no-room")
        return self.room_id, self.identity

    async def _whom(self, data: Data) -> tuple[Room, int, int]:
        """Return the room, who acts in it and on whom, or raise why that cannot be."""
        room_id, identity = self._place()
        user_id = id_in(data, "userId")
        username = text_of(data.get("username")).removeprefix("@")
        if user_id is None and username:
            user_id = await _find_person(username)
        if user_id is None:
            raise NotFound(_("There is no such person."), code="person-not-found")
        return await _find_room(room_id), identity.user_id, user_id


def whole(value: object) -> int | None:
    return value if type(value) is int and abs(value) < _LARGEST_ID else None


def flag(value: object) -> bool | None:
    return value if isinstance(value, bool) else None


def text_of(value: object) -> str:
    return value if isinstance(value, str) else ""


def id_in(data: Data, name: str) -> int | None:
    """Return the message id of that name, or None when there is none that could be one."""
    found: Any = data.get(name)
    return found if type(found) is int and 0 <= found < _LARGEST_ID else None
