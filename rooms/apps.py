"""Rooms: the places that streams happen in."""

from django.apps import AppConfig
from django.utils.translation import gettext_lazy as _


class RoomsConfig(AppConfig):
    """Rooms, their categories and who is in them."""

    name = "rooms"
    verbose_name = _("rooms")

    def ready(self) -> None:
        """Show on the operations page how much goes on."""
        from rooms import health  # noqa: PLC0415 - it needs the models.

        health.install()
