"""What is looked at on every site, in this order; apps add theirs from their AppConfig.ready()."""

from __future__ import annotations

from django.conf import settings
from django.utils.translation import gettext_lazy as _

from streair.core import page_processes
from streair.core.doctor import machine, running, site, stores, timekeeping
from streair.core.doctor.examinations import register


def install() -> None:
    """Have all of it looked at."""
    register("secrets", _("Secrets"), site.secrets)
    register("address", _("Address"), site.address)
    register("proxies", _("Trusted proxies"), site.proxies)
    register("disk", _("Disk"), machine.disk)
    register("memory", _("Memory"), machine.memory)
    register("descriptors", _("Open files"), machine.descriptors)
    register("database", _("Database"), stores.database)
    register("migrations", _("Tables"), stores.migrations, needs="database")
    register("clock", _("Clock"), stores.clock, needs="database")
    register("ntp", "NTP", timekeeping.kept)
    register("cache", _("Redis"), stores.cache)
    register("mail", _("Mail"), site.mail)
    register("site", _("Site"), running.site)
    if settings.PAGES_APART:
        register(page_processes.NAME, _("Pages"), running.pages)
