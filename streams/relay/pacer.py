"""How long tags are gathered before they go to the viewers, all at once."""

# One write to one viewer costs several microseconds whatever its size, and reading one
# upstream about as much as writing to some viewers. A handful of viewers get every frame at
# once; thousands get a few large writes a second. docs/relay.md has the measurements.
ROOM_WEIGHT = 10  # in viewers
AT_ONCE = 36  # up to this weight in the process
SECONDS_PER_VIEWER = 0.000_112
CALM_WEIGHT = 1_000  # up to here each viewer adds that much, beyond a part of it
CROWD_SHARE = 0.8
LONGEST = 0.5
# A flush that takes long says that the process is busy: leave it some time for the rest.
REST = 1.25


class Pacer:
    """Shared by all rooms of a process, since they share its processor."""

    def __init__(self) -> None:
        self.viewers = 0
        self.rooms = 0
        self._flush_seconds = 0.0

    def flushed(self, seconds: float) -> None:
        """Take note of how long handing one batch to all viewers of a room took."""
        self._flush_seconds += (seconds - self._flush_seconds) / 4

    @property
    def interval(self) -> float:
        """Return how many seconds should lie between the starts of two flushes of a room."""
        weight = self.viewers + self.rooms * ROOM_WEIGHT
        if weight <= AT_ONCE:
            return 0.0
        calm = min(weight, CALM_WEIGHT)
        seconds = (calm + (weight - calm) * CROWD_SHARE) * SECONDS_PER_VIEWER
        return min(LONGEST, max(seconds, self._flush_seconds * REST))
