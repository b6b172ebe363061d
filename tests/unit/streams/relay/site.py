"""The relay's rooms, with sources, a directory and an observer that are stand-ins."""

from streams.relay.rooms import Rooms
from tests.unit.streams.relay.fakes import Diary, Directory, FakeClock, FakeSources, settle
from tests.unit.streams.relay.samples import footage, headers


class Site:
    """Rooms with everything around them in the test's hands; "room" is published at "first"."""

    def __init__(self) -> None:
        self.clock = FakeClock()
        self.sources = FakeSources()
        self.directory = Directory(room="first")
        self.diary = Diary()
        self.rooms = Rooms(
            locate=self.directory,
            observer=self.diary,
            clock=self.clock,
            opener=self.sources,
        )

    async def go_live(self, url: str = "first", seconds: float = 1.0) -> None:
        self.sources.publish(url, [*headers(), *footage(seconds)])
        await settle()
