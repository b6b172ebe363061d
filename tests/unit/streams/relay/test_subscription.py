"""Viewers who are slow, stuck, or many: none of them delays another."""

import asyncio

from streams.relay.hub import MIN_BACKLOG
from tests.unit.streams.relay.fakes import Screen
from tests.unit.streams.relay.samples import (
    SPS_1080P,
    avc_header,
    footage,
    frame,
    headers,
    keyframe,
)
from tests.unit.streams.relay.studio import Studio


async def test_a_slow_viewer_skips_to_a_keyframe_and_delays_nobody(studio: Studio) -> None:
    await studio.send([*headers(), keyframe(0)])
    slow, stuck = studio.watch(Screen(takes_all=False))
    _, fast = studio.watch()
    big = MIN_BACKLOG // 2 + 1

    await studio.send([frame(40, size=big)])
    await studio.send([frame(80, size=big)])
    await studio.send([frame(120)])
    assert stuck.times == [0, 40, 80]
    assert slow.dropped == 1

    stuck.take()
    await studio.send([frame(160)])
    assert stuck.times[-1] == 80

    await studio.send([frame(200), keyframe(240), frame(280)])
    assert stuck.times[-2:] == [240, 280]
    assert fast.times == [0, 40, 80, 120, 160, 200, 240, 280]
    assert studio.hub.dropped == slow.dropped == 3


async def test_a_viewer_who_skipped_a_change_of_headers_gets_them_again(studio: Studio) -> None:
    await studio.send([*headers(), keyframe(0)])
    _, stuck = studio.watch(Screen(takes_all=False))
    await studio.send([frame(40, size=MIN_BACKLOG + 1)])
    await studio.send([avc_header(SPS_1080P), keyframe(80)])
    stuck.take()
    before = len(stuck.tags)

    await studio.send([keyframe(120), frame(160)])

    kinds = [tag.body for tag in stuck.tags[before:]]
    assert avc_header(SPS_1080P).body in kinds
    assert stuck.times[-2:] == [120, 160]


async def test_a_newcomer_may_take_his_time_with_the_first_write(studio: Studio) -> None:
    large = [keyframe(0, size=2 * MIN_BACKLOG), frame(40, size=MIN_BACKLOG)]
    await studio.send([*headers(), *large])
    viewer, screen = studio.watch(Screen(takes_all=False))

    await studio.send([frame(80)])
    assert viewer.dropped == 0

    # But once he has taken it, the room's limit holds for him as for everybody.
    screen.take()
    await studio.send([frame(120)])
    await studio.send([frame(160, size=MIN_BACKLOG + 1)])
    await studio.send([frame(200)])
    assert viewer.dropped == 1


async def test_a_viewer_who_takes_nothing_is_closed_after_15_seconds(studio: Studio) -> None:
    await studio.send([*headers(), keyframe(0)])
    stalled, _ = studio.watch(Screen(takes_all=False))
    slow, trickle = studio.watch(Screen(takes_all=False))
    far, pipe = studio.watch(Screen(takes_all=False))
    pipe.kernel = 1000
    idle, _ = studio.watch()

    for _ in range(16):
        studio.hub.tick()
        trickle.take(10)
        pipe.kernel -= 10
        await studio.clock.advance(1)
    studio.hub.tick()

    assert await stalled.closed() == "stalled"
    assert not slow.is_closed
    assert not far.is_closed, "bytes leave at the other end of the kernel's buffer"
    assert not idle.is_closed


async def test_a_flush_to_thousands_lets_others_in_between(studio: Studio) -> None:
    await studio.send([*headers(), keyframe(0)])
    crowd = [studio.watch()[1] for _ in range(700)]
    studio.hub.take([frame(40)])
    await asyncio.sleep(0)
    await asyncio.sleep(0)

    _, late = studio.watch()
    await studio.clock.advance(1)

    assert all(screen.times == [0, 40] for screen in crowd)
    assert late.times == [0, 40]


async def test_ten_thousand_viewers_come_and_go_and_leave_nothing(studio: Studio) -> None:
    await studio.send([*headers(), *footage(1.0)])

    for _ in range(10_000):
        viewer, _ = studio.watch()
        studio.hub.leave(viewer)
        studio.hub.leave(viewer)

    assert studio.hub.viewer_count == 0
    assert studio.pacer.viewers == 0
    assert studio.hub.bytes_out > 0
