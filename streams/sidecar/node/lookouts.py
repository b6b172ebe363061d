"""What a node looks at again and again: its nginx, and by way of that the site."""

from __future__ import annotations

import requests

from streams.outpost.lookout import Lookout
from streams.sidecar import client
from streams.sidecar.client import Answer, SidecarDown
from streams.sidecar.stat import parse, received_bytes

# nginx itself gives the site two seconds.
_TIMEOUT = (1.0, 2.5)
_UNKNOWN = {403, 404}


class Rtmp(Lookout):
    """Whether nginx answers, who publishes, and how much has come from them."""

    what = "nginx-rtmp"

    def __init__(self, port: int) -> None:
        super().__init__()
        self.encoders = self.kbps = 0
        self._url = f"http://127.0.0.1:{port}/stat"
        self._boot = ""
        self._received = self._received_before = 0

    @property
    def received(self) -> int:
        """How many bytes have come in since we began: never less, also when nginx begins anew."""
        return self._received_before + self._received

    def ask(self) -> bool:
        try:
            answer = client.ask(self._url)
            publishers, received = parse(answer.body), received_bytes(answer.body)
        except SidecarDown:
            self.encoders = self.kbps = 0
            return False
        self.encoders = len(publishers)
        self.kbps = sum(one.video_kbps + one.audio_kbps for one in publishers)
        self._count(answer, received)
        return True

    def _count(self, answer: Answer, received: int) -> None:
        if answer.boot != self._boot:
            self._received_before += self._received
            self._boot = answer.boot
        self._received = received


class Site(Lookout):
    """Whether the site answers hooks, asked on the way that they go."""

    what = "The site"

    def __init__(self, port: int) -> None:
        super().__init__()
        self.is_refusing = False  # It answers, and knows no such node or another secret.
        self._url = f"http://127.0.0.1:{port}/here"
        self._session = requests.Session()

    def ask(self) -> bool:
        try:
            with self._session.post(
                self._url, timeout=_TIMEOUT, allow_redirects=False, stream=True
            ) as response:
                self.is_refusing = response.status_code in _UNKNOWN
                return response.status_code == 204
        except requests.RequestException:
            self.is_refusing = False
            return False
