"""Without Redis the sockets live in one process: how the worker and commands reach them.

The in-process channel layer ends at the process. Whoever publishes elsewhere posts the
message to the web process on loopback, which puts it on its own layer.
"""

from __future__ import annotations

import logging
from typing import Any

import requests
from django.conf import settings

from streair.core.internal import SECRET_HEADER

logger = logging.getLogger(__name__)

PATH = "/hooks/event"

_sockets_are_here = False


def claim_sockets() -> None:
    """Say that this process holds the sockets; `streair.asgi` does."""
    global _sockets_are_here  # noqa: PLW0603 - a fact about the process.
    _sockets_are_here = True


def sockets_are_here() -> bool:
    """Whether the sockets are in this process."""
    return _sockets_are_here


def carry(group: str, message: dict[str, Any]) -> None:
    """Post `message` to the web process. If that is down there is no socket to tell."""
    try:
        requests.post(
            f"http://127.0.0.1:{settings.PORT}{PATH}",
            json={"group": group, "message": message},
            headers={"Host": settings.HOOK_HOST, SECRET_HEADER: settings.HOOK_SECRET},
            timeout=2,
        )
    except requests.RequestException:
        logger.info("The web process did not take the event %s.", message.get("event"))
