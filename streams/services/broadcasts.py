"""What the relay sees: the first picture, and what the stream is made of."""

from __future__ import annotations

from datetime import datetime

from django.db import IntegrityError, transaction
from django.db.models import F

from rooms import services as rooms
from rooms.models import Room, RoomState
from streams.models import Broadcast, Publisher, StreamKey
from streams.relay.inspector import Report
from streams.services.publishers import is_news, tell_owner


@transaction.atomic
def first_keyframe(*, session: str, at: datetime) -> bool:
    """The first picture of `session` has arrived: its room goes on air.

    Several relays may see it; the first counts. Does nothing when the encoder is gone.
    """
    publisher = Publisher.objects.connected().filter(session=session).first()
    if publisher is None:
        return False
    seen = Publisher.objects.connected().filter(pk=publisher.pk, keyframe__isnull=True)
    if not seen.update(keyframe=at):
        return False
    put_on_air(publisher, at=at)
    return True


@transaction.atomic
def put_on_air(publisher: Publisher, *, at: datetime) -> None:
    """Let the room go live with `publisher`. Does nothing when the room is over."""
    rooms.go_live(publisher.room_id, at=at)
    if Room.objects.filter(pk=publisher.room_id, state=RoomState.LIVE).exists():
        _begin_or_resume(publisher, at)
        tell_owner(publisher.room_id, urgent=True)


@transaction.atomic
def describe(*, session: str, report: Report) -> bool:
    """Write down what the stream is made of, and tell its owner; whether anything changed."""
    connected = Publisher.objects.connected().select_related("room")
    publisher = connected.filter(session=session).first()
    if publisher is None:
        return False
    problems = list(report.problems)
    urgent = problems != publisher.problems
    encoder = report.encoder[:100] or publisher.encoder
    if urgent or encoder != publisher.encoder:
        Publisher.objects.filter(pk=publisher.pk).update(problems=problems, encoder=encoder)
    if encoder != publisher.encoder:  # What it called itself at the door says less.
        StreamKey.objects.filter(owner=publisher.room.owner_id).update(last_encoder=encoder)
    facts = {**_facts(report), "encoder": encoder, "problems": problems}
    broadcast = Broadcast.objects.filter(room=publisher.room_id, ended__isnull=True).first()
    told = broadcast is not None and _differs(broadcast, facts)
    if broadcast is not None and told:
        Broadcast.objects.filter(pk=broadcast.pk).update(**facts)
    if urgent or told:
        tell_owner(publisher.room_id, urgent=urgent)
    return urgent or told


def _begin_or_resume(publisher: Publisher, at: datetime) -> None:
    """Count a return to the broadcast that is on, or begin one."""
    if _resume(publisher):
        return
    try:
        with transaction.atomic():
            Broadcast.objects.create(
                room_id=publisher.room_id, started=at, encoder=publisher.encoder
            )
    except IntegrityError:  # Another relay was faster.
        _resume(publisher)


def _resume(publisher: Publisher) -> bool:
    running = Broadcast.objects.filter(room=publisher.room_id, ended__isnull=True)
    return bool(running.update(reconnects=F("reconnects") + 1))


def _facts(report: Report) -> dict[str, object]:
    return {
        "video_codec": report.video_codec[:20],
        "audio_codec": report.audio_codec[:20],
        "width": report.width or None,
        "height": report.height or None,
        "fps": round(report.fps) or None,
        "bitrate_kbps": report.bitrate_kbps or None,
        "keyframe_seconds": round(report.keyframe_interval, 1) or None,
    }


def _differs(broadcast: Broadcast, facts: dict[str, object]) -> bool:
    before, after = broadcast.bitrate_kbps or 0, facts["bitrate_kbps"] or 0
    assert isinstance(after, int), "a bitrate is a number of kbit/s"
    if is_news(before, after):
        return True
    return any(
        getattr(broadcast, name) != value for name, value in facts.items() if name != "bitrate_kbps"
    )
