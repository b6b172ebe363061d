"""Comparing what we believe with what the sidecars show: a node's /stat is the truth about this node."""

from __future__ import annotations

import itertools
import logging
from collections.abc import Collection, Iterable
from datetime import datetime, timedelta

from django.db import IntegrityError, transaction
from django.utils.timezone import now

from rooms import services as rooms
from rooms.models import EndReason
from streair.ingest import MAIN
from streams import selectors
from streams.keys import is_session_name
from streams.models import Publisher
from streams.services.broadcasts import put_on_air
from streams.services.ending import end_stream, finish
from streams.services.publishers import is_news, let_go, tell_owner
from streams.sidecar.control import try_to_drop
from streams.sidecar.stat import Stat, StatPublisher

logger = logging.getLogger(__name__)

# Between the hook's answer and the place in /stat, a publisher is known here alone.
# A node shows no more in one round than can be sent away in it.
_MOST_STRANGERS = 50
_SETTLE = timedelta(seconds=5)
# nginx drops an encoder that falls silent, but only once it has sent something.
_SILENCE = timedelta(seconds=30)
_COMES_BACK = {Publisher.GoneReason.LEFT, Publisher.GoneReason.LOST}


def reconcile(stat: Stat, *, asked: datetime, node: str = MAIN) -> None:
    """Make the rows of `node` agree with its `stat`, which was asked for at `asked`.

    Rows are read after the sidecar was asked: whoever publishes had its row by then, so
    somebody without one is not ours.
    """
    shown = {(publisher.name, publisher.client_id): publisher for publisher in stat.publishers}
    for publisher in Publisher.objects.connected().filter(node=node).order_by("pk"):
        there = shown.pop((publisher.session, publisher.client_id), None)
        if there is not None and publisher.boot == stat.boot:
            _note(publisher, there, asked)
        elif _is_lost(publisher, stat, asked):
            logger.info("Room %d lost its encoder.", publisher.room_id)
            let_go(publisher, Publisher.GoneReason.LOST, drop=False, at=asked)
    for there in itertools.islice(shown.values(), _MOST_STRANGERS):
        if not _adopt_or_drop(there, node, stat.boot, asked):
            break  # It has no answer for the next one, either.
    _mend()


def lose_everybody(*, at: datetime, node: str = MAIN) -> int:
    """The sidecar of `node` has been silent for too long: nobody publishes there. Returns how many did."""
    return _lose(Publisher.objects.connected().filter(node=node), at)


def lose_all_but(*, nodes: Collection[str], at: datetime) -> int:
    """The site has these nodes: nobody publishes to others. Returns how many did."""
    return _lose(Publisher.objects.connected().exclude(node__in=nodes), at)


def _lose(rows: Iterable[Publisher], at: datetime) -> int:
    connected = list(rows)
    return sum(let_go(row, Publisher.GoneReason.LOST, drop=False, at=at) for row in connected)


def _is_lost(publisher: Publisher, stat: Stat, asked: datetime) -> bool:
    """Whether somebody who is not shown is gone, and not just too new to be shown."""
    if publisher.boot == stat.boot:
        return publisher.admitted < asked - _SETTLE
    # The sidecar may have started again between the question and our look at the rows.
    return publisher.admitted < asked


def _note(publisher: Publisher, there: StatPublisher, asked: datetime) -> None:
    """Write down that the encoder is there, and its bitrates; drop one that never sends."""
    is_silent = not (publisher.keyframe or there.video_kbps or there.audio_kbps)
    if is_silent and publisher.admitted < asked - _SILENCE:
        logger.info("Room %d has an encoder that sends nothing.", publisher.room_id)
        let_go(publisher, Publisher.GoneReason.SILENT, drop=True, at=asked)
        return
    changed = is_news(publisher.video_kbps, there.video_kbps) or is_news(
        publisher.audio_kbps, there.audio_kbps
    )
    if not changed and publisher.seen > asked - _SETTLE:
        return
    Publisher.objects.filter(pk=publisher.pk).update(
        seen=asked, video_kbps=there.video_kbps, audio_kbps=there.audio_kbps
    )
    if changed:
        tell_owner(publisher.room_id)


def _adopt_or_drop(there: StatPublisher, node: str, boot: str, asked: datetime) -> bool:
    """Somebody publishes whom we think gone, or do not know: take them back, or send them away.

    False when the node did not answer.
    """
    known = Publisher.objects.filter(session=there.name, node=node, boot=boot).first()
    if known is not None and known.gone is not None and known.gone >= asked:
        return True  # It left while we asked.
    if known is not None and _take_back(known):
        logger.info("Room %d has its encoder back.", known.room_id)
        return True
    session = there.name if is_session_name(there.name) else ""
    return try_to_drop(node=node, client_id=there.client_id, session=session)


def _take_back(publisher: Publisher) -> bool:
    """Undo a loss that was none; False when the encoder was sent away on purpose."""
    if publisher.gone_reason not in _COMES_BACK or not publisher.room.is_open:
        return False
    try:
        with transaction.atomic():
            Publisher.objects.filter(pk=publisher.pk).update(gone=None, gone_reason="")
            tell_owner(publisher.room_id, urgent=True)
    except IntegrityError:  # Another encoder has the room by now.
        return False
    return True


def _mend() -> None:
    """Put right what a process left half done when it was killed."""
    for room in selectors.rooms_of_inactive_streamers():
        end_stream(room=room, reason=EndReason.ADMIN)
    for publisher in selectors.strays():
        let_go(publisher, Publisher.GoneReason.ROOM_ENDED, drop=True)
    for room in selectors.rooms_to_interrupt():
        rooms.interrupt(room.pk)
    for publisher in selectors.publishers_off_air():
        put_on_air(publisher, at=now())
    for broadcast in selectors.unfinished_broadcasts():
        finish(broadcast.room)
