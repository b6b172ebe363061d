"""Whether streams can be read where this edge reads them: the site, or another edge."""

from __future__ import annotations

import requests

from streams.edge.config import PATH, Config
from streams.outpost.lookout import Lookout

_TIMEOUT = (1.0, 1.0)
# What a browser asks before it reads from another site: answered on the way that streams go, by the
# relay itself, without a look at anything.
_PATH = f"{PATH}health.flv"
_HEADERS = {"Access-Control-Request-Method": "GET"}
_WELL = {200, 204}


class Origin(Lookout):
    """Where streams are read: EDGE_UPSTREAM, and the site itself while that one is away."""

    what = "The origin of streams"

    def __init__(self, config: Config) -> None:
        super().__init__()
        self._url = config.upstream
        self._site = config.site
        self._session = requests.Session()
        self._upstream_is_away = False

    @property
    def is_of_a_tree(self) -> bool:
        """Whether there is an edge between this one and the site."""
        return self._url != self._site

    @property
    def upstream_is_away(self) -> bool:
        """Whether that edge did not answer when it was asked last."""
        return self._upstream_is_away

    def ask(self) -> bool:
        answers = self._answers(self._url)
        self._upstream_is_away = self.is_of_a_tree and not answers
        return answers or (self.is_of_a_tree and self._answers(self._site))

    def _answers(self, url: str) -> bool:
        try:
            with self._session.options(
                url + _PATH, headers=_HEADERS, timeout=_TIMEOUT, allow_redirects=False, stream=True
            ) as response:
                return response.status_code in _WELL
        except requests.RequestException:
            return False
