"""Rooms: the places that streams happen in."""

from django.apps import AppConfig
from django.utils.translation import gettext_lazy as _


class RoomsConfig(AppConfig):
    """Rooms, their categories and who is in them."""

    name = "rooms"
    verbose_name = _("rooms")

    def ready(self) -> None:
        """Tell accounts what rooms know of people, operations how much goes on, the worker what to do."""
        from rooms import health, metrics, people, periodic  # noqa: PLC0415 - they need the models.

        people.register()
        health.install()
        metrics.install()
        periodic.install()
