"""HTTP as an upstream speaks it: every framing, any cut, nothing unbounded."""

import pytest
from hypothesis import given
from hypothesis import strategies as st

from streams.relay.errors import HttpError, RelayError, UpstreamRefused
from streams.relay.flv import encode_tag, file_header
from streams.relay.http_flv import MAX_HEAD_SIZE, HttpFlvClient, request
from tests.unit.streams.relay.samples import cut, footage

TAGS = list(footage(1))
BODY = file_header() + b"".join(map(encode_tag, TAGS))


def chunked(body: bytes, size: int = 1000) -> bytes:
    pieces = [b"%x;ext=1\r\n%b\r\n" % (len(piece), piece) for piece in cut(body, [size])]
    return b"".join(pieces) + b"0\r\nTrailer: x\r\n\r\n"


def head(*lines: str, status: str = "200 OK") -> bytes:
    return "\r\n".join([f"HTTP/1.1 {status}", *lines, "", ""]).encode()


ANSWERS = {
    "chunked": head("Transfer-Encoding: chunked") + chunked(BODY),
    "with a length": head(f"Content-Length: {len(BODY)}") + BODY,
    "until the close": head("Content-Type: video/x-flv") + BODY,
}


@pytest.mark.parametrize("answer", ANSWERS.values(), ids=ANSWERS)
@given(sizes=st.lists(st.integers(1, 3000), min_size=1, max_size=4))
def test_tags_arrive_by_every_framing_and_cut(answer: bytes, sizes: list[int]) -> None:
    client = HttpFlvClient()

    assert [tag for piece in cut(answer, sizes) for tag in client.feed(piece)] == TAGS


@pytest.mark.parametrize(
    ("name", "finished"), [("chunked", True), ("with a length", True), ("until the close", False)]
)
def test_an_announced_end_is_noticed(name: str, finished: bool) -> None:
    client = HttpFlvClient()

    list(client.feed(ANSWERS[name]))

    assert client.finished is finished


@pytest.mark.parametrize("status", ["404 Not Found", "302 Found", "500 x", "204 No Content"])
def test_anything_but_200_is_a_refusal(status: str) -> None:
    with pytest.raises(UpstreamRefused, match=status[:3]):
        list(HttpFlvClient().feed(head("Location: http://elsewhere/", status=status)))


@pytest.mark.parametrize(
    "answer",
    [
        b"ICY 200 OK\r\n\r\n",
        b"HTTP/1.1 xyz\r\n\r\n",
        head("no colon"),
        head("Content-Encoding: gzip"),
        head("Transfer-Encoding: gzip, chunked"),
        head("Content-Length: -5"),
        head("Content-Length: 99999999999999999"),
        head("Transfer-Encoding: chunked") + b"xyz\r\n",
        head("Transfer-Encoding: chunked") + b"f" * 70,
        head("Transfer-Encoding: chunked") + b"ffffffffffff\r\n",
        head("Transfer-Encoding: chunked") + b"3\r\nFLVx\r\n",
        b"x" * (MAX_HEAD_SIZE + 1),
    ],
)
def test_malformed_answers_are_refused(answer: bytes) -> None:
    with pytest.raises(HttpError):
        list(HttpFlvClient().feed(answer))


@given(st.binary(max_size=300))
def test_garbage_raises_nothing_but_relay_errors(garbage: bytes) -> None:
    for start in (b"", head("Transfer-Encoding: chunked"), head()):
        try:
            list(HttpFlvClient().feed(start + garbage))
        except RelayError:
            continue


def test_the_request_names_host_and_target() -> None:
    lines = request("http://me:secret@media:8000/live/key.flv?x=1").split(b"\r\n")

    assert lines[:2] == [b"GET /live/key.flv?x=1 HTTP/1.1", b"Host: media:8000"]
    assert b"Connection: close" in lines
