"""What the streamer is told: only what is true, and soon."""

from collections.abc import Iterable

import pytest

from streams.relay.flv import Tag, TagKind
from streams.relay.inspector import Inspector, Report
from tests.unit.streams.relay.fakes import FakeClock
from tests.unit.streams.relay.samples import (
    aac_header,
    audio,
    avc_header,
    footage,
    frame,
    headers,
    keyframe,
    metadata,
)


async def watch(tags: Iterable[Tag], *, seconds: float = 5.0, from_start: bool = True) -> Report:
    """Show `tags`, one report a second, as if they took `seconds` on the wall."""
    clock = FakeClock()
    inspector = Inspector(clock, from_start=from_start)
    items = [*tags]
    inspector.report()
    for second in range(round(seconds)):
        until = (second + 1) * 1000
        for tag in [item for item in items if until - 1000 <= item.timestamp < until]:
            inspector.feed(tag)
        await clock.advance(1)
        inspector.report()
    return inspector.report()


async def test_a_good_stream_is_described_and_has_no_problems() -> None:
    report = await watch([*headers(), *footage(5.0)])

    assert report == Report(
        video_codec="H.264",
        audio_codec="AAC",
        profile="High",
        level="3.1",
        width=1280,
        height=720,
        fps=25.0,
        bitrate_kbps=0,
        keyframe_interval=2.0,
        encoder="obs",
        has_keyframe=True,
        problems=(),
    )


async def test_bitrate_is_that_of_the_media() -> None:
    tags = [keyframe(0, size=10_000), *(frame(time, size=10_000) for time in range(40, 5000, 40))]

    assert (await watch(tags)).bitrate_kbps == pytest.approx(2000, abs=100)


async def test_nothing_is_wrong_before_anything_came() -> None:
    assert (await watch([], seconds=30)).problems == ()


@pytest.mark.parametrize(
    ("tags", "problems"),
    [
        ([avc_header(), *footage(5.0, sound=False)], ("no-audio",)),
        ([aac_header(), *(audio(time) for time in range(0, 5000, 20))], ("no-video",)),
        (
            [metadata(width=1920), *(audio(time) for time in range(0, 5000, 20))],
            ("unsupported-video",),
        ),
        (
            [Tag(TagKind.VIDEO, 0, b"\x90hvc1"), audio(0), audio(4900)],
            ("unsupported-video",),
        ),
        ([Tag(TagKind.VIDEO, 0, b"\x12\0"), audio(0)], ("unsupported-video",)),
        (
            [*footage(5.0, sound=False), Tag(TagKind.AUDIO, 0, b"\xb2\0")],
            ("unsupported-audio",),
        ),
        ([*footage(5.0, sound=False), Tag(TagKind.AUDIO, 0, b"\x2f\0")], ()),
        ([*footage(5.0, sound=False), Tag(TagKind.AUDIO, 0, b"\x90Opus")], ("unsupported-audio",)),
    ],
)
async def test_what_does_not_play_is_named_within_five_seconds(
    tags: list[Tag], problems: tuple[str, ...]
) -> None:
    assert (await watch(tags)).problems == problems


@pytest.mark.parametrize("value", [1752589105.0, "hvc1", 12.0])
async def test_an_announced_codec_is_named_before_the_first_frame(value: float | str) -> None:
    report = await watch([metadata(videocodecid=value), audio(0)], seconds=1)

    assert report.video_codec == "HEVC"
    assert report.problems == ("unsupported-video",)


async def test_a_stream_joined_in_the_middle_may_show_its_picture_later() -> None:
    sound = [metadata(width=1920), *(audio(time) for time in range(0, 15_000, 20))]

    assert (await watch(sound, seconds=9, from_start=False)).problems == ()
    assert (await watch(sound, seconds=14, from_start=False)).problems == ("unsupported-video",)


@pytest.mark.parametrize(
    ("gop", "seconds", "problems"),
    [
        (8.3, 30, ()),
        (12.0, 30, ("long-keyframe-interval",)),
        (60.0, 11, ("long-keyframe-interval",)),
    ],
)
async def test_keyframes_far_apart_are_a_problem(
    gop: float, seconds: float, problems: tuple[str, ...]
) -> None:
    assert (await watch(footage(seconds, gop=gop), seconds=seconds)).problems == problems


async def test_empty_messages_say_nothing() -> None:
    report = await watch([Tag(kind, 0, b"") for kind in TagKind])

    assert report == Report()


async def test_hostile_metadata_is_cut_down() -> None:
    report = await watch(
        [
            metadata(encoder="<b>\n" + "x" * 500, width=float("inf"), height=-1.0),
            Tag(TagKind.SCRIPT, 0, b"\x02\xff"),
            keyframe(0),
        ],
        seconds=1,
    )

    assert report.encoder == "<b>" + "x" * 97
    assert (report.width, report.height) == (0, 0)


async def test_a_broken_sequence_header_says_nothing() -> None:
    report = await watch([Tag(TagKind.VIDEO, 0, b"\x17\0\0\0\0\x01"), keyframe(1)], seconds=1)

    assert (report.video_codec, report.width) == ("H.264", 0)
