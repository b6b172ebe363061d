"""One room: what a newcomer needs, and the same bytes for everybody, a few times a second."""

import asyncio
from collections.abc import Sequence
from contextlib import nullcontext

from streams.relay.batch import Batch, Parcel, Preamble
from streams.relay.clock import Clock
from streams.relay.flv import Tag, TagKind
from streams.relay.gop import Gop
from streams.relay.headers import Headers
from streams.relay.inspector import Inspector, Report
from streams.relay.observer import Observer
from streams.relay.pacer import Pacer
from streams.relay.subscription import Outlet, Subscription
from streams.relay.timeline import Timeline

# So many viewers are served before the event loop gets to do something else.
SLICE = 64
# What may lie unsent for one viewer: two seconds of the stream, within reason.
BACKLOG_SECONDS = 2
MIN_BACKLOG, MAX_BACKLOG = 1024 * 1024, 8 * 1024 * 1024
# How long sound waits for the picture: while nothing is announced, and while video is.
SOUND_PATIENCE, VIDEO_PATIENCE = 1.0, 12.0
# How long a stream that has shown no sound yet is believed to have some.
AUDIO_PATIENCE = 3.0


class Hub:
    """Gathers tags into batches and hands the same bytes to every viewer.

    `take` never waits. `run` sends what has gathered, as often as the pacer allows.
    """

    def __init__(self, key: str, *, clock: Clock, pacer: Pacer, observer: Observer) -> None:
        self.key = key
        self.bytes_in = 0
        self.heard_at = clock.now()
        self.gop = Gop()
        self._clock = clock
        self._pacer = pacer
        self._observer = observer
        self._timeline = Timeline()
        self._headers = Headers()
        self._inspector = Inspector(clock)
        self._described: Report | None = None
        self._url = ""
        self._viewers: dict[Subscription, None] = {}
        self._gone_sent = 0
        self._gone_dropped = 0
        self._pending: list[Tag] = []
        self._entry: Preamble | None = None  # if a decoder can begin at the first pending tag
        self._sealed: list[Batch] = []
        self._fresh = asyncio.Event()
        self._run_since = clock.now()
        self._seen_keyframe = False
        self._is_sound = False
        self._limit = MIN_BACKLOG
        self._bytes_at_tick = 0
        self._ticked = clock.now()

    # Viewers

    @property
    def viewer_count(self) -> int:
        return len(self._viewers)

    @property
    def report(self) -> Report | None:
        return self._described

    def join(self, viewer: Subscription, outlet: Outlet) -> None:
        """Send `viewer` all since the last keyframe, and from now on what everybody gets."""
        self._viewers[viewer] = None
        self._pacer.viewers += 1
        viewer.start(outlet, self.gop)

    def leave(self, viewer: Subscription) -> None:
        """Forget `viewer`. Does nothing if it never joined."""
        if viewer in self._viewers:
            del self._viewers[viewer]
            self._pacer.viewers -= 1
            self._gone_sent += viewer.sent
            self._gone_dropped += viewer.dropped

    @property
    def bytes_out(self) -> int:
        return self._gone_sent + sum(viewer.sent for viewer in self._viewers)

    @property
    def dropped(self) -> int:
        return self._gone_dropped + sum(viewer.dropped for viewer in self._viewers)

    def finish(self) -> None:
        """Send what has gathered: there will be no more."""
        parcel = Parcel(self._seal_all())
        for viewer in self._viewers:
            viewer.offer(parcel, self._limit)

    # What comes in

    def restart(self, url: str, *, from_start: bool) -> None:
        """Take what comes next for a new publishing run. Viewers and their clock go on."""
        self._url = url
        self._timeline.restart()
        self._inspector = Inspector(self._clock, from_start=from_start)
        self._run_since = self._clock.now()
        self._seen_keyframe = False
        self._is_sound = False

    def take(self, tags: Sequence[Tag]) -> None:
        """Queue `tags` for everybody. Never waits."""
        self.heard_at = self._clock.now()
        for tag in tags:
            self.bytes_in += len(tag.body)
            self._take(self._timeline.place(tag))
        if self._pending or self._sealed:
            self._fresh.set()

    def _take(self, tag: Tag) -> None:
        self._inspector.feed(tag)
        passed = self._headers.filter(tag)
        if passed is None:
            return
        if passed.is_keyframe:
            self._begin_gop(passed)
        elif passed.is_video and not passed.is_sequence_header and not self._seen_keyframe:
            return  # It could not be decoded.
        elif passed.is_audio and not self._seen_keyframe and not self._begin_sound(passed):
            return  # It waits for the picture.
        self._pending.append(passed)

    def _begin_gop(self, tag: Tag) -> None:
        """Let `tag`, a keyframe, be the first of a batch, so that viewers can begin with it."""
        self._seal()
        self._is_sound = False
        self._entry = self._preamble(tag.timestamp, has_video=True)
        if not self._seen_keyframe:
            self._seen_keyframe = True
            self._observer.first_keyframe(self.key, self._url)

    def _begin_sound(self, tag: Tag) -> bool:
        """Return whether to send sound although there has been no picture."""
        if not self._is_sound:
            announced = self._headers.announces(TagKind.VIDEO)
            patience = {True: VIDEO_PATIENCE, False: 0.0, None: SOUND_PATIENCE}[announced]
            if self._run_seconds() < patience:
                return False
            self._seal()
            self._is_sound = True
        if not self._pending:
            self._entry = self._preamble(tag.timestamp, has_video=False)
        return True

    def _preamble(self, timestamp: int, *, has_video: bool) -> Preamble:
        # A player waits for all that the file header announces: believe promises of sound
        # only as long as it could still be on its way.
        has_audio = self._headers.seen_audio or (
            self._run_seconds() < AUDIO_PATIENCE
            and self._headers.announces(TagKind.AUDIO) is not False
        )
        return self._headers.preamble(timestamp, has_audio=has_audio, has_video=has_video)

    def _run_seconds(self) -> float:
        return self._clock.now() - self._run_since

    # What goes out

    async def run(self) -> None:
        """Send what has gathered, for ever."""
        due = 0.0
        while True:
            await self._fresh.wait()
            delay = due - self._clock.now()
            if delay > 0:
                await self._clock.sleep(delay)
            started = self._clock.now()
            self._fresh.clear()
            await self._flush()
            self._pacer.flushed(self._clock.now() - started)
            # The rhythm is the pull's, which reads once an interval. Waiting for a whole one
            # here, too, would let every tag wait twice; this keeps bursts apart.
            due = started + self._pacer.interval / 2

    async def _flush(self) -> None:
        # The GOP gets the batches before the first pause, and the viewers are those of this
        # moment: who joins in a pause finds the batches in the GOP, and gets nothing twice.
        parcel = Parcel(self._seal_all())
        viewers = tuple(self._viewers)
        limit = self._limit
        with parcel.in_memory_file() if len(viewers) > SLICE else nullcontext():
            for start in range(0, len(viewers), SLICE):
                for viewer in viewers[start : start + SLICE]:
                    viewer.offer(parcel, limit)
                if len(viewers) > SLICE:
                    await asyncio.sleep(0)

    def _seal(self) -> None:
        """Encode the pending tags, once for everybody."""
        if self._pending:
            self._sealed.append(Batch.of(self._pending, self._entry))
            self._pending = []
        self._entry = None

    def _seal_all(self) -> list[Batch]:
        self._seal()
        batches, self._sealed = self._sealed, []
        for batch in batches:
            self.gop.add(batch, is_sound=self._is_sound and batch.preamble is not None)
        return batches

    # Once a second

    def tick(self) -> None:
        """Look after what time changes: stalled viewers, limits, what the streamer is told."""
        now = self._clock.now()
        for viewer in self._viewers:
            viewer.check(now)
        if now > self._ticked:
            rate = (self.bytes_in - self._bytes_at_tick) / (now - self._ticked)
            self._limit = round(min(max(rate * BACKLOG_SECONDS, MIN_BACKLOG), MAX_BACKLOG))
        self._ticked, self._bytes_at_tick = now, self.bytes_in

    def describe(self) -> None:
        """Tell the observer what the stream is like, if that has changed."""
        report = self._inspector.report()
        if report != self._described:
            self._described = report
            self._observer.described(self.key, self._url, report)
