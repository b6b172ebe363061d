"""The client half of HTTP/1.1 as far as a live FLV body needs it, without I/O."""

from collections.abc import Callable, Iterator
from urllib.parse import urlsplit

from streams.relay.errors import HttpError, UpstreamRefused
from streams.relay.flv import FlvParser, Tag

MAX_HEAD_SIZE = 16 * 1024
MAX_SIZE_LINE = 64
# A chunk is passed on as it arrives; this only refuses nonsense.
MAX_CHUNK_SIZE = 1 << 40


def request(url: str) -> bytes:
    """Return the request for the stream at `url`."""
    parts = urlsplit(url)
    target = (parts.path or "/") + (f"?{parts.query}" if parts.query else "")
    host = parts.netloc.rpartition("@")[2]
    lines = [
        f"GET {target} HTTP/1.1",
        f"Host: {host}",
        "User-Agent: StreAir",
        "Accept: video/x-flv, */*",
        "Accept-Encoding: identity",
        "Connection: close",
    ]
    return "\r\n".join([*lines, "", ""]).encode("ascii", errors="replace")


class HttpFlvClient:
    """Feed it what the server sends; take tags.

    `accepted` turns true with the answer's head; `finished` with the body's announced end.
    """

    def __init__(self) -> None:
        self.accepted = False
        self.finished = False
        self._buffer = bytearray()
        self._flv = FlvParser()
        self._left = 0  # of the body or of the chunk; unknown for a body until the close
        self._step: Callable[[], bytes | None] = self._take_head

    def feed(self, data: bytes) -> Iterator[Tag]:
        """Take in what the server sent. Raises HttpError, FlvError, or UpstreamRefused."""
        self._buffer += data
        while not self.finished and (body := self._step()) is not None:
            if body:
                yield from self._flv.feed(body)

    # Each step takes something off the buffer and returns what of it is body;
    # None when there is too little in the buffer to go on.

    def _take_head(self) -> bytes | None:
        end = self._buffer.find(b"\r\n\r\n")
        if end > MAX_HEAD_SIZE or (end < 0 and len(self._buffer) > MAX_HEAD_SIZE):
            raise HttpError(f"the answer's head is larger than {MAX_HEAD_SIZE} bytes")
        if end < 0:
            return None
        status_line, *lines = bytes(self._buffer[:end]).decode("latin-1").split("\r\n")
        del self._buffer[: end + 4]
        headers = dict(_header(line) for line in lines)
        _check_status(status_line)
        self.accepted = True
        self._step = self._body_step(headers)
        return b""

    def _body_step(self, headers: dict[str, str]) -> Callable[[], bytes | None]:
        """Return the step that fits how the body is framed."""
        if headers.get("content-encoding", "identity").lower() != "identity":
            raise HttpError("the body is compressed although nobody asked for that")
        coding = headers.get("transfer-encoding", "").lower()
        if coding == "chunked":
            return self._take_chunk_size
        if coding:
            raise HttpError("the body has an unknown transfer coding")
        if "content-length" not in headers:
            return self._take_rest
        self._left = _number(headers["content-length"], base=10)
        self.finished = not self._left
        return self._take_known

    def _take_rest(self) -> bytes | None:
        return self._take(len(self._buffer)) or None

    def _take_known(self) -> bytes | None:
        body = self._take(self._left)
        self._left -= len(body)
        self.finished = not self._left
        return body or None

    def _take_chunk_size(self) -> bytes | None:
        line = self._take_line()
        if line is None:
            return None
        self._left = _number(line.partition(b";")[0].decode("latin-1").strip(), base=16)
        # What follows the last chunk are trailers at most: nothing that anybody needs.
        self.finished = not self._left
        self._step = self._take_chunk
        return b""

    def _take_chunk(self) -> bytes | None:
        body = self._take(self._left)
        self._left -= len(body)
        if not self._left:
            self._step = self._take_chunk_end
            return body
        return body or None

    def _take_chunk_end(self) -> bytes | None:
        line = self._take_line()
        if line:
            raise HttpError("a chunk is longer than it claims")
        if line is not None:
            self._step = self._take_chunk_size
        return line

    def _take_line(self) -> bytes | None:
        end = self._buffer.find(b"\r\n", 0, MAX_SIZE_LINE)
        if end < 0:
            if len(self._buffer) >= MAX_SIZE_LINE:
                raise HttpError("a chunk does not say how long it is")
            return None
        return self._take(end + 2)[:-2]

    def _take(self, size: int) -> bytes:
        taken = bytes(self._buffer[:size])
        del self._buffer[:size]
        return taken


def _check_status(line: str) -> None:
    version, _, rest = line.partition(" ")
    status = rest[:3]
    if version not in {"HTTP/1.0", "HTTP/1.1"} or not (status.isascii() and status.isdigit()):
        raise HttpError("the answer is not HTTP/1.x")
    # Redirects, too: where the relay connects to is for the settings to say.
    if status != "200":
        raise UpstreamRefused(f"the server answered {status}")


def _header(line: str) -> tuple[str, str]:
    name, colon, value = line.partition(":")
    if not colon or not name or name != name.strip():
        raise HttpError("a malformed header line")
    return name.lower(), value.strip()


def _number(text: str, *, base: int) -> int:
    digits = "0123456789abcdef"[:base]
    if not 0 < len(text) <= 16 or set(text.lower()) - set(digits):
        raise HttpError("a malformed length")
    number = int(text, base)
    if number > MAX_CHUNK_SIZE:
        raise HttpError(f"a length of {number} bytes")
    return number
