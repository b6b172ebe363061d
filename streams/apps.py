"""Streams: getting video from the broadcaster to viewers."""

from django.apps import AppConfig
from django.utils.translation import gettext_lazy as _


class StreamsConfig(AppConfig):
    """Stream keys, ingest, broadcasts and the relay."""

    name = "streams"
    verbose_name = _("streams")

    def ready(self) -> None:
        """Tell accounts what streams know of people, operations how sidecar and worker do, the worker what to do."""
        from streams import health, people, periodic  # noqa: PLC0415 - models can be imported only now.

        people.register()
        health.install()
        periodic.install()
