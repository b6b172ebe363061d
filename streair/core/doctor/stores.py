"""Where things are kept: the database and its tables, the cache, the clock that they share with us."""

from __future__ import annotations

import time

import redis
from django.conf import settings
from django.db import DatabaseError, connection
from django.db.migrations.executor import MigrationExecutor
from django.utils.translation import gettext as _

from streair.core import place
from streair.core.doctor.examinations import Unwell

# Tokens allow five seconds between the clocks of several machines.
_CLOCK_SECONDS = 2.0
_REDIS_SECONDS = 2.0


def database() -> str:
    """It answers."""
    try:
        with connection.cursor() as cursor:
            cursor.execute(
                "SELECT sqlite_version()"
                if connection.vendor == "sqlite"
                else "SHOW server_version"
            )
            (version,) = cursor.fetchone()
    except DatabaseError as exc:
        raise Unwell(
            _("The database does not answer: %s") % str(exc).strip(),
            _("Check DATABASE_URL, and that the server runs and lets this machine in."),
        ) from exc
    if connection.vendor == "sqlite" and settings.WEB_WORKERS > 1:
        raise Unwell(
            _("SQLite %s for several web processes: writers wait for each other.") % version,
            _("Set DATABASE_URL to a PostgreSQL."),
            is_serious=False,
        )
    return f"{connection.display_name} {version}"


def migrations() -> str:
    """Its tables are those of this StreAir."""
    executor = MigrationExecutor(connection)
    missing = executor.migration_plan(executor.loader.graph.leaf_nodes())
    if missing:
        raise Unwell(
            _("%d changes of the tables are missing.") % len(missing),
            _("Run `deploy/install` again, or `manage.py migrate`.")
            if place.is_installed()
            else _("Run `manage.py migrate`; `make run` does so when it starts."),
        )
    return _("All tables are up to date.")


def cache() -> str:
    """Redis answers, is new enough and throws nothing away."""
    if not settings.REDIS_URL:
        return _("Inside the one web process. Set REDIS_URL to run several.")
    try:
        client = redis.Redis.from_url(
            settings.REDIS_URL,
            socket_connect_timeout=_REDIS_SECONDS,
            socket_timeout=_REDIS_SECONDS,
        )
        with client:
            started = time.perf_counter()
            client.ping()
            milliseconds = (time.perf_counter() - started) * 1000
            version = str(client.info("server")["redis_version"])
            policy = str(client.info("memory").get("maxmemory_policy", "noeviction"))
    except redis.RedisError as exc:
        raise Unwell(
            _("Redis does not answer: %s") % exc,
            _("Check REDIS_URL and that it runs. Until then pages are told nothing as it happens."),
        ) from exc
    said = f"Redis {version}, {milliseconds:.1f} ms"
    if policy.startswith("allkeys"):
        raise Unwell(
            _("%(redis)s throws away what it likes (maxmemory-policy %(policy)s).")
            % {"redis": said, "policy": policy},
            _("Set maxmemory-policy to noeviction or volatile-lru."),
            is_serious=False,
        )
    return said


def clock() -> str:
    """It agrees with the database's machine."""
    if connection.vendor != "postgresql":
        return _("There is no other machine to compare it with.")
    with connection.cursor() as cursor:
        before = time.time()
        cursor.execute("SELECT extract(epoch FROM clock_timestamp())")
        (theirs,) = cursor.fetchone()
        ours = (before + time.time()) / 2
    apart = abs(float(theirs) - ours)
    if apart > _CLOCK_SECONDS:
        raise Unwell(
            _("It is %.1f s apart from the database's clock.") % apart,
            _("Have every machine set its clock: `timedatectl set-ntp true`."),
        )
    return _("It agrees with the database's to %.2f s.") % apart
