"""Streams: getting video from the broadcaster to viewers."""

from django.apps import AppConfig
from django.utils.translation import gettext_lazy as _


class StreamsConfig(AppConfig):
    """Stream keys, ingest, broadcasts and the relay."""

    name = "streams"
    verbose_name = _("streams")

    def ready(self) -> None:
        """Tell accounts what streams know of people, and those who look after the site how sidecar and worker do."""
        from streams import (  # noqa: PLC0415 - models can be imported only now.
            doctor,
            health,
            metrics,
            people,
            periodic,
        )

        people.register()
        health.install()
        doctor.install()
        metrics.install()
        periodic.install()
