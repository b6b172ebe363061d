"""Viewers' clock: monotonic whatever publishers do, and in step."""

import pytest
from hypothesis import given
from hypothesis import strategies as st

from streams.relay.flv import Tag, TagKind
from streams.relay.timeline import GAP, MAX_STEP_AHEAD, Timeline
from tests.unit.streams.relay.samples import audio, frame, metadata


def placed(timeline: Timeline, *tags: Tag) -> list[int]:
    return [timeline.place(tag).timestamp for tag in tags]


@pytest.mark.parametrize("start", [0, 2**24 - 40, 2**31, 2**32 - 40])
def test_time_starts_at_zero_and_runs_on_past_every_limit(start: int) -> None:
    tags = [frame((start + ahead) % 2**32) for ahead in (0, 40, 80, 120)]

    assert placed(Timeline(), *tags) == [0, 40, 80, 120]


def test_a_new_publisher_goes_on_right_after_the_last() -> None:
    timeline = Timeline()
    placed(timeline, frame(70_000), audio(70_005), frame(70_040))

    timeline.restart()

    assert placed(timeline, frame(0), audio(5), frame(40)) == [40 + GAP, 45 + GAP, 80 + GAP]


def test_a_publisher_that_seems_to_go_on_leaves_no_hole_after_a_restart() -> None:
    timeline = Timeline()
    placed(timeline, frame(1000), frame(1040))

    timeline.restart()

    assert placed(timeline, frame(4040)) == [40 + GAP]


def test_a_reset_clock_is_noticed_without_a_restart() -> None:
    timeline = Timeline()
    placed(timeline, frame(9000), audio(9001))

    assert placed(timeline, audio(0), frame(2), audio(23)) == [1 + GAP, 3 + GAP, 24 + GAP]


def test_sound_and_picture_stay_in_step_when_one_resets_later() -> None:
    timeline = Timeline()
    placed(timeline, frame(9000), audio(9000))

    after = placed(timeline, frame(0), audio(9023), frame(40), audio(46))

    assert after == [GAP, 23, GAP + 40, GAP + 46]


def test_small_steps_back_hold_still() -> None:
    assert placed(Timeline(), frame(100), frame(90), frame(105)) == [0, 0, 5]


def test_sound_may_lag_behind_the_picture_for_as_long_as_it_likes() -> None:
    tags = [tag for time in range(0, 4000, 40) for tag in (frame(2000 + time), audio(time))]

    times = placed(Timeline(), *tags)

    # Sound from before the first picture has nowhere to go back to.
    assert times[::2] == list(range(0, 4000, 40))
    assert times[1::2] == [max(0, time - 2000) for time in range(0, 4000, 40)]


def test_picture_that_pauses_comes_back_in_step_with_the_sound() -> None:
    timeline = Timeline()
    placed(timeline, frame(0), *(audio(time) for time in range(0, 9000, 23)))

    assert placed(timeline, frame(9000)) == [9000]


def test_metadata_is_placed_where_the_stream_is() -> None:
    timeline = Timeline()

    assert placed(timeline, metadata(500)) == [0]
    assert placed(timeline, frame(100), frame(140), metadata(0)) == [0, 40, 40]


media = st.builds(
    Tag,
    kind=st.sampled_from([TagKind.AUDIO, TagKind.VIDEO]),
    timestamp=st.integers(0, 2**32 - 1) | st.integers(0, 5000),
    body=st.just(b"x"),
)


@given(st.lists(media | st.none(), max_size=40))
def test_no_kind_of_media_ever_goes_back_or_jumps(events: list[Tag | None]) -> None:
    timeline = Timeline()
    newest: dict[TagKind, int] = {}
    latest = 0

    for event in events:
        if event is None:
            timeline.restart()
            continue
        time = timeline.place(event).timestamp
        assert newest.get(event.kind, 0) <= time <= latest + MAX_STEP_AHEAD + GAP
        newest[event.kind] = time
        latest = max(latest, time)
