"""Clients that send a byte a second, two hundred of them: they are let go of, and nobody else waits."""

from __future__ import annotations

import contextlib
import socket
import time
from concurrent.futures import ThreadPoolExecutor

import pytest
import requests

from tests.servers.process import wait_until
from tests.servers.site import Site

pytestmark = pytest.mark.system

MANY = 100
# A head may take 10 seconds, a body 30; the rest is for a busy machine.
HEAD_SECONDS, BODY_SECONDS = 15, 40
PATHS = ("/api/categories", "/en/")


class SlowClient:
    """One connection that dribbles."""

    def __init__(self, site: Site, begins: bytes) -> None:
        self._socket = socket.create_connection(("127.0.0.1", site.addresses.port), 10)
        self._socket.sendall(begins)
        self._socket.setblocking(False)
        self.answer = b""
        self.begun = time.monotonic()
        self.closed_after: float | None = None

    @property
    def is_closed(self) -> bool:
        return self.closed_after is not None

    def dribble(self) -> None:
        """Send one byte more, and look whether the server still cares."""
        if self.is_closed:
            return
        try:
            self._socket.send(b"x")
            while piece := self._socket.recv(4096):
                self.answer += piece
            self.close()
        except BlockingIOError:
            pass
        except OSError:
            self.close()

    def close(self) -> None:
        """Hang up, or see that the other side has."""
        self.closed_after = time.monotonic() - self.begun
        with contextlib.suppress(OSError):
            self._socket.close()


HEAD = b"POST /api/auth/login HTTP/1.1\r\nHost: localhost\r\nX-Slow: "
BODY = (
    b"POST /api/auth/login HTTP/1.1\r\nHost: localhost\r\n"
    b"Content-Type: application/json\r\nContent-Length: 100000\r\n\r\n{"
)


def test_slow_heads_and_bodies_end_and_hold_up_nobody(site: Site) -> None:
    slow = [SlowClient(site, begins) for begins in (HEAD, BODY) for _ in range(MANY)]
    statuses: list[int] = []

    def others() -> None:
        while not all(client.is_closed for client in slow):
            answers = [requests.get(f"{site.url}{path}", timeout=20) for path in PATHS]
            statuses.extend(answer.status_code for answer in answers)
            time.sleep(0.2)

    def all_are_let_go_of() -> bool:
        for client in slow:
            client.dribble()
        return all(client.is_closed for client in slow)

    with ThreadPoolExecutor(1) as thread:
        neighbors = thread.submit(others)
        try:
            wait_until(
                all_are_let_go_of, timeout=BODY_SECONDS + 20, every=1.0, what="all to be let go of"
            )
        finally:
            for client in slow:
                if not client.is_closed:
                    client.close()
        neighbors.result(30)

    assert len(statuses) > 10
    assert set(statuses) == {200}
    took = [client.closed_after or 0 for client in slow]
    assert max(took[:MANY]) < HEAD_SECONDS
    assert max(took[MANY:]) < BODY_SECONDS
    assert min(took) > 5, "a slow network is no reason"
    told = [client.answer[:12] for client in slow[MANY:]]
    assert set(told) <= {b"HTTP/1.1 408", b""}, "the answer may be lost with the connection"
    assert b"HTTP/1.1 408" in told
