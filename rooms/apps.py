"""Rooms: the places that streams happen in."""

from django.apps import AppConfig
from django.utils.translation import gettext_lazy as _


class RoomsConfig(AppConfig):
    """Rooms, their categories and who is in them."""

    name = "rooms"
    verbose_name = _("rooms")
