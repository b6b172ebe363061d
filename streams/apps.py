"""Streams: getting video from the broadcaster to viewers."""

from django.apps import AppConfig
from django.utils.translation import gettext_lazy as _


class StreamsConfig(AppConfig):
    """Stream keys, ingest, broadcasts and the relay."""

    name = "streams"
    verbose_name = _("streams")

    def ready(self) -> None:
        """Show on the operations page how sidecar and worker do."""
        from streams import health  # noqa: PLC0415 - it needs the models.

        health.install()
