"""Streams: getting video from the broadcaster to viewers."""

from django.apps import AppConfig
from django.utils.translation import gettext_lazy as _


class StreamsConfig(AppConfig):
    """Stream keys, ingest, broadcasts and the relay."""

    name = "streams"
    verbose_name = _("streams")

    def ready(self) -> None:
        """Tell accounts what streams know of people, and operations and the doctor, how sidecar and worker do."""
        from streams import doctor, health, people  # noqa: PLC0415 - models can be imported only now.

        people.register()
        health.install()
        doctor.install()
