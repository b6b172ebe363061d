"""Whether streams can be read where this edge reads them: the site, or another edge."""

from __future__ import annotations

import asyncio
import logging
import time

import requests

from streams.edge.config import PATH, Config

logger = logging.getLogger(__name__)

SECONDS = 2.0
# Nothing was found out for so long: the last thing we know means nothing.
_STALE_SECONDS = 10.0
_TIMEOUT = (1.0, 1.0)
# What a browser asks before it reads from another site: answered on the way that streams go, by the
# relay itself, without a look at anything.
_PATH = f"{PATH}health.flv"
_HEADERS = {"Access-Control-Request-Method": "GET"}
_WELL = {200, 204}


class Origin:
    """Asked again and again, so that whoever wants to know of it waits for nobody."""

    def __init__(self, config: Config) -> None:
        self._url = config.upstream + _PATH
        self._session = requests.Session()
        self._answered = False
        self._looked_at = float("-inf")

    @property
    def is_reachable(self) -> bool:
        """Whether it answered when it was asked last, a moment ago."""
        return self._answered and time.monotonic() < self._looked_at + _STALE_SECONDS

    async def run(self) -> None:
        """Look for ever."""
        while True:
            await self.look()
            await asyncio.sleep(SECONDS)

    async def look(self) -> None:
        """Look once."""
        answered = await asyncio.to_thread(self._answers)
        if answered != self._answered:
            logger.info("The origin of streams %s.", "answers" if answered else "does not answer")
        self._answered, self._looked_at = answered, time.monotonic()

    def _answers(self) -> bool:
        try:
            with self._session.options(
                self._url, headers=_HEADERS, timeout=_TIMEOUT, allow_redirects=False, stream=True
            ) as response:
                return response.status_code in _WELL
        except requests.RequestException:
            return False
