"""The load generator notices what is wrong with a stream, and nothing else."""

from __future__ import annotations

from collections.abc import Iterator

import pytest

from tests.unit.load.flv_source import (
    FILE_HEADER,
    HEAD,
    audio,
    chunked,
    frame,
    tag,
    watched,
)


def stream(*tags: bytes) -> list[bytes]:
    return [HEAD, chunked(FILE_HEADER + b"".join(tags), 1000)]


@pytest.mark.parametrize("size", [1, 7, 1000, 100_000])
def test_a_right_stream_has_no_faults_however_it_is_cut(size: int) -> None:
    def answer() -> Iterator[bytes]:
        # Made while it is sent: stamps older than the viewer are no delay.
        tags = [frame(0, 0, keyframe=True, delimiter=True), audio(10), audio(20, b"")]
        tags += [frame(number, 33 * number, delimiter=number % 2 == 0) for number in range(1, 5)]
        data = FILE_HEADER + tag(18, 0, b"metadata") + tag(9, 0, b"\x17\0\0\0\0") + b"".join(tags)
        yield HEAD
        yield chunked(data, size)

    told = watched(answer())

    assert (told["playing"], told["failed"], told["flv_errors"]) == (1, 0, 0)
    assert (told["frames_dropped"], told["stalls"]) == (0, 0)
    assert told["delay_ms"]["frames"] == 5
    assert told["delay_ms"]["max"] < 250
    assert told["first_keyframe_ms"]["max"] >= told["first_byte_ms"]["max"] > 0


def test_frames_that_are_left_out_are_counted() -> None:
    told = watched(stream(frame(4, 0, keyframe=True), frame(5, 33), frame(8, 66)))

    assert (told["frames_dropped"], told["flv_errors"]) == (2, 0)


@pytest.mark.parametrize(
    ("tags", "error"),
    [
        ([frame(0, 50, keyframe=True), audio(49)], "dts_backward"),
        ([frame(0, 0), frame(1, 33, keyframe=True)], "err_not_keyframe_first"),
        ([frame(0, 0, keyframe=True), frame(0, 33)], "frames_repeated"),
        ([frame(0, 0, keyframe=True), tag(8, 1, b"a", previous_size=11)], "err_previous_size"),
        ([frame(0, 0, keyframe=True), tag(7, 1, b"a")], "fail_tag_framing"),
        ([b"not a tag at all"], "fail_tag_framing"),
    ],
)
def test_wrong_flv_is_an_error(tags: list[bytes], error: str) -> None:
    told = watched(stream(*tags))

    assert (told[error], told["flv_errors"]) == (1, 1)


def test_wrong_chunks_are_an_error() -> None:
    told = watched([HEAD, b"d\r\n" + FILE_HEADER + b"d\r\n"])

    assert (told["fail_chunk_framing"], told["failed"]) == (1, 1)


def test_something_other_than_flv_is_an_error() -> None:
    told = watched([HEAD, chunked(b"<html> nothing to see here", 100)])

    assert (told["fail_flv_header"], told["failed"]) == (1, 1)


def test_a_refusal_is_told_with_its_status() -> None:
    told = watched([b"HTTP/1.1 404 Not Found\r\nContent-Length: 0\r\n\r\n"])

    assert (told["failed"], told["fail_http_status"], told["http_status"]) == (1, 1, 404)


def test_a_stream_that_ends_early_has_failed() -> None:
    told = watched(stream(frame(0, 0, keyframe=True)), closes=True)

    assert (told["failed"], told["fail_closed"]) == (1, 1)


def test_a_viewer_without_a_picture_has_failed() -> None:
    told = watched(stream(audio(0), audio(20)))

    assert (told["failed"], told["playing"], told["flv_errors"]) == (1, 0, 0)
