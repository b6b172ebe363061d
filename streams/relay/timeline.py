"""One monotonic timeline per room, over publishers that come, go and start again at zero."""

from dataclasses import dataclass

from streams.relay.flv import Tag, TagKind

WRAP = 2**32
# Smaller steps back are an encoder's rounding: hold still until the time has caught up.
MAX_STEP_BACK = 250
# Longer jumps ahead are another clock, not frames that the encoder left out.
MAX_STEP_AHEAD = 5_000
# Where a new publisher goes on. About a frame: browsers stall at any longer hole.
GAP = 40


@dataclass(slots=True)
class _Clock:
    """One publisher's clock: its time when it was last read, and what takes it to ours."""

    time: int
    offset: int


@dataclass(slots=True)
class _Track:
    """One kind of media: the publisher's time of its last tag, by which clock, and ours."""

    clock: _Clock
    time: int
    placed: int


class Timeline:
    """Moves tags onto one timeline that starts at zero and, per kind of media, never goes back.

    Audio and video of one publisher move by the same offset, so they stay in step. When
    the source's time jumps (a new publisher, a reset clock), a new offset continues right
    after what was placed last: viewers go on as if nothing had happened.
    """

    def __init__(self) -> None:
        self._clock: _Clock | None = None
        self._tracks: dict[TagKind, _Track] = {}
        self._newest = -GAP

    def restart(self) -> None:
        """Take what comes next for a new publisher's, even if its time seems to go on."""
        self._clock = None

    def place(self, tag: Tag) -> Tag:
        """Return `tag` with its time on this timeline."""
        if tag.is_script:
            return Tag(tag.kind, max(self._newest, 0), tag.body)
        track = self._tracks.get(tag.kind)
        step = None if track is None else self._step(track, tag.timestamp)
        if track is None or step is None:
            track = self._start(tag, floor=0 if track is None else track.placed)
        else:
            track.time += step
        clock = track.clock
        clock.time = track.time
        track.placed = max(track.placed, track.time + clock.offset)
        self._newest = max(self._newest, track.placed)
        return Tag(tag.kind, track.placed, tag.body)

    def _step(self, track: _Track, timestamp: int) -> int | None:
        """Return how far `timestamp` is ahead on the track; None if it is by another clock."""
        if self._clock is None:
            return None
        step = _distance(track.time, timestamp)
        return step if -MAX_STEP_BACK <= step <= MAX_STEP_AHEAD else None

    def _start(self, tag: Tag, *, floor: int) -> _Track:
        """Begin a track anew: by the newest clock if `tag` fits in there, else by a new one."""
        clock = self._clock
        if clock is not None:
            distance = _distance(clock.time, tag.timestamp)
            if abs(distance) <= MAX_STEP_AHEAD:
                track = _Track(clock, clock.time + distance, floor)
                self._tracks[tag.kind] = track
                return track
        self._clock = _Clock(tag.timestamp, self._newest + GAP - tag.timestamp)
        track = self._tracks[tag.kind] = _Track(self._clock, tag.timestamp, floor)
        return track


def _distance(time: int, timestamp: int) -> int:
    """Return the shorter way, forward or back, from `time` to `timestamp` in 32 bits."""
    return (timestamp - time + WRAP // 2) % WRAP - WRAP // 2
