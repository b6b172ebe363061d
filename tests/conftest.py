"""What every test gets: a clean cache and channel layer; the real servers by name."""

from __future__ import annotations

import gc
import logging
from collections.abc import Generator, Iterator

import hypothesis
import psycopg
import pytest
from channels.layers import channel_layers
from django.core.cache import caches
from django.db import connection
from django.utils import translation

from streair.core import brand
from tests.canaries import Listener
from tests.servers.process import ServerError, last_words, wait_until

# How long one example takes says more about the machine's other work than about the code.
hypothesis.settings.register_profile("tests", deadline=None)
hypothesis.settings.load_profile("tests")

pytest_plugins = ["tests.servers.fixtures"]


@pytest.hookimpl(wrapper=True)
def pytest_runtest_makereport() -> Generator[None, pytest.TestReport, pytest.TestReport]:
    """Show beside a failure what the servers said, which are gone when somebody reads it."""
    report = yield
    if report.failed and (said := last_words()):
        report.sections.append(("What servers said last", said))
    return report


@pytest.fixture(autouse=True)
def _nothing_left_over() -> Iterator[None]:
    """Forget what the last test cached, sent to a group, or called the site, and in which language it spoke."""
    brand.remember(brand.by_environment())
    translation.deactivate()
    yield
    translation.deactivate()
    for each in caches.all(initialized_only=True):
        each.clear()
    channel_layers.backends.clear()


@pytest.fixture(scope="session")
def _nobody_holds_on(django_db_setup: None) -> Iterator[None]:
    """Let go of connections that ended loops still hold: the database is about to be dropped.

    Their threads end once the loop is collected as garbage, and leave some themselves.
    """
    yield
    gc.collect()
    if connection.vendor == "postgresql":
        connection.close()
        connection.close_pool()  # type: ignore[attr-defined] # Of this kind of database alone.
        params = connection.get_connection_params()
        params.pop("cursor_factory", None)
        with psycopg.connect(**params, autocommit=True) as admin:
            try:
                wait_until(lambda: not _others(admin), what="everybody to let go of the database")
            except ServerError as exc:
                raise ServerError(f"{exc}: {_others(admin)}") from None


def _others(admin: psycopg.Connection[tuple[str]]) -> list[tuple[str]]:
    """Return what other connections to the database asked last."""
    gc.collect()
    found = admin.execute(
        "SELECT state || ': ' || query FROM pg_stat_activity"
        " WHERE datname = current_database() AND pid <> pg_backend_pid()"
    )
    return found.fetchall()


@pytest.fixture(autouse=True)
def _database_is_let_go(request: pytest.FixtureRequest) -> None:
    if request.node.get_closest_marker("django_db"):
        request.getfixturevalue("_nobody_holds_on")


@pytest.fixture(autouse=True)
def _no_secrets_in_the_log() -> Iterator[None]:
    """Whatever a test is about: nothing that it had logged is for nobody's eyes."""
    listener = Listener()
    logging.getLogger().addHandler(listener)
    yield
    logging.getLogger().removeHandler(listener)
    assert listener.found == []
