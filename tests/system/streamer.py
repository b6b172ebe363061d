"""A streamer on a running site: what they do with their encoder, and what the site knows of it."""

from __future__ import annotations

import json
import subprocess
import sys
import uuid
from collections.abc import Callable, Iterator
from contextlib import ExitStack, contextmanager
from pathlib import Path
from typing import Any, cast

from tests.servers.clips import Clip
from tests.servers.process import Program, wait_until
from tests.servers.publisher import publisher
from tests.servers.site import Site

_BASE = Path(__file__).resolve().parent.parent.parent


class Console:
    """A process of our own on the site's data; asking it is cheaper than starting one each time."""

    def __init__(self, site: Site) -> None:
        self._log = (site.data / "console.log").open("wb")
        self._process = subprocess.Popen(
            [sys.executable, "-m", "tests.system.inside"],
            stdin=subprocess.PIPE,
            stdout=subprocess.PIPE,
            stderr=self._log,
            cwd=_BASE,
            env=site.sidecar.env,
            text=True,
        )

    def ask(self, name: str, *args: str | int) -> Any:
        """Return what the function `name` of tests.system.inside says."""
        assert self._process.stdin is not None
        assert self._process.stdout is not None
        self._process.stdin.write(json.dumps([name, *args]) + "\n")
        self._process.stdin.flush()
        answer = self._process.stdout.readline()
        assert answer, Path(self._log.name).read_text()
        return json.loads(answer)

    def close(self) -> None:
        """End the process."""
        assert self._process.stdin is not None
        assert self._process.stdout is not None
        self._process.stdin.close()
        self._process.wait(10)
        self._process.stdout.close()
        self._log.close()


class Streamer:
    """Somebody with an account, an open room and a key."""

    def __init__(self, site: Site, console: Console, stack: ExitStack) -> None:
        self.site = site
        self._console = console
        self._stack = stack
        self.name = f"ada_{uuid.uuid4().hex[:8]}"
        made = console.ask("streamer", self.name)
        self.room_id, self.key = made["room_id"], made["key"]

    def publish(self, key: str = "", *, clip: Clip | None = None, server: str = "") -> Program:
        """Start an encoder with the streamer's key, or with another; `server`: to that one."""
        log = self.site.data / f"encoder-{uuid.uuid4().hex[:8]}.log"
        program = publisher(f"{server or self.site.rtmp_url}/{key or self.key}", log, clip=clip)
        return self._stack.enter_context(program)

    def look(self) -> dict[str, Any]:
        """Return how the room stands."""
        return cast("dict[str, Any]", self._console.ask("look", self.room_id))

    def wait_until(
        self, is_so: Callable[[dict[str, Any]], bool], *, timeout: float = 15
    ) -> dict[str, Any]:
        """Return how the room stands once `is_so`."""

        def found() -> dict[str, Any] | None:
            seen = self.look()
            return seen if is_so(seen) else None

        seen = wait_until(found, timeout=timeout, what=f"the room, which is {self.look()}")
        assert seen is not None
        return seen

    def wait_for(self, state: str, *, timeout: float = 15) -> dict[str, Any]:
        """Return how the room stands once its state is `state`."""
        return self.wait_until(lambda seen: bool(seen["state"] == state), timeout=timeout)

    def rotate_key(self) -> str:
        """Change the key; return the new one."""
        return str(self._console.ask("rotate", self.room_id))

    def end(self) -> None:
        """End the room."""
        self._console.ask("end", self.room_id)

    def lose_everybody(self) -> None:
        """Have the site believe that nobody publishes."""
        self._console.ask("lose_everybody")


@contextmanager
def streamers(site: Site) -> Iterator[Callable[[], Streamer]]:
    """Yield a maker of streamers; their encoders end with the block."""
    console = Console(site)
    try:
        with ExitStack() as stack:
            yield lambda: Streamer(site, console, stack)
    finally:
        console.close()
