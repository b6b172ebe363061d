"""Searches have an index where the database can have one, and a site starts where it cannot."""

from __future__ import annotations

from importlib import import_module
from types import SimpleNamespace

import pytest
from django.apps import apps
from django.db import connection

pytestmark = pytest.mark.django_db

migration = import_module("rooms.migrations.0007_search_index")
HAS_TRIGRAMS = connection.vendor == "postgresql"


def indexes() -> set[str]:
    with connection.cursor() as cursor:
        return set(connection.introspection.get_constraints(cursor, "rooms_room"))


def test_postgresql_has_an_index_for_the_middle_of_a_text() -> None:
    assert (migration.INDEX in indexes()) == HAS_TRIGRAMS


def test_a_role_without_rights_goes_without_the_index() -> None:
    with connection.cursor() as cursor:
        if HAS_TRIGRAMS:
            cursor.execute(f"DROP INDEX {migration.INDEX}")
            cursor.execute("CREATE ROLE nobody_in_particular")
            cursor.execute("GRANT SELECT ON rooms_room TO nobody_in_particular")
            cursor.execute("SET ROLE nobody_in_particular")
        migration.create(apps, SimpleNamespace(connection=connection))
        if HAS_TRIGRAMS:
            cursor.execute("RESET ROLE")

    assert migration.INDEX not in indexes()
