"""The socket of a page that shows a room and its chat."""

from __future__ import annotations

from channels.db import database_sync_to_async
from django.conf import settings
from django.utils.translation import gettext as _

from chat import services
from chat.keeper_commands import KEEPING, READING, KeeperCommands, flag, id_in, text_of, whole
from chat.models import Scope
from chat.runtime import express, whispers  # noqa: F401 - from here on it hears what only some are told.
from chat.runtime.desk import Request, current_desk, deadline
from chat.runtime.feeds import current_feeds
from chat.runtime.places import current_places
from chat.runtime.rights import look_up
from chat.selectors import card, modes_of
from chat.services import Draft, Held, Modes
from chat.text import check_command, clean
from rooms.consumers import CREATE_SCOPES, JOIN_SCOPES
from rooms.selectors import room_for_viewer
from streair.core.api.scopes import Scope as Scopes
from streair.core.errors import NotAllowed, NotFound, TooFast
from streair.core.realtime.consumer import Data, command

_WRITING = (Scopes.CHAT_WRITE,)
_LONGEST_NONCE = 64

_find_room = database_sync_to_async(room_for_viewer, thread_sensitive=False)
_delete_message = database_sync_to_async(services.delete_message, thread_sensitive=False)
_clear_chat = database_sync_to_async(services.clear_chat, thread_sensitive=False)
_agree = database_sync_to_async(services.agree, thread_sensitive=False)
_card = database_sync_to_async(card, thread_sensitive=False)
_time_out = database_sync_to_async(services.time_out, thread_sensitive=False)
_ban = database_sync_to_async(services.ban, thread_sensitive=False)
_forgive = database_sync_to_async(services.forgive, thread_sensitive=False)
_appoint = database_sync_to_async(services.appoint, thread_sensitive=False)
_dismiss = database_sync_to_async(services.dismiss, thread_sensitive=False)
_change_modes = database_sync_to_async(services.change_modes, thread_sensitive=False)
_panic = database_sync_to_async(services.panic, thread_sensitive=False)


class ChatConsumer(KeeperCommands):
    """Says what its viewer wants to say, and shows what others said."""

    _since: int | None = None
    _is_expected = False  # To say something.
    _is_keeper = False  # Of the room that is open, when last asked.

    @command("join-room", scopes=JOIN_SCOPES)
    async def join_room(self, data: Data) -> Data:
        """Open a room to watch it; with `lastMessageId` only what was said since is told."""
        self._since = id_in(data, "lastMessageId")
        return await super().join_room(data)

    @command("create-room", scopes=CREATE_SCOPES)
    async def create_room(self, data: Data) -> Data:
        """Open one's own room to run it."""
        self._since = id_in(data, "lastMessageId")
        return await super().create_room(data)

    @command("chat-message", scopes=_WRITING)
    async def chat_message(self, data: Data) -> Data:
        """Say something."""
        room_id, identity = self._place()
        text = clean(text_of(data.get("message")))
        check_command(text)
        draft = Draft(
            author_id=identity.user_id,
            text=text,
            reply_to=id_in(data, "replyTo"),
            language=self.language,
            deadline=deadline(),
        )
        nonce = data.get("nonce")
        is_nonce = isinstance(nonce, str) and 0 < len(nonce) <= _LONGEST_NONCE
        request = Request(draft, self.outbox, nonce if is_nonce else None)
        address = await self._take_place(room_id, identity.user_id)
        try:
            sent = await current_desk().send(room_id, request)
        except BaseException:
            if address:
                current_places().give_back(address)
            raise
        return {"heldId": sent.id} if isinstance(sent, Held) else {"id": sent}

    async def _take_place(self, room_id: str, user_id: int) -> str:
        """Count a message for the reader's address, which is returned, or raise TooFast.

        Who keeps order here is not counted: "" for them.
        """
        if self._is_keeper or self.caller is None or not settings.RATE_LIMIT_ENABLED:
            return ""
        wait = current_places().take(self.caller.address)
        if not wait:
            return self.caller.address
        # They may have been appointed since they came.
        standing = (await look_up(room_id, user_id)).standing
        self._is_keeper = standing is not None and standing.can_moderate
        if not self._is_keeper:
            text = _("Too many messages come from your network right now.")
            raise TooFast(text, retry_after=wait)
        return ""

    @command("delete-message", scopes=_WRITING)
    async def delete_message(self, data: Data) -> None:
        """Take a message back, or remove somebody's."""
        room_id, identity = self._place()
        message_id = id_in(data, "messageId")
        if message_id is None:
            raise NotFound(_("There is no such message."), code="message-not-found")
        room = await _find_room(room_id)
        await _delete_message(room=room, actor_id=identity.user_id, message_id=message_id)

    @command("clear-chat", scopes=KEEPING)
    async def clear_chat(self, data: Data) -> None:
        """Hide everything that was said so far."""
        room_id, identity = self._place()
        await _clear_chat(room=await _find_room(room_id), actor_id=identity.user_id)

    @command("agree-to-rules", scopes=_WRITING)
    async def agree_to_rules(self, data: Data) -> None:
        """Agree to what the streamer asks of those who write."""
        room_id, identity = self._place()
        room = await _find_room(room_id)
        edition = whole(data.get("edition")) or 0
        await _agree(room=room, user_id=identity.user_id, edition=edition)

    # --- Keeping order ---

    @command("look-up-person", scopes=READING)
    async def look_up_person(self, data: Data) -> Data:
        """Tell who somebody is."""
        room, reader_id, user_id = await self._whom(data)
        found: Data = await _card(room, reader_id=reader_id, user_id=user_id)
        return found

    @command("time-out", scopes=KEEPING)
    async def time_out(self, data: Data) -> None:
        """Keep somebody from writing for a while."""
        room, actor_id, user_id = await self._whom(data)
        seconds = whole(data.get("seconds")) or 0
        reason = text_of(data.get("reason"))
        await _time_out(
            room=room, actor_id=actor_id, user_id=user_id, seconds=seconds, reason=reason
        )

    @command("ban", scopes=KEEPING)
    async def ban(self, data: Data) -> None:
        """Keep somebody from writing, or from watching."""
        room, actor_id, user_id = await self._whom(data)
        scope = Scope.ROOM if data.get("scope") == Scope.ROOM else Scope.CHAT
        reason = text_of(data.get("reason"))
        # A length that is none is refused: it does not mean "for good".
        length = data.get("seconds")
        seconds = None if length is None else whole(length) or 0
        await _ban(
            room=room,
            actor_id=actor_id,
            user_id=user_id,
            scope=scope,
            seconds=seconds,
            reason=reason,
        )

    @command("forgive", scopes=KEEPING)
    async def forgive(self, data: Data) -> None:
        """Lift somebody's bans and timeouts."""
        room, actor_id, user_id = await self._whom(data)
        await _forgive(room=room, actor_id=actor_id, user_id=user_id)

    @command("appoint-moderator", scopes=KEEPING)
    async def appoint_moderator(self, data: Data) -> None:
        """Let somebody keep order."""
        room, actor_id, user_id = await self._whom(data)
        await _appoint(room=room, actor_id=actor_id, user_id=user_id)

    @command("dismiss-moderator", scopes=KEEPING)
    async def dismiss_moderator(self, data: Data) -> None:
        """Let somebody no longer keep order."""
        room, actor_id, user_id = await self._whom(data)
        await _dismiss(room=room, actor_id=actor_id, user_id=user_id)

    @command("set-modes", scopes=KEEPING)
    async def set_modes(self, data: Data) -> Data:
        """Change what the chat lets pass."""
        room_id, identity = self._place()
        modes = Modes(
            slow_seconds=whole(data.get("slowSeconds")),
            links_off=flag(data.get("linksOff")),
            emoji_only=flag(data.get("emojiOnly")),
            followers_only=flag(data.get("followersOnly")),
            followers_minutes=whole(data.get("followersMinutes")),
            verified_only=flag(data.get("verifiedOnly")),
            account_age_minutes=whole(data.get("accountAgeMinutes")),
            for_seconds=whole(data.get("forSeconds")),
        )
        room = await _find_room(room_id)
        return modes_of(await _change_modes(room=room, actor_id=identity.user_id, modes=modes))

    @command("panic", scopes=KEEPING)
    async def panic(self, data: Data) -> Data:
        """Set strict modes, or bring back what held before."""
        room_id, identity = self._place()
        room = await _find_room(room_id)
        is_on = data.get("on") is True
        return modes_of(await _panic(room=room, actor_id=identity.user_id, is_on=is_on))

    # --- Coming and going ---

    async def _open(self, room_id: str, *groups: str, ticket: str = "") -> Data:
        """Let the viewer in, and read on from where they left off."""
        state = await super()._open(room_id, *groups, ticket=ticket)
        try:
            chat = await self._open_chat(room_id)
        except BaseException:
            self._close_room()
            self.outbox.forgo()
            raise
        return {**state, **chat, "you": {**state["you"], **chat["you"]}}

    async def _open_chat(self, room_id: str) -> Data:
        user_id = self.identity.user_id if self.identity else None
        # The feed first: it is subscribed from here on, so no change of rights is missed either.
        said = await current_feeds().open(room_id, self.outbox, user_id=user_id, since=self._since)
        rights = await look_up(room_id, user_id)
        if rights.standing is not None and rights.standing.is_shut_out:
            raise NotAllowed(_("You are banned from this room."), code="banned-from-room")
        self._is_keeper = rights.standing is not None and rights.standing.can_moderate
        if user_id is not None and not self._is_expected:
            self._is_expected = True
            express.expect_writer()
        own = {"held": rights.held, "rules": rights.rules}
        return {**said, "modes": rights.modes, "you": rights.as_dict(), **own}

    def _close_room(self) -> None:
        self._is_keeper = False
        if self._is_expected:
            self._is_expected = False
            express.expect_no_more()
        if self.room_id is not None:
            current_feeds().close(self.room_id, self.outbox)
        super()._close_room()
