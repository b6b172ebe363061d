"""What a newcomer needs to see a picture at once: the frames since the last keyframe."""

from collections import deque

from streams.relay.batch import Batch, Preamble

MAX_BYTES = 16 * 1024 * 1024
MAX_MILLISECONDS = 12_000
# Without video there is no keyframe to go back to: a moment of sound, so that players start.
SOUND_MILLISECONDS = 1_000


class Gop:
    """The batches since the last keyframe, bounded, and the headers that apply to the first.

    A group of pictures beyond the bounds is forgotten: newcomers then start at the next
    keyframe, rather than far in the past or in the middle of nothing.
    """

    def __init__(self) -> None:
        self.batches: deque[Batch] = deque()
        self.size = 0

    @property
    def preamble(self) -> Preamble | None:
        return self.batches[0].preamble if self.batches else None

    @property
    def milliseconds(self) -> int:
        return self.batches[-1].start - self.batches[0].start if self.batches else 0

    def add(self, batch: Batch, *, is_sound: bool) -> None:
        """Take in what follows. `is_sound`: a stream without video, where all batches begin one."""
        if batch.preamble is not None and not is_sound:
            self.clear()
        elif batch.preamble is None and not self.batches:
            return
        self.batches.append(batch)
        self.size += batch.size
        if is_sound:
            self._trim()
        elif self.size > MAX_BYTES or self.milliseconds > MAX_MILLISECONDS:
            self.clear()

    def clear(self) -> None:
        self.batches.clear()
        self.size = 0

    def _trim(self) -> None:
        while self.milliseconds > SOUND_MILLISECONDS or self.batches[0].preamble is None:
            self.size -= self.batches.popleft().size
