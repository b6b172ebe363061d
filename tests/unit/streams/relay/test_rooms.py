"""Rooms open with the first viewer, outlive publishers, and close after the last viewer."""

import asyncio
import gc
import weakref
from collections.abc import AsyncIterator

import pytest

from streams.relay.errors import RelayClosed, UpstreamError
from streams.relay.pull import PullState
from streams.relay.rooms import Rooms
from streams.relay.subscription import Subscription
from tests.alerts import bounds
from tests.unit.streams.relay.fakes import (
    Diary,
    Directory,
    FakeClock,
    FakeSources,
    Screen,
    settle,
)
from tests.unit.streams.relay.samples import footage, headers, keyframe, metadata


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


@pytest.fixture
async def site() -> AsyncIterator[Site]:
    site = Site()
    yield site
    await site.rooms.close()


async def test_the_first_viewer_opens_the_upstream_and_all_share_it(site: Site) -> None:
    async with site.rooms.watch("room") as one, site.rooms.watch("room") as two:
        screens = Screen(), Screen()
        one.attach(screens[0])
        two.attach(screens[1])
        await site.go_live()

        assert site.sources.opened == ["first"]
        assert screens[0].times == screens[1].times
        assert len(screens[0].times) == 50
        assert site.rooms.viewer_count("room") == site.rooms.viewer_count() == 2

    assert site.rooms.viewer_count() == 0


async def test_the_upstream_closes_30_seconds_after_the_last_viewer(site: Site) -> None:
    async with site.rooms.watch("room"):
        await site.clock.advance(100)
    await site.clock.advance(29)
    assert site.sources.open_now == ["first"]

    await site.clock.advance(2)

    assert site.sources.open_now == []
    assert site.rooms.open_keys() == ()


async def test_a_viewer_who_comes_back_in_time_keeps_it_open(site: Site) -> None:
    async with site.rooms.watch("room"):
        await settle()
    await site.clock.advance(29)

    async with site.rooms.watch("room"):
        await site.clock.advance(60)

    assert site.sources.opened == ["first"]


async def test_a_lost_publisher_is_found_again_and_viewers_go_on(site: Site) -> None:
    async with site.rooms.watch("room") as viewer:
        screen = Screen()
        viewer.attach(screen)
        await site.go_live()
        site.directory.urls["room"] = "second"

        site.sources.end("first", UpstreamError("gone"))
        await site.clock.advance(0.3)
        await site.go_live("second")

        video = [tag.timestamp for tag in screen.frames if tag.is_video]
        assert len(video) == 50
        assert video == sorted(video)
        assert not viewer.is_closed
        assert screen.batches[0].body[:3] == b"FLV"
        assert site.diary.entries == [
            ("first-keyframe", "room", "first"),
            ("lost", "room", "first"),
            ("first-keyframe", "room", "second"),
        ]
        stats = site.rooms.stats("room")
        assert stats is not None
        assert (stats.reconnects, stats.url, stats.state) == (1, "second", PullState.FLOWING)


async def test_the_first_retries_are_quick_and_later_ones_are_not(site: Site) -> None:
    site.sources.refuses = True
    async with site.rooms.watch("room"):
        await site.clock.advance(1)
        quick = len(site.sources.opened)
        await site.clock.advance(60)
        later = len(site.sources.opened) - quick

    assert quick >= 2
    assert 10 <= later <= 30


async def test_a_room_that_nobody_publishes_is_asked_about_in_peace(site: Site) -> None:
    async with site.rooms.watch("elsewhere"):
        await site.clock.advance(60)

        assert site.sources.opened == []
        assert 10 <= site.directory.asked <= 30


async def test_a_publisher_who_is_back_is_read_at_once(site: Site) -> None:
    async with site.rooms.watch("room") as viewer:
        screen = Screen()
        viewer.attach(screen)
        await site.go_live()

        site.rooms.retarget("room", "second")
        await site.go_live("second")

        assert site.sources.open_now == ["second"]
        assert len(screen.times) == 100
        # Nobody lost anything: this is what the site itself asked for.
        assert ("lost", "room", "first") not in site.diary.entries


async def test_retargeting_to_the_same_place_disturbs_nothing(site: Site) -> None:
    async with site.rooms.watch("room"):
        await site.go_live()
        site.rooms.retarget("room", "first")
        await settle()

        assert site.sources.opened == ["first"]


async def test_a_publisher_who_is_gone_is_looked_for(site: Site) -> None:
    async with site.rooms.watch("room"):
        await site.go_live()
        site.directory.urls["room"] = None
        site.rooms.retarget("room", None)
        await site.clock.advance(1)
        assert site.sources.open_now == []

        site.directory.urls["room"] = "second"
        await site.clock.advance(6)
        assert site.sources.open_now == ["second"]


async def test_a_room_is_prepared_before_its_publisher_is_let_in(site: Site) -> None:
    assert await site.rooms.prepare("new", "new-session")
    assert await site.rooms.prepare("new", "new-session")
    await site.go_live("new-session")

    assert site.sources.opened == ["new-session"]
    assert site.diary.entries == [("first-keyframe", "new", "new-session")]


async def test_a_server_that_only_talks_does_not_flow(site: Site) -> None:
    await site.rooms.prepare("room", "first")
    site.sources.publish("first", [metadata(), metadata(width=1280)])
    await site.clock.advance(2)
    stats = site.rooms.stats("room")
    assert stats is not None
    assert stats.state is PullState.WAITING
    assert site.diary.reports == []

    site.sources.publish("first", footage(1.0))
    await site.clock.advance(2)

    assert site.diary.reports[-1].width == 1280


async def test_preparing_does_not_wait_for_a_server_that_does_not_answer(site: Site) -> None:
    site.sources.refuses = True

    assert not await site.rooms.prepare("new", "new-session", timeout=0.01)


async def test_ending_a_room_closes_every_viewer_and_the_upstream_at_once(site: Site) -> None:
    async with site.rooms.watch("room") as attached, site.rooms.watch("room") as waiting:
        screen = Screen()
        attached.attach(screen)
        await site.go_live()

        site.rooms.end("room", "ended")
        await settle()

        assert [await attached.closed(), await waiting.closed()] == ["ended", "ended"]
        assert site.sources.open_now == []
        assert site.rooms.open_keys() == ()
        assert len(screen.times) == 50


async def test_only_the_named_viewer_is_ejected(site: Site) -> None:
    async with (
        site.rooms.watch("room", label=7) as banned,
        site.rooms.watch("room", label=7) as banned_elsewhere,
        site.rooms.watch("room", label=8) as other,
    ):
        assert site.rooms.eject("room", 7, "banned") == 2

        assert await banned.closed() == await banned_elsewhere.closed() == "banned"
        assert not other.is_closed


async def test_closed_rooms_take_every_order_in_silence(site: Site) -> None:
    site.rooms.end("room", "ended")
    site.rooms.retarget("room", "second")

    assert site.rooms.eject("room", 7, "banned") == 0
    assert site.rooms.stats("room") is None
    assert site.sources.opened == []


async def test_shutting_down_ends_all_and_lets_nobody_in(site: Site) -> None:
    async with site.rooms.watch("room") as viewer:
        await settle()

        await site.rooms.close()

        assert await viewer.closed() == "shutdown"
        assert site.sources.open_now == []
        with pytest.raises(RelayClosed):
            async with site.rooms.watch("room"):
                pass


async def test_a_directory_that_fails_is_asked_again(
    site: Site, caplog: pytest.LogCaptureFixture
) -> None:
    async def broken(key: str) -> str | None:
        site.directory.asked += 1
        raise RuntimeError("no database")

    rooms = Rooms(locate=broken, clock=site.clock, opener=site.sources)
    async with rooms.watch("room"):
        await site.clock.advance(5)
    await rooms.close()

    assert site.directory.asked > 2
    assert "reading its source failed" in caplog.text


async def test_a_room_that_breaks_down_lets_its_viewers_go(
    site: Site, caplog: pytest.LogCaptureFixture
) -> None:
    class Torn(Screen):
        def backlog(self) -> int:
            raise RuntimeError("torn")

    async with site.rooms.watch("room") as viewer:
        viewer.attach(Torn())
        await site.go_live()

        assert await viewer.closed() == "broken"
        assert site.rooms.open_keys() == ()
    assert "broke down" in caplog.text


async def test_the_streamer_hears_about_the_stream_within_seconds(site: Site) -> None:
    await site.rooms.prepare("room", "first")
    await site.go_live()
    await site.clock.advance(2)

    assert site.diary.reports[-1].video_codec == "H.264"


async def test_ten_thousand_viewers_come_and_go_and_leave_nothing(site: Site) -> None:
    gone: list[weakref.ref[Screen]] = []
    await site.rooms.prepare("room", "first")
    await site.go_live()

    for _ in range(10_000):
        async with site.rooms.watch("room") as viewer:
            screen = Screen()
            viewer.attach(screen)
        gone.append(weakref.ref(screen))
    del viewer, screen
    gc.collect()

    assert site.rooms.viewer_count() == 0
    assert not [reference for reference in gone if reference() is not None]
    assert not [item for item in gc.get_objects() if type(item) is Subscription]
    assert len(asyncio.all_tasks()) < 10


async def test_a_source_that_breaks_at_once_is_not_hammered(site: Site) -> None:
    async with site.rooms.watch("room"):
        for _ in range(20):
            site.sources.publish("first", [keyframe(0)])
            site.sources.end("first", UpstreamError("broken"))
        await site.clock.advance(10)

        assert len(site.sources.opened) <= 10


async def test_totals_never_fall_when_viewers_and_rooms_go(site: Site) -> None:
    async with site.rooms.watch("room") as viewer:
        viewer.attach(Screen())
        await site.go_live()
        during = site.rooms.totals()

    gone = site.rooms.totals()
    site.rooms.end("room", "ended")
    await settle()
    after = site.rooms.totals()

    assert during.bytes_in > 0
    assert during.bytes_out > 0
    assert (gone.bytes_in, gone.bytes_out) == (during.bytes_in, during.bytes_out)
    assert (after.bytes_in, after.bytes_out) == (during.bytes_in, during.bytes_out)
    assert after.closed == {"left": 1}


async def test_a_publisher_that_falls_silent_is_one_stall_however_long(site: Site) -> None:
    async with site.rooms.watch("room") as viewer:
        viewer.attach(Screen())
        await site.go_live()
        for _ in range(8):
            await site.clock.advance(1)
            site.rooms.tick()

        stats = site.rooms.stats("room")

        assert site.rooms.totals().stalls == 1
        assert stats is not None
        assert stats.silent_seconds == 8


async def test_a_publisher_who_falls_silent_again_and_again_is_told_by_the_alert(
    site: Site,
) -> None:
    """The RTMP server drops who is silent for ten seconds: no silence lasts for as long as alerts want."""
    most = bounds("StreAirIngestStalls")["streair_relay_stalls_total"]
    async with site.rooms.watch("room") as viewer:
        viewer.attach(Screen())
        for _ in range(12):  # Of ten minutes, which is how far the alert looks back.
            await site.go_live()
            for second in range(50):
                if second > 8:
                    await site.go_live()
                await site.clock.advance(1)
                site.rooms.tick()

        assert site.rooms.totals().stalls > most
