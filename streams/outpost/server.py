"""How uvicorn serves what is asked there: heads take ten seconds at most, and nothing is written down."""

from __future__ import annotations

from typing import Any

import uvicorn

from streair.server import Protocol

# Whoever is served gets so long to take what is on its way.
STOP_SECONDS = 3


def server_config(app: Any, **more: Any) -> uvicorn.Config:
    """Return uvicorn's configuration for an application of ours."""
    return uvicorn.Config(
        app,
        http=Protocol,
        ws="none",
        lifespan="off",
        timeout_graceful_shutdown=STOP_SECONDS,
        # Addresses hold tickets.
        access_log=False,
        # Its own handlers know no secrets.
        log_config=None,
        proxy_headers=False,
        server_header=False,
        **more,
    )
