"""Rooms: the places that streams happen in."""

from django.apps import AppConfig
from django.utils.translation import gettext_lazy as _


class RoomsConfig(AppConfig):
    """Rooms, their categories and who is in them."""

    name = "rooms"
    verbose_name = _("rooms")

    def ready(self) -> None:
        """Show on the operations page how much goes on; hear of new names."""
        from accounts import registry  # noqa: PLC0415 - they need the models.
        from rooms import health, services  # noqa: PLC0415

        health.install()
        registry.reacts_to_renaming(services.refresh_search_of_owner)
