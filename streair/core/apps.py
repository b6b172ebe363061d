"""The kernel: errors, realtime, limits and template tags that every app builds on."""

from django.apps import AppConfig
from django.utils.translation import gettext_lazy as _


class CoreConfig(AppConfig):
    """Holds one row, which says what the site is called and looks like."""

    name = "streair.core"
    label = "core"
    verbose_name = _("Site")

    def ready(self) -> None:
        """Tell the doctor what is looked at on every site, and have pages looked after and queries measured."""
        from streair.core import page_processes  # noqa: PLC0415 - its texts need the registry of apps.
        from streair.core.doctor import standard  # noqa: PLC0415 - likewise.
        from streair.core.metrics import queries  # noqa: PLC0415 - likewise.

        standard.install()
        page_processes.install()
        queries.install()
