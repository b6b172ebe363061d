"""One viewer of a room, as the room sees it: what to send, what to leave out, when to give up."""

import asyncio
from collections.abc import Hashable, Iterable, Sequence
from typing import Protocol

from streams.relay.batch import Batch, Parcel, Preamble
from streams.relay.gop import Gop

# A viewer who takes nothing for this long is gone, whatever the socket says.
STALL_SECONDS = 15.0


class Outlet(Protocol):
    """Where a viewer's bytes go. Never waits."""

    def write(self, parcel: Parcel) -> int:
        """Send `parcel`; return how many bytes that is."""

    def begin(self, batches: Sequence[Batch]) -> int:
        """Send what a viewer starts with; return how many bytes that is.

        These may be many, and others hold them as well: they are not to be copied.
        """

    def backlog(self) -> int:
        """Return how many bytes were written and lie here. Asked with every write: cheap."""

    def untaken(self) -> int:
        """Return how many bytes were written that the viewer's side has not taken."""


class Room(Protocol):
    """What a subscription knows of its room."""

    def join(self, viewer: "Subscription", outlet: Outlet) -> None:
        """Send `viewer` what it has, and from now on what everybody gets."""


class Subscription:
    """One viewer of one room.

    Made by `Rooms.watch`. `attach` it to an outlet to start the flow; `closed` returns when
    it is over, and why.
    """

    __slots__ = (
        "_allowance",
        "_closed",
        "_outlet",
        "_room",
        "_taken",
        "_taken_at",
        "_version",
        "_waiting",
        "dropped",
        "label",
        "sent",
    )

    def __init__(self, room: Room, *, label: Hashable | None = None) -> None:
        self._room = room
        self.label = label
        self.sent = 0  # bytes
        self.dropped = 0  # tags that this viewer was too slow for
        self._closed: asyncio.Future[str] = asyncio.get_running_loop().create_future()
        self._outlet: Outlet | None = None
        self._waiting = True  # for the next batch that a decoder can begin at
        self._version: int | None = None  # of the headers that the viewer has
        # What may lie in the outlet beyond the room's limit: the rest of the first write.
        self._allowance = 0
        self._taken: int | None = None
        self._taken_at = 0.0

    def attach(self, outlet: Outlet) -> None:
        """Let the stream flow into `outlet`. Once."""
        self._room.join(self, outlet)

    def start(self, outlet: Outlet, gop: Gop) -> None:
        """Begin with what the room has: everything since the last keyframe, in one write."""
        self._outlet = outlet
        if gop.preamble is not None:
            self._begin(gop.preamble, gop.batches)
            self._allowance = self.sent

    def offer(self, parcel: Parcel, limit: int) -> None:
        """Send `parcel`, unless more than `limit` bytes lie unsent. Never waits.

        A viewer who falls behind resumes at the next keyframe: whatever lies between a
        lost frame and that one would only decode to garbage.
        """
        outlet = self._outlet
        if outlet is None or self._closed.done():
            return
        backlog = outlet.backlog()
        if self._waiting or backlog > limit + self._allowance:
            self._resume(parcel, may_resume=backlog <= limit // 2)
            return
        if self._allowance:
            self._allowance = min(self._allowance, backlog)
        self.sent += outlet.write(parcel)

    def check(self, now: float) -> None:
        """Close the subscription if its viewer has taken nothing for too long."""
        if self._outlet is None:
            return
        # The kernel holds megabytes for a slow viewer, and asks for more only when much of that
        # is gone: what lies here may stand still while the viewer takes all the time.
        taken = self.sent - self._outlet.untaken() if self._outlet.backlog() else None
        if taken is None or taken != self._taken:
            self._taken, self._taken_at = taken, now
        elif now - self._taken_at >= STALL_SECONDS:
            self.close("stalled")

    def close(self, reason: str) -> None:
        """End it; the first reason stays. Safe to call twice."""
        if not self._closed.done():
            self._closed.set_result(reason)

    async def closed(self) -> str:
        """Return the reason once it is over."""
        return await asyncio.shield(self._closed)

    @property
    def is_closed(self) -> bool:
        return self._closed.done()

    @property
    def reason(self) -> str:
        """Why it is over; "" while it is not."""
        return self._closed.result() if self._closed.done() else ""

    def _resume(self, parcel: Parcel, *, may_resume: bool) -> None:
        """Begin, or go on, at the first batch where a decoder can; drop what is before."""
        self._waiting = True
        for index, batch in enumerate(parcel.batches):
            if may_resume and batch.preamble is not None:
                self._begin(batch.preamble, parcel.batches[index:])
                return
            if self._version is not None:
                self.dropped += batch.count

    def _begin(self, preamble: Preamble, batches: Iterable[Batch]) -> None:
        assert self._outlet is not None, "only an attached subscription is offered anything"
        parts = [*batches]
        if self._version is None:
            parts.insert(0, preamble.opening)
        elif self._version != preamble.version:
            parts.insert(0, preamble.reminder)
        self._version = preamble.version
        self._waiting = False
        self.sent += self._outlet.begin(parts)
