"""How an edge does: short answers for balancers, and for those who look after it (`/health`, `/metrics`)."""

from __future__ import annotations

import json
import time
from collections.abc import MutableMapping
from dataclasses import dataclass
from typing import Any

from streams.edge import guard
from streams.edge.beats import Beats, Result
from streams.edge.config import Config
from streams.edge.metrics import Numbers
from streams.edge.origin import Origin
from streams.edge.texts import translated

LIVE, OVERVIEW, METRICS = "/health/live", "/health", "/metrics"
_PATHS = {LIVE, OVERVIEW, METRICS}
_PLAIN, _JSON = "text/plain", "application/json"


def _(text: str) -> str:
    """Mark `text` for translators; it is looked up once somebody is to read it."""
    return text


_ORIGIN_AWAY = _("No streams can be read: EDGE_UPSTREAM, or the site, does not answer.")
_SITE_AWAY = _("The site does not answer: it sends nobody here.")
_SITE_REFUSES = _(
    "The site does not know this edge: EDGE_SECRET and EDGE_URL must be as it has them."
)


@dataclass(frozen=True, slots=True)
class Told:
    """An answer that is there already: nothing is asked of anybody."""

    status: int
    kind: str
    body: bytes


class Inside:
    """Answers from what the edge knows of itself."""

    def __init__(self, config: Config, beats: Beats, origin: Origin, numbers: Numbers) -> None:
        self._token = config.metrics_token
        self._beats = beats
        self._origin = origin
        self._numbers = numbers
        self._started = time.monotonic()

    def tell(self, scope: MutableMapping[str, Any]) -> Told | None:
        """Return what is answered to this request; None when it asks for something else."""
        path = scope["path"]
        if path not in _PATHS or scope["method"] not in {"GET", "HEAD"}:
            return None
        if path == LIVE:
            return _as_json(200, {"status": "ok"})
        if path == OVERVIEW:
            return self._overview(dict(scope["headers"]))
        if not guard.may_look(scope, self._token):
            # Without saying how one gets in, or that there is something.
            return Told(403, _PLAIN, b"Not for everybody.\n")
        accept = dict(scope["headers"]).get(b"accept", b"").decode("latin-1")
        body, kind = self._numbers.exposition(accept)
        return Told(200, kind, body)

    def _overview(self, headers: dict[bytes, bytes]) -> Told:
        """Return how the parts do. Without its origin an edge has nothing to show; without beats, fewer viewers."""
        problems = self._problems()
        is_up = not problems["origin"]
        status = "ok" if not any(problems.values()) else "degraded" if is_up else "down"
        parts = {name: "down" if problem else "ok" for name, problem in problems.items()}
        body: dict[str, Any] = {"status": status, "parts": parts}
        if guard.holds_token(headers, self._token):
            language = headers.get(b"accept-language", b"").decode("latin-1")
            body["uptimeSeconds"] = round(time.monotonic() - self._started)
            body["details"] = {
                name: {"problem": translated(problem, language) if problem else ""}
                for name, problem in problems.items()
            }
        return _as_json(200 if is_up else 503, body)

    def _problems(self) -> dict[str, str]:
        beats = ""
        if not self._beats.are_heard:
            beats = _SITE_REFUSES if self._beats.last is Result.REFUSED else _SITE_AWAY
        return {"origin": "" if self._origin.is_reachable else _ORIGIN_AWAY, "beats": beats}


def _as_json(status: int, body: dict[str, Any]) -> Told:
    return Told(status, _JSON, json.dumps(body, ensure_ascii=False).encode())
