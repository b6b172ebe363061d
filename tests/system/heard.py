"""Answers of the front as curl gets them: over HTTP/2, with headers that came twice counted twice."""

from __future__ import annotations

import subprocess
from collections import Counter

from tests.servers.fronted import FrontedSite


class Heard:
    """An answer as curl got it."""

    def __init__(self, site: FrontedSite, path: str, *options: str) -> None:
        command = ["curl", "-s", "-D", "-", "--http2", "--cacert", str(site.certificate)]
        done = subprocess.run(
            [*command, *options, f"{site.url}{path}"], capture_output=True, check=True, timeout=30
        )
        head, _, self.body = done.stdout.partition(b"\r\n\r\n")
        self.status, *lines = head.decode().split("\r\n")
        pairs = [line.split(": ", 1) for line in lines]
        self.headers = dict(pairs)
        self.count = Counter(name for name, _value in pairs)
