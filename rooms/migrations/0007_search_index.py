"""An index for searches in the middle of a text, where PostgreSQL has one: trigrams.

Without the right to create the extension there is none, and searches read the rooms that are
open one by one. SQLite always does.
"""

import logging

from django.db import DatabaseError, migrations, transaction

logger = logging.getLogger(__name__)

INDEX = "room_search_key_trigrams"


def create(apps, schema_editor):
    connection = schema_editor.connection
    if connection.vendor != "postgresql":
        return
    try:
        with transaction.atomic(using=connection.alias), connection.cursor() as cursor:
            cursor.execute("CREATE EXTENSION IF NOT EXISTS pg_trgm")
            cursor.execute(
                f"CREATE INDEX IF NOT EXISTS {INDEX} ON rooms_room USING gin (search_key gin_trgm_ops)"
            )
    except DatabaseError as exc:
        logger.warning("Searches go without an index: %s", exc)


def drop(apps, schema_editor):
    if schema_editor.connection.vendor == "postgresql":
        schema_editor.execute(f"DROP INDEX IF EXISTS {INDEX}")


class Migration(migrations.Migration):
    dependencies = [("rooms", "0006_fill_search_key")]

    operations = [migrations.RunPython(create, drop)]
