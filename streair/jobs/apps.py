"""Jobs: what the worker does, when it did it, and what is waiting."""

from django.apps import AppConfig
from django.utils.translation import gettext_lazy as _


class JobsConfig(AppConfig):
    """The queue and the periodic jobs."""

    name = "streair.jobs"
    label = "jobs"
    verbose_name = _("background work")

    def ready(self) -> None:
        """Have the queue and the jobs looked after, and old tasks forgotten."""
        from streair.jobs import health, metrics, periodic  # noqa: PLC0415 - they need the models.

        health.install()
        metrics.install()
        periodic.install()
