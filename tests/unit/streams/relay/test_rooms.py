"""Rooms open with the first viewer or ahead of their publisher, and close after the last viewer or when they are told to."""

import asyncio
import gc
import weakref

import pytest

from streams.relay.errors import RelayClosed
from streams.relay.subscription import Subscription
from tests.unit.streams.relay.fakes import Screen, settle
from tests.unit.streams.relay.site import Site


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


async def test_a_room_is_prepared_before_its_publisher_is_let_in(site: Site) -> None:
    assert await site.rooms.prepare("new", "new-session")
    assert await site.rooms.prepare("new", "new-session")
    await site.go_live("new-session")

    assert site.sources.opened == ["new-session"]
    assert site.diary.entries == [("first-keyframe", "new", "new-session")]


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
