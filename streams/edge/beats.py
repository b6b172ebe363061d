"""What edge and site tell each other once a second."""

from __future__ import annotations

import asyncio
import logging
import time
from collections import Counter
from collections.abc import Mapping, Sequence
from dataclasses import dataclass, field
from enum import StrEnum
from typing import Any

import requests

from streams.edge.config import ALIVE_SECONDS, BEAT_PATH, Config
from streams.edge.tickets import ANYBODY, EDGE
from streams.relay.rooms import Rooms

logger = logging.getLogger(__name__)

SECONDS = 1.0
_TIMEOUT = (1.0, 2.0)
# For another secret, and for an edge that is not among the site's.
_REFUSALS = {404, 422}


class Result(StrEnum):
    """What became of a beat."""

    ACCEPTED = "accepted"
    REFUSED = "refused"  # The site knows no such edge, or another secret.
    FAILED = "failed"  # The site is away.


class _Refused(ValueError):
    """The site wants to hear nothing from us."""


@dataclass(frozen=True, slots=True)
class Answer:
    """Which rooms are over, by why; and who of their viewers may not go on."""

    ended: Mapping[str, str] = field(default_factory=dict)
    lost: Mapping[str, Sequence[str]] = field(default_factory=dict)

    @classmethod
    def of(cls, data: Any) -> Answer:
        """Read what the site answered. Raises ValueError."""
        try:
            return cls(ended=dict(data["ended"]), lost=dict(data["lost"]))
        except (KeyError, TypeError) as exc:
            raise ValueError("the site answered something else") from exc


class Beats:
    """Tells the site that this edge lives and whom it serves, and does what the site answers.

    While the site is away everybody goes on watching what still flows.
    """

    def __init__(self, config: Config, rooms: Rooms) -> None:
        self.results: Counter[Result] = Counter()
        self.last: Result | None = None
        self._accepted_at = float("-inf")
        self._config = config
        self._rooms = rooms
        self._session = requests.Session()
        self._session.headers["Authorization"] = f"Bearer {config.secret}"
        self._is_leaving = False
        self._one_at_a_time = asyncio.Lock()

    @property
    def are_heard(self) -> bool:
        """Whether the site sends viewers here: it has heard of us a moment ago."""
        return time.monotonic() < self._accepted_at + ALIVE_SECONDS

    async def run(self) -> None:
        """Beat for ever."""
        while True:
            await self.beat()
            await asyncio.sleep(SECONDS)

    async def beat(self, *, leaving: bool = False) -> None:
        """Beat once. `leaving`: nobody is to be sent here any more."""
        self._is_leaving = self._is_leaving or leaving
        try:
            async with self._one_at_a_time:  # What is said last is heard last.
                answer = Answer.of(await asyncio.to_thread(self._post, self._news()))
        except _Refused as exc:
            self._note(Result.REFUSED, str(exc))
            return
        except (requests.RequestException, ValueError) as exc:
            self._note(Result.FAILED, type(exc).__name__)
            return
        self._note(Result.ACCEPTED)
        self._accepted_at = time.monotonic()
        for room, reason in answer.ended.items():
            self._rooms.end(room, reason)
        for room, viewers in answer.lost.items():
            for viewer in viewers:
                self._rooms.eject(room, viewer, "not-allowed")

    def _note(self, result: Result, why: str = "") -> None:
        """Count it, and log what is new."""
        if result is not Result.ACCEPTED and result is not self.last:
            does = "refuses this edge" if result is Result.REFUSED else "does not answer"
            logger.warning("The site %s: %s", does, why)
        elif result is Result.ACCEPTED and self.last not in {None, result}:
            logger.info("The site answers again.")
        self.results[result] += 1
        self.last = result

    def _news(self) -> dict[str, Any]:
        return {
            "url": self._config.url,
            "viewers": self._rooms.viewer_count(),
            "mostViewers": 0 if self._is_leaving else self._config.most_viewers,
            # Of those who watch as anybody there is nothing to look up.
            "rooms": {
                room: sorted(str(label) for label in self._rooms.labels(room) - {ANYBODY, EDGE})
                for room in self._rooms.open_keys()
            },
        }

    def _post(self, news: dict[str, Any]) -> Any:
        url = self._config.site + BEAT_PATH
        with self._session.post(
            url, json=news, timeout=_TIMEOUT, allow_redirects=False
        ) as response:
            if response.status_code in _REFUSALS:
                raise _Refused(str(response.status_code))
            if response.status_code != 200:
                raise ValueError(f"the site answered {response.status_code}")
            return response.json()
