"""The socket of a page that shows a room and its chat."""

from __future__ import annotations

from typing import Any

from channels.db import database_sync_to_async
from django.utils.translation import gettext as _

from chat import services
from chat.runtime.desk import Request, current_desk, deadline
from chat.runtime.feeds import current_feeds
from chat.runtime.rights import look_up
from chat.services import Draft
from chat.text import clean
from rooms.consumers import RoomConsumer
from rooms.selectors import room_for_viewer
from streair.core.errors import Conflict, NotAllowed, NotFound, SignInFirst
from streair.core.realtime.consumer import Data, command
from streair.core.realtime.identity import Identity

_LARGEST_ID = 2**53
_LONGEST_NONCE = 64

_find_room = database_sync_to_async(room_for_viewer, thread_sensitive=False)
_delete_message = database_sync_to_async(services.delete_message, thread_sensitive=False)
_clear_chat = database_sync_to_async(services.clear_chat, thread_sensitive=False)


class ChatConsumer(RoomConsumer):
    """Says what its viewer wants to say, and shows what others said."""

    _since: int | None = None

    @command("join-room")
    async def join_room(self, data: Data) -> Data:
        """Open a room to watch it; with `lastMessageId` only what was said since is told."""
        self._since = _id_in(data, "lastMessageId")
        return await super().join_room(data)

    @command("create-room")
    async def create_room(self, data: Data) -> Data:
        """Open one's own room to run it."""
        self._since = _id_in(data, "lastMessageId")
        return await super().create_room(data)

    @command("chat-message")
    async def chat_message(self, data: Data) -> Data:
        """Say something."""
        room_id, identity = self._place()
        text = data.get("message")
        draft = Draft(
            author_id=identity.user_id,
            text=clean(text if isinstance(text, str) else ""),
            reply_to=_id_in(data, "replyTo"),
            language=self.language,
            deadline=deadline(),
        )
        nonce = data.get("nonce")
        is_nonce = isinstance(nonce, str) and 0 < len(nonce) <= _LONGEST_NONCE
        request = Request(draft, self.outbox, nonce if is_nonce else None)
        return {"id": await current_desk().send(room_id, request)}

    @command("delete-message")
    async def delete_message(self, data: Data) -> None:
        """Take a message back, or remove somebody's."""
        room_id, identity = self._place()
        message_id = _id_in(data, "messageId")
        if message_id is None:
            raise NotFound(_("There is no such message."), code="message-not-found")
        room = await _find_room(room_id)
        await _delete_message(room=room, actor_id=identity.user_id, message_id=message_id)

    @command("clear-chat")
    async def clear_chat(self, data: Data) -> None:
        """Hide everything that was said so far."""
        room_id, identity = self._place()
        await _clear_chat(room=await _find_room(room_id), actor_id=identity.user_id)

    async def _open(self, room_id: str, *groups: str) -> Data:
        """Let the viewer in, and read on from where they left off."""
        state = await super()._open(room_id, *groups)
        try:
            chat = await self._open_chat(room_id)
        except BaseException:
            self._close_room()
            raise
        return {**state, **chat, "you": {**state["you"], **chat["you"]}}

    async def _open_chat(self, room_id: str) -> Data:
        user_id = self.identity.user_id if self.identity else None
        # The feed first: it is subscribed from here on, so no change of rights is missed either.
        said = await current_feeds().open(room_id, self.outbox, user_id=user_id, since=self._since)
        rights = await look_up(room_id, user_id)
        if rights.standing is not None and rights.standing.is_shut_out:
            raise NotAllowed(_("You are banned from this room."), code="banned-from-room")
        return {**said, "modes": rights.modes, "you": rights.as_dict()}

    def _close_room(self) -> None:
        if self.room_id is not None:
            current_feeds().close(self.room_id, self.outbox)
        super()._close_room()

    def _place(self) -> tuple[str, Identity]:
        """Return where and as whom something is done, or raise why it cannot be."""
        if self.identity is None:
            raise SignInFirst(_("Please sign in first."))
        if self.room_id is None:
            raise Conflict(_("Open the room first."), code="no-room")
        return self.room_id, self.identity


def _id_in(data: Data, name: str) -> int | None:
    """Return the message id of that name, or None when there is none that could be one."""
    found: Any = data.get(name)
    return found if type(found) is int and 0 <= found < _LARGEST_ID else None
