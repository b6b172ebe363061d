"""Who may watch what: asked once when a stream opens, and again every second while it runs."""

from __future__ import annotations

from collections.abc import Iterable
from dataclasses import dataclass

from django.utils.translation import gettext_lazy as _

from rooms import bans
from rooms.locks import Pass
from rooms.models import Room, RoomState
from rooms.permissions import pass_for
from rooms.selectors import room_for_viewer
from streair.core.api.scopes import Scope
from streair.core.errors import NotAllowed, NotFound
from streair.core.realtime.identity import Identity, known_for, over
from streams import keys
from streams.models import Publisher, StreamKey


@dataclass(frozen=True, slots=True)
class Viewer:
    """By what right somebody watches: as a signed-in user, through their own key, with a ticket, as anybody."""

    identity: Identity | None = None
    key_digest: str = ""
    lock: str = ""  # Of a locked room, as it was when their ticket fitted.
    owner_id: int = 0  # Whose room it is; of interest where somebody is signed in.

    @property
    def held(self) -> Pass:
        """What they entered the room with."""
        return Pass(known_for(self.identity, Scope.ROOMS_READ), self.lock)


def watchable_room(
    *, name: str, identity: Identity | None, tickets: Iterable[str] = ()
) -> tuple[str, Viewer]:
    """Return the room id to play for `name`, and by what right it is played.

    `name` is a room id, or the caller's own stream key (their preview). Raises NotFound when
    there is no such room, when it is over, and while nobody publishes into it; NotAllowed
    ("room-locked") when it takes a password and no ticket fits, or ("banned-from-room").
    """
    digest = keys.digest(name) if keys.is_stream_key(name) else ""
    room = _room_of_key(digest, identity) if digest else room_for_viewer(room_id=name)
    held = pass_for(room, known_for(identity, Scope.ROOMS_READ), tickets)
    if held is None:
        raise NotAllowed(_("This room has a password."), code="room-locked")
    if identity is not None:
        bans.check(room, identity.user_id)
    _check_on_air(room)
    owner_id = room.owner_id if identity is not None else 0
    return room.room_id, Viewer(identity, digest, held.lock, owner_id)


def room_for_edge(room_id: str) -> str:
    """Return the room id that an edge reads for viewers who were looked at one by one. Raises NotFound."""
    room = room_for_viewer(room_id=room_id)
    _check_on_air(room)
    return room.room_id


def lost_rights(viewers: Iterable[Viewer]) -> set[Viewer]:
    """Return those of `viewers` who may not go on: signed out, deactivated, banned, key changed."""
    viewers = set(viewers)
    signed_out = over({viewer.identity for viewer in viewers if viewer.identity})
    digests = {viewer.key_digest for viewer in viewers if viewer.key_digest}
    known = set(
        StreamKey.objects.filter(digest__in=digests).values_list("digest", flat=True)
        if digests
        else ()
    )
    banned = bans.banned({pair for viewer in viewers if (pair := _pair(viewer))})
    return {
        viewer
        for viewer in viewers
        if viewer.identity in signed_out
        or viewer.key_digest in digests - known
        or _pair(viewer) in banned
    }


def _pair(viewer: Viewer) -> tuple[int, int] | None:
    """Return whose room somebody is in, and who they are, if that is known."""
    return (viewer.owner_id, viewer.identity.user_id) if viewer.identity else None


def _room_of_key(digest: str, identity: Identity | None) -> Room:
    user_id = known_for(identity, Scope.STREAM_READ)
    owner = StreamKey.objects.filter(digest=digest).values_list("owner", flat=True).first()
    room = (
        Room.objects.open().owned_by(user_id).first()
        if user_id is not None and user_id == owner
        else None
    )
    if room is None:
        raise NotFound(_("There is no such room."), code="room-not-found")
    return room


def _check_on_air(room: Room) -> None:
    """Raise NotFound when the room is over, and while nobody publishes into it."""
    if room.state == RoomState.ENDED:
        raise NotFound(_("This stream has ended."), code="stream-ended")
    if room.state == RoomState.WAITING and not _has_publisher(room):
        raise NotFound(_("This stream has not started yet."), code="stream-not-live")


def _has_publisher(room: Room) -> bool:
    return Publisher.objects.connected().filter(room=room).exists()
