"""Publishers whom rooms find, lose and find again, who fall silent, and who send what breaks."""

import pytest

from streams.relay.errors import UpstreamError
from streams.relay.pull import PullState
from streams.relay.rooms import Rooms
from tests.alerts import bounds
from tests.unit.streams.relay.fakes import Screen, settle
from tests.unit.streams.relay.samples import footage, keyframe, metadata
from tests.unit.streams.relay.site import Site


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


async def test_the_streamer_hears_about_the_stream_within_seconds(site: Site) -> None:
    await site.rooms.prepare("room", "first")
    await site.go_live()
    await site.clock.advance(2)

    assert site.diary.reports[-1].video_codec == "H.264"


async def test_a_source_that_breaks_at_once_is_not_hammered(site: Site) -> None:
    async with site.rooms.watch("room"):
        for _ in range(20):
            site.sources.publish("first", [keyframe(0)])
            site.sources.end("first", UpstreamError("broken"))
        await site.clock.advance(10)

        assert len(site.sources.opened) <= 10


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
