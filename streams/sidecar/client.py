"""Asking a sidecar over its own HTTP port: bounded in time and size, whatever it does."""

from __future__ import annotations

import socket
import ssl
import threading
from collections.abc import Iterator, Mapping
from contextlib import closing, contextmanager, suppress
from dataclasses import dataclass
from http.client import HTTPConnection, HTTPException
from urllib.parse import urlencode, urlsplit

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
    """Return a sidecar's answer to GET. `secret`: what it shares with us. Raises SidecarDown.

    Timeouts of sockets begin anew with every byte: who sends one now and then is hung up on
    `seconds` after the connection was made. No proxy in between is to see the secret.
    """
    parts = urlsplit(url)
    headers = {SECRET_HEADER: secret} if secret else {}
    path = f"{parts.path}?{urlencode(query)}" if query else parts.path
    try:
        connection = HTTPConnection(parts.hostname or "", parts.port or _PORTS[parts.scheme])
        raw = socket.create_connection((connection.host, connection.port), timeout=seconds)
        with raw, closing(connection), _hung_up_after(seconds, raw):
            connection.sock = _secured(raw, connection.host) if parts.scheme == "https" else raw
            connection.request("GET", path, headers=headers)
            response = connection.getresponse()
            body = response.read(MOST_BYTES + 1)
    except (HTTPException, OSError, ValueError, KeyError) as exc:
        raise SidecarDown("The sidecar does not answer.") from exc
    if response.status != 200 or len(body) > MOST_BYTES:
        raise SidecarDown(f"The sidecar answered {response.status}, {len(body)} bytes.")
    return Answer(body=body, boot=response.headers.get(BOOT_HEADER, ""))


_PORTS = {"http": 80, "https": 443}


def _secured(raw: socket.socket, host: str) -> socket.socket:
    return ssl.create_default_context().wrap_socket(raw, server_hostname=host)


@contextmanager
def _hung_up_after(seconds: float, connection: socket.socket) -> Iterator[None]:
    """Hang up when the block takes longer; raises TimeoutError at its end then."""
    # TLS takes the socket away from `connection`.
    with connection.dup() as line:
        is_late = threading.Event()

        def hang_up() -> None:
            is_late.set()
            with suppress(OSError):
                line.shutdown(socket.SHUT_RDWR)

        timer = threading.Timer(seconds, hang_up)
        timer.daemon = True
        timer.start()
        try:
            yield
        finally:
            timer.cancel()
            timer.join()
    if is_late.is_set():
        # What came looks whole when nobody said how long it is.
        raise TimeoutError
