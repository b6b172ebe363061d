"""Reading streams: for the relay, the studio and pages."""

from __future__ import annotations

from collections.abc import Iterable
from dataclasses import dataclass
from datetime import datetime, timedelta
from typing import Any, NamedTuple

from django.conf import settings
from django.db.models import Count, F, FilteredRelation, Q, QuerySet, Sum

from accounts.models import User
from rooms.locks import lock_of
from rooms.models import Room, RoomQuerySet, RoomState, Visibility
from rooms.viewer_board import viewer_counts
from streair.core import sql
from streair.core.sql import Steps
from streams import keys, problems
from streams.models import Broadcast, Measure, Publisher, StreamKey


@dataclass(frozen=True, slots=True)
class WatchState:
    """How a room stands for those who watch it."""

    state: str
    end_reason: str
    session: str | None
    owner_id: int
    lock: str  # Empty while the room lets everybody in.
    node: str = ""  # Where the session is.


class Place(NamedTuple):
    """Where a room is published."""

    session: str
    node: str


@dataclass(frozen=True, slots=True)
class RefusalNote:
    """Why the streamer's encoder was sent away the last time it tried."""

    code: str
    message: str
    at: datetime


def publisher_of(room: Room) -> Publisher | None:
    """Return the encoder that is connected to `room`, if there is one."""
    return Publisher.objects.connected().filter(room=room).first()


def watch_states(room_ids: Iterable[str]) -> dict[str, WatchState]:
    """Return how rooms stand, by public id, in one query; unknown ids are left out."""
    here = FilteredRelation("publishers", condition=Q(publishers__gone__isnull=True))
    rows = (
        Room.objects.filter(room_id__in=list(room_ids))
        .annotate(here=here)
        .values_list(
            *("room_id", "state", "end_reason", "here__session", "owner_id"),
            *("visibility", "password", "here__node"),
        )
    )
    return {
        room_id: WatchState(
            state, reason, session, owner_id, _lock(room_id, visibility, password), node or ""
        )
        for room_id, state, reason, session, owner_id, visibility, password, node in rows
    }


def _lock(room_id: str, visibility: str, password: str) -> str:
    return lock_of(room_id, password) if visibility == Visibility.PASSWORD else ""


def sessions_awaiting_keyframe() -> Steps[dict[str, Place]]:
    """Return the sessions from which no keyframe has come yet, by public room id."""
    found = yield from sql.ask(
        "SELECT r.room_id, p.session, p.node FROM {publishers} p JOIN {rooms} r ON r.id = p.room_id"
        " WHERE p.gone IS NULL AND p.keyframe IS NULL AND r.state <> {ended}",
        publishers=Publisher,
        rooms=Room,
        ended=RoomState.ENDED.value,
    )
    return {room_id: Place(session, node) for room_id, session, node in found}


def watched_sessions(*, most: int) -> dict[str, Place]:
    """Return the sessions that most people watch, by public room id: in any process, and only where somebody does."""
    rows = Publisher.objects.connected().exclude(room__state=RoomState.ENDED)
    found = rows.values_list("room__room_id", "session", "node")
    sessions = {room_id: Place(session, node) for room_id, session, node in found}
    counts = viewer_counts(sessions)
    watched = sorted((room_id for room_id in sessions if counts[room_id]), key=counts.__getitem__)
    return {room_id: sessions[room_id] for room_id in watched[-most:]}


def encoders_by_node() -> dict[str, tuple[int, int]]:
    """Return how many encoders are connected to each node that has any, and the kbit/s that they send."""
    rows = Publisher.objects.connected().order_by().values("node")
    sums = rows.annotate(encoders=Count("pk"), kbps=Sum(F("video_kbps") + F("audio_kbps")))
    return {row["node"]: (row["encoders"], row["kbps"]) for row in sums}


def broadcasts_of(room: Room) -> QuerySet[Broadcast]:
    """Return the publishing runs of `room`, the latest first."""
    return Broadcast.objects.filter(room=room)


def refusal_of(user: User) -> RefusalNote | None:
    """Return why the user's encoder was sent away, unless it got in or a room was opened since."""
    key = StreamKey.objects.filter(owner=user, refused__isnull=False).first()
    if key is None or key.refused is None or key.refusal not in problems.Refusal:
        return None
    if Room.objects.filter(owner=user, created__gt=key.refused).exists():
        return None
    message = str(problems.Refusal(key.refusal).label)
    return RefusalNote(code=key.refusal, message=message, at=key.refused)


def key_use(user: User) -> StreamKey:
    """Return the row of the user's key: since when there is it, and who used it last."""
    return StreamKey.objects.get(owner=user)


def owns_key(user: User, key: str) -> bool:
    """Whether `key` is the user's stream key."""
    return StreamKey.objects.filter(owner=user, digest=keys.digest(key)).exists()


def is_streaming(user: User) -> bool:
    """Whether the user is on air."""
    return RoomQuerySet(Room).on_air().owned_by(user.pk).exists()


def studio_health(room: Room) -> dict[str, Any]:
    """Return how the encoder of `room` does: for the streamer's page, and for ingest-health."""
    publisher = publisher_of(room)
    broadcast = Broadcast.objects.filter(room=room, ended__isnull=True).first()
    health: dict[str, Any] = {
        "roomId": room.room_id,
        "state": room.state,
        "graceUntil": _grace_until(room),
        "connected": publisher is not None,
        "hasPicture": publisher is not None and publisher.keyframe is not None,
        "connectedSince": publisher.admitted.isoformat() if publisher else None,
        "encoder": publisher.encoder if publisher else "",
        "videoKbps": publisher.video_kbps if publisher else 0,
        "audioKbps": publisher.audio_kbps if publisher else 0,
        "problems": problems.told(publisher.problems) if publisher else [],
    }
    return health | _facts(broadcast or Broadcast())


def measures_of(room: Room, *, since: datetime) -> list[Measure]:
    """Return what arrived from the encoder of `room` since then, in order."""
    return list(Measure.objects.filter(room=room, at__gte=since).order_by("at"))


def _grace_until(room: Room) -> str | None:
    if room.interrupted_since is None:
        return None
    return (room.interrupted_since + timedelta(seconds=settings.GRACE_SECONDS)).isoformat()


def _facts(broadcast: Broadcast) -> dict[str, Any]:
    return {
        "videoCodec": broadcast.video_codec,
        "audioCodec": broadcast.audio_codec,
        "width": broadcast.width,
        "height": broadcast.height,
        "fps": broadcast.fps,
        "bitrateKbps": broadcast.bitrate_kbps,
        "keyframeSeconds": broadcast.keyframe_seconds,
        "reconnects": broadcast.reconnects,
    }


def due_for_a_picture(
    *, before: datetime, besides: Iterable[int], limit: int
) -> list[tuple[int, Place, bool]]:
    """Return key, place and maturity of live rooms without a picture since `before`, the neediest first.

    Nobody sees one of a locked room.
    """
    here = Publisher.objects.connected().filter(keyframe__isnull=False, room__state=RoomState.LIVE)
    here = here.exclude(room__visibility=Visibility.PASSWORD).exclude(room__in=list(besides))
    due = here.filter(Q(room__pictured__isnull=True) | Q(room__pictured__lte=before))
    neediest = due.order_by(F("room__pictured").asc(nulls_first=True), "pk")
    rows = neediest.values_list("room_id", "session", "node", "room__is_mature")[:limit]
    return [(room, Place(session, node), is_mature) for room, session, node, is_mature in rows]


def rooms_to_interrupt() -> QuerySet[Room]:
    """Return rooms that say live while no encoder is connected."""
    return Room.objects.filter(state=RoomState.LIVE).exclude(
        pk__in=Publisher.objects.connected().values("room")
    )


def publishers_off_air() -> QuerySet[Publisher]:
    """Return encoders that send pictures while their room says that nobody does."""
    off_air = [RoomState.WAITING, RoomState.RECONNECTING]
    return Publisher.objects.connected().filter(keyframe__isnull=False, room__state__in=off_air)


def idle_rooms(*, since: datetime) -> QuerySet[Room]:
    """Return open rooms that wait since before `since` with no encoder connected."""
    return Room.objects.filter(state=RoomState.WAITING, waiting_since__lte=since).exclude(
        pk__in=Publisher.objects.connected().values("room")
    )


def strays() -> QuerySet[Publisher]:
    """Return connected encoders whose room is over."""
    return Publisher.objects.connected().filter(room__state=RoomState.ENDED)


def rooms_of_inactive_streamers() -> QuerySet[Room]:
    """Return rooms on which an account streams that may not sign in any more."""
    return Room.objects.filter(
        owner__is_active=False, pk__in=Publisher.objects.connected().values("room")
    ).open()


def unfinished_broadcasts() -> QuerySet[Broadcast]:
    """Return open broadcasts of rooms that are not on air any more."""
    off_air = [RoomState.WAITING, RoomState.ENDED]
    return Broadcast.objects.filter(ended__isnull=True, room__state__in=off_air).select_related(
        "room"
    )
