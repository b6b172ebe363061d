"""The socket of a page that shows a room."""

from __future__ import annotations

import re
from collections.abc import Mapping
from typing import Any

from channels.db import database_sync_to_async
from django.utils.translation import gettext as _

from rooms import selectors
from rooms.attendance import Person
from rooms.doors import current_doors
from rooms.events import LIVE_LIST, LiveListChanged, RoomUpdated
from rooms.groups import group_of
from rooms.locks import Pass, held_tickets
from rooms.models import Room
from rooms.newsstand import current_newsstand
from rooms.permissions import pass_for
from rooms.presence import current_presence
from rooms.snapshots import snapshot
from rooms.visitors import viewer, visitor_of
from streair.core.api.scopes import Scope
from streair.core.errors import NotAllowed, NotFound, SignInFirst
from streair.core.realtime import frames, origins
from streair.core.realtime.consumer import CommandConsumer, Data, command
from streair.core.realtime.hub import Hub
from streair.core.realtime.identity import known_for
from streair.core.realtime.per_loop import per_loop
from streair.core.realtime.receivers import GAP, receives, takes_over
from streair.core.realtime.shared import Shared

# What is said in a room comes along with it.
JOIN_SCOPES = (Scope.CHAT_READ,)
CREATE_SCOPES = (Scope.CHAT_READ, Scope.STREAM_READ)

_ROOM_ID = re.compile(r"[a-z0-9]{1,24}")
_ROOM_GROUP = re.compile(rf"room\.({_ROOM_ID.pattern})")

_find_room = database_sync_to_async(selectors.room_for_viewer, thread_sensitive=False)
_lookups = per_loop(lambda: Shared[str, Room](_find_room))


class RoomConsumer(CommandConsumer):
    """Joins one room at a time, counts whoever watches it, and tells its owner more."""

    room_id: str | None = None
    person: Person | None = None
    # What it hears because of the room that is open.
    _groups: tuple[str, ...] = ()

    async def connect(self) -> None:
        """Let a page hear, from now on, that somebody is live whom its reader follows."""
        await super().connect()
        if self.identity is not None and self.bearer is None:
            await current_newsstand().enter(self.identity.user_id, self.outbox, self.hub)

    @command("join-room", scopes=JOIN_SCOPES)
    async def join_room(self, data: Data) -> Data:
        """Open a room to watch it."""
        room_id = _room_id(data)
        return await self._open(room_id, group_of(room_id), ticket=_ticket(data))

    @command("create-room", scopes=CREATE_SCOPES)
    async def create_room(self, data: Data) -> Data:
        """Open one's own room to run it: how the encoder does is told here too."""
        if self.identity is None:
            raise SignInFirst(_("Please sign in first."))
        room_id = _room_id(data)
        room = await _lookups().get(room_id)
        if room.owner_id != self.identity.user_id:
            raise NotAllowed(_("This is not your room."))
        return await self._open(room_id, group_of(room_id), room.owner_group)

    @command("leave-room", scopes=())
    async def leave_room(self, data: Data) -> None:
        """Close the room that is open, if one is."""
        self._close_room()

    @command("watch-lists", scopes=())
    async def watch_lists(self, data: Data) -> None:
        """Hear from now on when a public room comes on or off the air."""
        await self.hub.join(LIVE_LIST, self.outbox)

    def about(self) -> Mapping[str, object]:
        """Return whom and which room the log is to name."""
        return {**super().about(), "room_id": self.room_id}

    def known_as(self) -> str | None:
        """Return the visitor that the browser's cookie names."""
        visitor = visitor_of(self.cookies)
        return f"visitor:{visitor}" if visitor else None

    async def left(self) -> None:
        """The viewer is gone."""
        self._close_room()
        if self.identity is not None:
            current_newsstand().leave(self.identity.user_id, self.outbox)

    async def _open(self, room_id: str, *groups: str, ticket: str = "") -> Data:
        """Subscribe, then look: what happens in between arrives after the answer."""
        self._close_room()
        self.outbox.hold()
        self._groups = groups
        for group in groups:
            await self.hub.join(group, self.outbox)
        try:
            room = await _lookups().get(room_id)
            held = self._pass(room, ticket)
        except BaseException:
            self._leave_groups()
            self.outbox.forgo()
            raise
        is_owner = self.identity is not None and self.identity.user_id == room.owner_id
        self.room_id = room_id
        self.person = None if is_owner else self._person()
        presence = current_presence()
        presence.enter(room_id, self.person, hides=room.hides_viewers)
        current_doors().enter(room_id, held, self._locked_out)
        count = await presence.viewer_count(room_id)
        return {
            **snapshot(room, viewer_count=count),
            **({"viewerCount": count} if is_owner else {}),
            "you": {"isOwner": is_owner, "signedIn": self.identity is not None},
        }

    def _leave_groups(self) -> None:
        for group in self._groups:
            self.hub.leave(group, self.outbox)
        self._groups = ()

    def _close_room(self) -> None:
        self._leave_groups()
        if self.room_id is not None:
            current_doors().leave(self.room_id, self._locked_out)
            current_presence().leave(self.room_id, self.person)
            self.room_id = self.person = None

    def _pass(self, room: Room, ticket: str) -> Pass:
        owner_id = known_for(self.identity, Scope.ROOMS_READ)
        held = pass_for(room, owner_id, held_tickets(room.room_id, self.cookies, ticket))
        if held is None:
            raise NotAllowed(_("This room has a password."), code="room-locked")
        return held

    def _locked_out(self) -> None:
        """The room has a new lock: its page asks for the password."""
        room_id = self.room_id
        self._close_room()
        self.outbox.put(frames.event("room-locked", {"roomId": room_id}))

    def _person(self) -> Person:
        browser = origins.header(self.scope, b"user-agent")
        return viewer(self.identity, self.cookies, address=self.address, browser=browser)


def _ticket(data: Data) -> str:
    found = data.get("ticket")
    return found if isinstance(found, str) else ""


def _room_id(data: Data) -> str:
    found = data.get("roomId")
    if not isinstance(found, str) or not _ROOM_ID.fullmatch(found):
        raise NotFound(_("There is no room at this address."), code="room-not-found")
    return found


@receives(GAP)
async def _show_anew(hub: Hub, message: dict[str, Any]) -> None:
    """Events of a room, or about all, may be lost: let its pages here look again."""
    if message["group"] == LIVE_LIST:
        anything = LiveListChanged(room_id=None, username=None, is_live=None)
        await hub.tell(LIVE_LIST, anything.name, anything.data())
        return
    match = _ROOM_GROUP.fullmatch(message["group"])
    if match is None:
        return
    try:
        room = await _lookups().get(match[1])
    except NotFound:
        return
    count = await current_presence().viewer_count(room.room_id)
    await hub.tell(room.group, "room-state", snapshot(room, viewer_count=count))


@takes_over(RoomUpdated.name)
async def _room_updated(hub: Hub, message: dict[str, Any]) -> None:
    """Hear, before the pages do, whether a room tells how many watch."""
    data = message["data"]
    # A process of the version before may have told it.
    current_presence().set_hiding(data["roomId"], hides=data.get("hidesViewers", False))
    await hub.tell(message["group"], message["event"], data)
