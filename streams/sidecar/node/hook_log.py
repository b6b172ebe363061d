"""What became of each hook, which nginx tells us in a line by UDP: it asks the site, and we watch over it."""

from __future__ import annotations

import asyncio
import re
import secrets
import socket
from enum import StrEnum
from typing import Any

from streair.core.metrics.tallies import Histogram

_BUCKETS = (0.01, 0.025, 0.05, 0.1, 0.25, 0.5, 1.0, 2.5, 5.0)
# The verdict on a publisher may take 3 s (nginx.conf); each try has its own number.
_LINE = re.compile(r"/(publish|update|done)\|([0-9:, -]+)\|([0-9.:, -]+)\|(\d{3})")


class Result(StrEnum):
    """What became of a hook."""

    ACCEPTED = "accepted"
    REFUSED = "refused"  # The site said no.
    FAILED = "failed"  # It did not answer, or not with anything that we understand.


class HookLog:
    """Counts hooks. Other programs of this machine may send lines, too, but do not know our mark."""

    def __init__(self) -> None:
        self.seconds = Histogram(
            "streair_ingest_hook_seconds",
            "How long the site took to answer hooks, by hook and result.",
            ["hook", "result"],
            buckets=_BUCKETS,
        )
        self._mark = secrets.token_hex(16)
        self._line = socket.socket(socket.AF_INET, socket.SOCK_DGRAM)
        self._line.setblocking(False)
        self._line.bind(("127.0.0.1", 0))

    @property
    def address(self) -> str:
        """Where nginx is to write, in its own words."""
        port = self._line.getsockname()[1]
        return f"syslog:server=127.0.0.1:{port},nohostname,tag={self._mark}"

    def close(self) -> None:
        """Hear no more."""
        self._line.close()

    async def run(self) -> None:
        """Hear for ever; what came before waits."""
        loop = asyncio.get_running_loop()
        transport, _ = await loop.create_datagram_endpoint(lambda: _Ear(self), sock=self._line)
        try:
            await loop.create_future()
        finally:
            transport.close()

    def take(self, packet: bytes) -> None:
        """Count what a packet says. Does nothing when it is not from our nginx."""
        _, mark, line = packet.decode("latin-1").partition(f" {self._mark}: ")
        found = _LINE.fullmatch(line.rstrip()) if mark else None
        if found is None:
            return
        hook, asked, took, told = found.groups()
        # One number for each machine that was tried.
        answered = re.findall(r"\d+", asked)[-1:]
        seconds = sum(map(float, re.findall(r"\d+\.\d+", took)))
        self.seconds.observe(seconds, hook, _result(hook, "".join(answered), told))


class _Ear(asyncio.DatagramProtocol):
    def __init__(self, log: HookLog) -> None:
        self._log = log

    def datagram_received(self, data: bytes, addr: tuple[str | Any, int]) -> None:
        self._log.take(data)


def _result(hook: str, answered: str, told: str) -> Result:
    """Tell from what the site answered and what nginx made of it: publishers need a session's name."""
    if answered == "403":
        return Result.REFUSED
    is_yes = told == "302" if hook == "publish" else answered.startswith("2")
    return Result.ACCEPTED if is_yes else Result.FAILED
