"""The kernel: errors, realtime, limits and template tags that every app builds on."""

from django.apps import AppConfig


class CoreConfig(AppConfig):
    """Holds no models; listed so that its template tags are found."""

    name = "streair.core"
    label = "core"
