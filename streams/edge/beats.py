"""What edge and site tell each other once a second."""

from __future__ import annotations

import asyncio
import logging
from collections.abc import Mapping, Sequence
from dataclasses import dataclass, field
from typing import Any

import requests

from streams.edge.config import BEAT_PATH, Config
from streams.edge.tickets import ANYBODY, EDGE
from streams.relay.rooms import Rooms

logger = logging.getLogger(__name__)

SECONDS = 1.0
_TIMEOUT = (1.0, 2.0)


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
        self._config = config
        self._rooms = rooms
        self._session = requests.Session()
        self._session.headers["Authorization"] = f"Bearer {config.secret}"
        self._is_away = False
        self._is_leaving = False
        self._one_at_a_time = asyncio.Lock()

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
        except (requests.RequestException, ValueError) as exc:
            if not self._is_away:
                logger.warning("The site does not answer: %s", type(exc).__name__)
            self._is_away = True
            return
        if self._is_away:
            logger.info("The site answers again.")
        self._is_away = False
        for room, reason in answer.ended.items():
            self._rooms.end(room, reason)
        for room, viewers in answer.lost.items():
            for viewer in viewers:
                self._rooms.eject(room, viewer, "not-allowed")

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
            response.raise_for_status()
            if response.status_code != 200:
                raise ValueError(f"the site answered {response.status_code}")
            return response.json()
