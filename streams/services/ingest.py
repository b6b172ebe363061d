"""Encoders come and go: what the sidecar's hooks decide and record."""

from __future__ import annotations

import logging
from dataclasses import dataclass

from django.conf import settings
from django.db import transaction
from django.db.models import Q
from django.utils.timezone import now

from accounts.models import User
from rooms import services as rooms
from rooms.models import Room
from streair.core import addresses, ratelimit
from streair.core.errors import Conflict, NotAllowed, TooFast
from streair.core.realtime.events import publish
from streair.ingest import MAIN
from streams import keys
from streams.events import EncoderRefused
from streams.models import Publisher, StreamKey
from streams.problems import Refusal, in_languages
from streams.services.publishers import let_go, tell_owner

logger = logging.getLogger(__name__)

# The encoder was sent away on purpose: it may not go on under this session.
_FINAL = {
    Publisher.GoneReason.SILENT,
    Publisher.GoneReason.REPLACED,
    Publisher.GoneReason.KEY_ROTATED,
    Publisher.GoneReason.ROOM_ENDED,
}


@dataclass(frozen=True, slots=True)
class _Connection:
    """What tells one from all others: a node says nothing about those of another one."""

    node: str
    boot: str
    client_id: int

    def as_filter(self) -> Q:
        return Q(node=self.node, boot=self.boot, client_id=self.client_id)


class Refused(NotAllowed):
    """An encoder may not publish; `reason` says why, to its owner and the log alone."""

    def __init__(self, reason: Refusal) -> None:
        super().__init__(reason.label, code=reason.value)
        self.reason = reason


def admit_publisher(
    *,
    key: str,
    address: str,
    client_id: int,
    boot: str,
    encoder: str = "",
    node: str = MAIN,
) -> Publisher:
    """Let an encoder in and return its row, whose session name it gets; or raise Refused.

    An earlier encoder of the same room is replaced, on whichever node: it may be a dead connection
    that nobody has noticed yet. Asked again for the same connection, the answer is the same row.
    """
    stream_key = _find(key, address, node)
    try:
        return _let_in(stream_key, _Connection(node, boot, client_id), address, encoder)
    except Refused as refused:
        _tell_refusal(stream_key, refused.reason)
        raise


def publisher_left(*, boot: str, client_id: int, node: str = MAIN) -> bool:
    """The encoder disconnected: the grace begins. False when that was known already."""
    same = _Connection(node, boot, client_id).as_filter()
    publisher = Publisher.objects.connected().filter(same).first()
    return publisher is not None and let_go(publisher, Publisher.GoneReason.LEFT, drop=False)


def publisher_seen(*, boot: str, client_id: int, node: str = MAIN) -> bool:
    """The encoder is still there; whether it may stay.

    One that nobody knows may: nginx counts the time to the first update from before the
    publish hook is answered. The reconcile loop finds out.
    """
    rows = Publisher.objects.filter(_Connection(node, boot, client_id).as_filter())
    if rows.filter(gone__isnull=True).update(seen=now()):
        return True
    last = rows.order_by("-pk").first()
    return last is None or last.gone_reason not in _FINAL


def _find(key: str, address: str, node: str) -> StreamKey:
    """Return the row of `key`, or raise Refused and count the guess.

    Counted for each node: what one says of addresses keeps nobody from another.
    """
    guesses = ratelimit.Limit("stream-key", settings.KEY_GUESSES, 600)
    bucket = addresses.bucket(address)
    try:
        with ratelimit.guess(
            guesses, bucket if node == MAIN else f"{node} {bucket}", wrong=Refused
        ):
            return _row_of(key)
    except TooFast as exc:
        raise Refused(Refusal.TOO_MANY_GUESSES) from exc


def _row_of(key: str) -> StreamKey:
    if keys.is_stream_key(key):
        rows = StreamKey.objects.select_related("owner")
        found = rows.filter(digest=keys.digest(key)).first()
        if found is not None:
            return found
    raise Refused(Refusal.WRONG_KEY)


@transaction.atomic
def _let_in(
    stream_key: StreamKey, connection: _Connection, address: str, encoder: str
) -> Publisher:
    if not stream_key.owner.is_active or stream_key.owner.is_leaving:
        raise Refused(Refusal.INACTIVE)
    room = _room_for(stream_key.owner)
    same = connection.as_filter()
    known = Publisher.objects.connected().select_related("room").filter(same, room=room).first()
    if known is not None:
        return known
    for earlier in Publisher.objects.connected().filter(same | Q(room=room)):
        let_go(earlier, Publisher.GoneReason.REPLACED, drop=True)
    at = now()
    publisher = Publisher.objects.create(
        room=room,
        session=keys.new_session_name(),
        node=connection.node,
        boot=connection.boot,
        client_id=connection.client_id,
        address=address or None,
        encoder=encoder[:100],
        admitted=at,
        seen=at,
    )
    StreamKey.objects.filter(pk=stream_key.pk).update(
        last_used=at,
        last_address=address or None,
        last_encoder=encoder[:100],
        refused=None,
        refusal="",
    )
    tell_owner(room.pk, urgent=True)
    return publisher


def _room_for(owner: User) -> Room:
    """Return the owner's open room, locked; open one when an encoder may do that now."""
    # Two encoders with one key wait for each other here (on SQLite every writer does).
    rows = Room.objects.open().owned_by(owner.pk).select_for_update()
    room = rows.first()
    if room is not None:
        return room
    if Room.objects.owned_by(owner.pk).filter(republish_from__gt=now()).exists():
        raise Refused(Refusal.ROOM_ENDED_RECENTLY)
    try:
        return rooms.open_room_like_last(owner=owner)
    except Conflict:
        return rows.get()


@transaction.atomic
def _tell_refusal(stream_key: StreamKey, reason: Refusal) -> None:
    at = now()
    StreamKey.objects.filter(pk=stream_key.pk).update(refused=at, refusal=reason.value)
    if reason is Refusal.ROOM_ENDED_RECENTLY:
        rooms.keep_encoder_away(stream_key.owner_id, at=at)
    room = Room.objects.owned_by(stream_key.owner_id).order_by("-created", "-pk").first()
    if room is not None:
        event = EncoderRefused(reason=reason.value, messages=in_languages(reason.label))
        publish(room.owner_group, event)
