"""One room's fan-out: newcomers, the same bytes for everybody, slow viewers."""

import pytest

from streams.relay import gop
from streams.relay.flv import FlvParser, Tag, TagKind
from streams.relay.timeline import GAP
from tests.unit.streams.relay.fakes import settle
from tests.unit.streams.relay.samples import (
    SPS_1080P,
    aac_header,
    audio,
    avc_header,
    footage,
    frame,
    headers,
    keyframe,
    metadata,
)
from tests.unit.streams.relay.studio import Studio


async def test_a_newcomer_gets_everything_since_the_last_keyframe_in_one_write(
    studio: Studio,
) -> None:
    await studio.send([*headers(), *footage(3.0)])

    _, screen = studio.watch()

    assert screen.writes == 1
    assert screen.tags[:3] == [
        Tag(tag.kind, 0 if tag.is_script else 2000, tag.body) for tag in headers()
    ]
    assert screen.frames[0] == keyframe(2000)
    assert screen.times[-1] == 2965


async def test_what_follows_fits_without_hole_or_repetition(studio: Studio) -> None:
    material = [*headers(), *footage(4.0)]
    await studio.send(material[:70])
    _, screen = studio.watch()

    for tag in material[70:]:
        await studio.send([tag])

    assert screen.frames == material[3:]


async def test_everybody_gets_the_same_objects(studio: Studio) -> None:
    _, first = studio.watch()
    _, second = studio.watch()
    await studio.send([*headers(), *footage(2.0)])
    _, late = studio.watch()

    assert [id(batch.chunk) for batch in first.batches] == [id(b.chunk) for b in second.batches]
    # The newcomer's come from the cache, which holds the very same.
    assert late.batches[1].chunk is first.batches[1].chunk
    assert studio.hub.gop.batches[0] is first.batches[1]


async def test_a_chunk_is_one_chunk_of_http_1_1(studio: Studio) -> None:
    _, screen = studio.watch()
    await studio.send([*headers(), *footage(1.0)])

    for batch in screen.batches:
        size, _, rest = batch.chunk.partition(b"\r\n")
        assert int(size, 16) == len(rest) - 2 == batch.size
        assert rest == batch.body + b"\r\n"


async def test_the_first_viewer_waits_for_the_first_keyframe(studio: Studio) -> None:
    _, screen = studio.watch()

    await studio.send([*headers(), audio(0), frame(5), audio(23), keyframe(40), audio(46)])

    assert screen.frames == [keyframe(40), audio(46)]
    assert studio.diary.entries == [("first-keyframe", "room", "url")]


@pytest.mark.parametrize(
    ("opening", "flags"),
    [
        ([metadata(videocodecid=7), avc_header(), keyframe(0)], 0x01),
        ([metadata(videocodecid=7, audiocodecid=10), avc_header(), keyframe(0)], 0x05),
        ([aac_header(), avc_header(), keyframe(0)], 0x05),
        ([metadata(audiocodecid=10), aac_header(), audio(0)], 0x04),
    ],
)
async def test_the_file_header_announces_what_the_stream_has(
    studio: Studio, opening: list[Tag], flags: int
) -> None:
    _, screen = studio.watch()

    await studio.send(opening)

    assert screen.batches[0].body[4] == flags


async def test_promised_sound_that_does_not_come_is_not_announced_for_ever(
    studio: Studio,
) -> None:
    await studio.send([metadata(videocodecid=7, audiocodecid=10), avc_header()])
    await studio.clock.advance(3)
    await studio.send(footage(1.0, sound=False))

    _, screen = studio.watch()

    assert screen.batches[0].body[4] == 0x01


async def test_repeated_headers_reach_nobody(studio: Studio) -> None:
    await studio.send([*headers(), *footage(1.0)])
    _, screen = studio.watch()
    before = len(screen.tags)

    await studio.send([*headers(), Tag(TagKind.AUDIO, 1000, b""), frame(1000), *headers()])

    assert screen.tags[before:] == [frame(1000)]


async def test_a_new_resolution_is_passed_on_before_its_keyframe(studio: Studio) -> None:
    await studio.send([*headers(), *footage(1.0)])
    _, screen = studio.watch()
    larger = avc_header(SPS_1080P, timestamp=1000)

    await studio.send([larger, keyframe(1000), frame(1040)])
    _, late = studio.watch()

    assert screen.tags[-3:] == [larger, keyframe(1000), frame(1040)]
    assert late.tags[2:] == [larger, keyframe(1000), frame(1040)]


async def test_a_change_of_sound_in_the_middle_reaches_newcomers_where_it_happens(
    studio: Studio,
) -> None:
    other = Tag(TagKind.AUDIO, 1000, b"\xaf\x00\x11\x90")
    await studio.send([*headers(), *footage(1.0), other, audio(1000)])

    _, screen = studio.watch()

    assert screen.tags[1] == aac_header()
    assert screen.tags[-2:] == [other, audio(1000)]


async def test_a_ten_second_group_of_pictures_is_there_in_full(studio: Studio) -> None:
    await studio.send([*headers(), *footage(9.9, gop=10)])

    _, screen = studio.watch()

    assert screen.times[0] == 0
    assert screen.times[-1] >= 9860
    assert screen.writes == 1


async def test_a_group_that_lasts_too_long_is_forgotten(studio: Studio) -> None:
    for tag in [*headers(), *footage(13, gop=20)]:
        await studio.send([tag])

    _, screen = studio.watch()
    assert screen.batches == []
    assert studio.hub.gop.size == 0

    await studio.send([frame(13_040), keyframe(13_080), frame(13_120)])
    assert screen.frames == [keyframe(13_080), frame(13_120)]


async def test_a_group_that_grows_too_large_is_forgotten(
    studio: Studio, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr(gop, "MAX_BYTES", 10_000)
    await studio.send([*headers(), keyframe(0, size=6000)])
    assert studio.hub.gop.size > 6000

    await studio.send([frame(40, size=6000)])

    assert studio.hub.gop.size == 0


async def test_sound_without_picture_starts_at_the_live_edge(studio: Studio) -> None:
    sounds = [audio(time) for time in range(0, 5000, 50)]
    for tag in [metadata(audiocodecid=10), aac_header(), *sounds]:
        await studio.send([tag])

    _, screen = studio.watch()

    assert screen.tags[1].body == aac_header().body
    assert screen.times == list(range(3950, 5000, 50))


async def test_sound_waits_for_an_announced_picture_but_not_for_ever(studio: Studio) -> None:
    _, screen = studio.watch()
    await studio.send([metadata(videocodecid=7.0), aac_header(), audio(0)])
    assert screen.batches == []

    await studio.clock.advance(12)
    await studio.send([audio(12_000)])
    assert screen.times == [GAP]

    await studio.send([avc_header(), keyframe(12_040), audio(12_046)])
    _, late = studio.watch()
    assert late.frames[0].is_keyframe


async def test_viewers_go_on_when_the_publisher_comes_back(studio: Studio) -> None:
    await studio.send([*headers(), *footage(1.0)])
    _, screen = studio.watch()

    studio.hub.restart("other", from_start=True)
    await studio.send([*headers(), frame(3), *footage(1.0, start=7)])

    times = [tag.timestamp for tag in screen.frames if tag.is_video]
    assert times == sorted(times)
    assert len(times) == 50
    assert times[25] - times[24] <= 2 * GAP
    assert [entry[0] for entry in studio.diary.entries] == ["first-keyframe"] * 2


async def test_tags_gather_while_a_crowd_watches(studio: Studio) -> None:
    await studio.send([*headers(), keyframe(0)])
    _, screen = studio.watch()
    studio.pacer.viewers = 1000
    await studio.send([frame(40)])
    before = screen.writes

    for time in range(80, 1080, 20):
        studio.hub.take([frame(time)])
        await studio.clock.advance(0.02)

    assert 15 <= screen.writes - before <= 21
    assert screen.times[1:] == [40, *range(80, screen.times[-1] + 1, 20)]


async def test_a_few_viewers_get_every_tag_at_once(studio: Studio) -> None:
    await studio.send([*headers(), keyframe(0)])
    _, screen = studio.watch()

    for time in range(40, 240, 40):
        studio.hub.take([frame(time)])
        await settle()

    assert screen.times == [0, 40, 80, 120, 160, 200]


async def test_the_last_of_a_stream_is_sent_before_its_end(studio: Studio) -> None:
    await studio.send([*headers(), keyframe(0)])
    _, screen = studio.watch()

    studio.hub.take([frame(40)])
    studio.hub.finish()

    assert screen.times == [0, 40]


async def test_the_observer_hears_what_the_stream_is_like_when_that_changes(
    studio: Studio,
) -> None:
    await studio.send([*headers(), *footage(1.0)])

    for _ in range(3):
        studio.hub.describe()

    assert [report.width for report in studio.diary.reports] == [1280]


async def test_what_a_player_reads_is_one_flv_file(studio: Studio) -> None:
    _, screen = studio.watch()
    for tag in [*headers(), *footage(5.0, gop=1.0)]:
        await studio.send([tag])

    whole = b"".join(batch.body for batch in screen.batches)

    assert list(FlvParser().feed(whole)) == screen.tags
    assert whole.count(b"FLV\x01") == 1
