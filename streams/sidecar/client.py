"""Asking the sidecar over its own HTTP port, on loopback: bounded in time and size."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass

import requests
from django.conf import settings

TIMEOUT_SECONDS = 1.5
MOST_BYTES = 8 * 1024 * 1024
BOOT_HEADER = "X-Sidecar-Boot"


class SidecarDown(Exception):
    """The sidecar does not answer, or not with anything we understand."""


@dataclass(frozen=True, slots=True)
class Answer:
    """A body and the boot of the nginx that gave it."""

    body: bytes
    boot: str


def ask(
    path: str, query: Mapping[str, str] | None = None, *, seconds: float = TIMEOUT_SECONDS
) -> Answer:
    """Return the sidecar's answer to GET `path`. Raises SidecarDown."""
    url = f"http://127.0.0.1:{settings.SIDECAR_PORT}{path}"
    try:
        with requests.get(
            url, params=query, timeout=seconds, stream=True, allow_redirects=False
        ) as response:
            body = response.raw.read(MOST_BYTES + 1)
    except (requests.RequestException, OSError) as exc:
        raise SidecarDown("The sidecar does not answer.") from exc
    if response.status_code != 200 or len(body) > MOST_BYTES:
        raise SidecarDown(f"The sidecar answered {response.status_code}, {len(body)} bytes.")
    return Answer(body=body, boot=response.headers.get(BOOT_HEADER, ""))
