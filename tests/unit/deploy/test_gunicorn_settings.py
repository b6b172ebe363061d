"""What gunicorn is told: several workers listen each for itself, but never beside another program."""

from __future__ import annotations

import logging
import socket
from collections.abc import Iterator
from types import SimpleNamespace

import pytest

from deploy import gunicorn_settings


@pytest.fixture
def taken() -> Iterator[int]:
    """A port at which somebody listens who would share it, as a second copy of ours does."""
    with socket.socket() as listener:
        listener.setsockopt(socket.SOL_SOCKET, socket.SO_REUSEPORT, 1)
        listener.bind(("127.0.0.1", 0))
        listener.listen()
        yield listener.getsockname()[1]


def start(port: int, *, reuse_port: bool = True) -> None:
    cfg = SimpleNamespace(reuse_port=reuse_port, address=[("127.0.0.1", port)])
    gunicorn_settings.on_starting(SimpleNamespace(cfg=cfg, log=logging.getLogger("gunicorn.error")))


def test_a_port_that_is_taken_is_refused(taken: int, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(gunicorn_settings, "_PATIENCE_SECONDS", 0.3)

    with pytest.raises(SystemExit):
        start(taken)


def test_a_free_one_is_not_and_one_socket_for_all_is_gunicorns_own_business(taken: int) -> None:
    start(0)
    start(taken, reuse_port=False)
