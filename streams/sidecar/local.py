"""The setup of this machine's own sidecar, from the site's settings."""

from __future__ import annotations

from django.conf import settings

from streams.sidecar.setup import Setup


def setup() -> Setup:
    """Return it."""
    return Setup(
        home=settings.DATA_DIR / "sidecar",
        module=str(settings.RTMP_MODULE),
        memory_mb=settings.SIDECAR_MEMORY_MB,
        rtmp_port=settings.RTMP_PORT,
        port=settings.SIDECAR_PORT,
        hooks=f"http://127.0.0.1:{settings.PORT}/hooks",
        secret=str(settings.HOOK_SECRET),
    )
