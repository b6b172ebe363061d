"""The kernel: errors, realtime, limits and template tags that every app builds on."""

from django.apps import AppConfig


class CoreConfig(AppConfig):
    """Holds one row, which says what the site is called and looks like."""

    name = "streair.core"
    label = "core"

    def ready(self) -> None:
        """Tell the doctor what is looked at on every site."""
        from streair.core.doctor import standard  # noqa: PLC0415 - its texts need the registry of apps.

        standard.install()
