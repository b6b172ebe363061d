"""How it does: short answers for balancers, and for those who look after it (`/health`, `/metrics`)."""

from __future__ import annotations

import json
import time
from collections.abc import Awaitable, Callable, Iterable, Mapping, MutableMapping
from dataclasses import dataclass
from typing import Any

from streams.outpost import guard
from streams.outpost.numbers import Numbers
from streams.outpost.texts import translated

Message = MutableMapping[str, Any]
Receive = Callable[[], Awaitable[Message]]
Send = Callable[[Message], Awaitable[None]]
Headers = Iterable[tuple[bytes, bytes]]

LIVE, OVERVIEW, METRICS = "/health/live", "/health", "/metrics"
_PATHS = {LIVE, OVERVIEW, METRICS}
_PLAIN, _JSON = "text/plain", "application/json"


@dataclass(frozen=True, slots=True)
class Told:
    """An answer that is there already: nothing is asked of anybody."""

    status: int
    kind: str
    body: bytes

    async def send_to(self, scope: Message, send: Send) -> None:
        """Give it to whoever asked."""
        kind = [(b"content-type", self.kind.encode()), (b"cache-control", b"no-store")]
        await answer(scope, send, self.status, self.body, kind)


class Inside:
    """Answers from what is known here already."""

    # Without these it is down, and not only worse than it should be.
    vital: frozenset[str] = frozenset()

    def __init__(self, token: str, numbers: Numbers) -> None:
        self._token = token
        self._numbers = numbers
        self._started = time.monotonic()

    def problems(self) -> Mapping[str, str]:
        """Return what is wrong with each part, for translators; nothing where it is well."""
        raise NotImplementedError

    def tell(self, scope: Message) -> Told | None:
        """Return what is answered to this request; None when it asks for something else."""
        path = scope["path"]
        if path not in _PATHS or scope["method"] not in {"GET", "HEAD"}:
            return None
        if path == LIVE:
            return _as_json(200, {"status": "ok"})
        if path == OVERVIEW:
            return self._overview(scope)
        if not guard.may_look(scope, self._token):
            # Without saying how one gets in, or that there is something.
            return Told(403, _PLAIN, b"Not for everybody.\n")
        accept = dict(scope["headers"]).get(b"accept", b"").decode("latin-1")
        body, kind = self._numbers.exposition(accept)
        return Told(200, kind, body)

    def _overview(self, scope: Message) -> Told:
        problems = self.problems()
        is_up = not any(problems[name] for name in self.vital)
        status = "ok" if not any(problems.values()) else "degraded" if is_up else "down"
        parts = {name: "down" if problem else "ok" for name, problem in problems.items()}
        body: dict[str, Any] = {"status": status, "parts": parts}
        if guard.may_look(scope, self._token):
            language = dict(scope["headers"]).get(b"accept-language", b"").decode("latin-1")
            body["uptimeSeconds"] = round(time.monotonic() - self._started)
            body["details"] = {
                name: {"problem": translated(problem, language) if problem else ""}
                for name, problem in problems.items()
            }
        return _as_json(200 if is_up else 503, body)


async def answer(scope: Message, send: Send, status: int, body: bytes, headers: Headers) -> None:
    """Send a whole answer; to HEAD without its body."""
    framed = [*headers, (b"content-length", str(len(body)).encode())]
    await send({"type": "http.response.start", "status": status, "headers": framed})
    await send({"type": "http.response.body", "body": b"" if scope["method"] == "HEAD" else body})


def _as_json(status: int, body: dict[str, Any]) -> Told:
    return Told(status, _JSON, json.dumps(body, ensure_ascii=False).encode())
