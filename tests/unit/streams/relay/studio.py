"""A hub that runs, and a publisher in the test's hands."""

from collections.abc import Iterable

from streams.relay.flv import Tag
from streams.relay.hub import Hub
from streams.relay.pacer import Pacer
from streams.relay.subscription import Subscription
from tests.unit.streams.relay.fakes import Diary, FakeClock, Screen


class Studio:
    """One room with its clock, its observer and its viewers."""

    def __init__(self) -> None:
        self.clock = FakeClock()
        self.pacer = Pacer()
        self.diary = Diary()
        self.hub = Hub("room", clock=self.clock, pacer=self.pacer, observer=self.diary)
        self.hub.restart("url", from_start=True)

    async def send(self, tags: Iterable[Tag]) -> None:
        """Publish `tags`, and let them go out to the viewers."""
        for tag in tags:
            self.hub.take([tag])
        await self.clock.advance(1)

    def watch(self, screen: Screen | None = None) -> tuple[Subscription, Screen]:
        viewer, screen = Subscription(self.hub), screen or Screen()
        viewer.attach(screen)
        return viewer, screen
