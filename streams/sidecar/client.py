"""Asking a sidecar over its own HTTP port: bounded in time and size."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass

import requests
from urllib3.exceptions import HTTPError

TIMEOUT_SECONDS = 1.5
MOST_BYTES = 8 * 1024 * 1024
BOOT_HEADER = "X-Sidecar-Boot"
SECRET_HEADER = "X-Hook-Secret"  # noqa: S105 - the header's name.


class SidecarDown(Exception):
    """The sidecar does not answer, or not with anything we understand."""


@dataclass(frozen=True, slots=True)
class Answer:
    """A body and the boot of the nginx that gave it."""

    body: bytes
    boot: str


def ask(
    url: str,
    query: Mapping[str, str] | None = None,
    *,
    secret: str = "",
    seconds: float = TIMEOUT_SECONDS,
) -> Answer:
    """Return a sidecar's answer to GET. `secret`: what it shares with us. Raises SidecarDown."""
    headers = {SECRET_HEADER: secret} if secret else {}
    try:
        with requests.Session() as session:
            session.trust_env = False  # No proxy in between is to see the secret.
            response = session.get(
                url,
                params=query,
                headers=headers,
                timeout=seconds,
                stream=True,
                allow_redirects=False,
            )
            body = response.raw.read(MOST_BYTES + 1)
    except (requests.RequestException, HTTPError, OSError) as exc:
        raise SidecarDown("The sidecar does not answer.") from exc
    if response.status_code != 200 or len(body) > MOST_BYTES:
        raise SidecarDown(f"The sidecar answered {response.status_code}, {len(body)} bytes.")
    return Answer(body=body, boot=response.headers.get(BOOT_HEADER, ""))
