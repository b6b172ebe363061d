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
    """Where streams are read."""

    what = "The origin of streams"

    def __init__(self, config: Config) -> None:
        super().__init__()
        self._url = config.upstream + _PATH
        self._session = requests.Session()

    def ask(self) -> bool:
        try:
            with self._session.options(
                self._url, headers=_HEADERS, timeout=_TIMEOUT, allow_redirects=False, stream=True
            ) as response:
                return response.status_code in _WELL
        except requests.RequestException:
            return False
