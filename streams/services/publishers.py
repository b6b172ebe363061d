"""Letting go of an encoder: the one place where a Publisher's row is closed."""

from __future__ import annotations

from datetime import datetime
from functools import partial

from django.db import transaction
from django.utils.timezone import now

from rooms import services as rooms
from rooms.models import Room
from streair.core.errors import TooFast
from streair.core.ratelimit import Limit, spend
from streair.core.realtime.events import publish
from streams import selectors
from streams.events import IngestHealth
from streams.models import Publisher
from streams.sidecar.control import try_to_drop

_HEALTH_EVENTS = Limit("ingest-health", 1, 2)
# Bitrates always move a little; less than this is worth neither a write nor an event.
_NEWS = 0.1


@transaction.atomic
def let_go(
    publisher: Publisher, reason: Publisher.GoneReason, *, drop: bool, at: datetime | None = None
) -> bool:
    """Mark `publisher` gone and begin its room's grace; whether it was still connected.

    `drop`: it may still be there, so close its connection too, once this commits.
    """
    gone = at or now()
    connected = Publisher.objects.connected().filter(pk=publisher.pk)
    if not connected.update(gone=gone, gone_reason=reason):
        return False
    rooms.interrupt(publisher.room_id, at=gone)
    if drop:
        close = partial(
            try_to_drop,
            node=publisher.node,
            client_id=publisher.client_id,
            session=publisher.session,
        )
        transaction.on_commit(close, robust=True)
    tell_owner(publisher.room_id, urgent=True)
    return True


def tell_owner(room_pk: int, *, urgent: bool = False) -> None:
    """Tell the streamer's pages how the encoder does; figures at most once in two seconds."""
    room = Room.objects.get(pk=room_pk)
    if not urgent:
        try:
            spend(_HEALTH_EVENTS, room.room_id)
        except TooFast:
            return
    publish(room.owner_group, IngestHealth(health=selectors.studio_health(room)))


def is_news(before: int, after: int) -> bool:
    """Whether a bitrate has moved so far that somebody should know."""
    return abs(after - before) > _NEWS * before
