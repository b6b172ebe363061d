"""Old code goes on while a new version brings the tables up to date: what migrations may do."""

from __future__ import annotations

from collections.abc import Iterator
from typing import Any

import pytest
from django.db import connection, migrations, models
from django.db.migrations.loader import MigrationLoader
from django.db.migrations.operations.base import Operation
from django.db.migrations.state import ProjectState

# The last of each app that nobody ran beside older code. From here on it holds.
BASELINE = {
    "accounts": "0012_notifications",
    "chat": "0005_rules_and_temporary_modes",
    "core": "0001_site_settings",
    "jobs": "0001_periodic_jobs",
    "rooms": "0014_room_hides_viewers",
    "streams": "0004_publisher_node",
}
# What adds, or changes nothing in the database.
_HARMLESS = (
    migrations.CreateModel,
    migrations.AddIndex,
    migrations.RemoveIndex,
    migrations.RenameIndex,
    migrations.RunPython,
    migrations.AlterModelOptions,
    migrations.AlterModelManagers,
)


def harm(operation: Operation, app: str, before: ProjectState) -> str | None:
    """Return what this would do to code that does not know of it, or None."""
    if isinstance(operation, migrations.SeparateDatabaseAndState):
        found = (harm(each, app, before) for each in operation.database_operations)
        return next(filter(None, found), None)
    if isinstance(operation, migrations.AddField):
        field = operation.field
        is_free = field.null or field.many_to_many or field.has_db_default()
        return None if is_free else "old code writes rows without it: null=True or db_default"
    if isinstance(operation, migrations.AlterField):
        after = before.clone()
        operation.state_forwards(app, after)
        was, becomes = (
            state.apps.get_model(app, operation.model_name)._meta.get_field(operation.name)
            for state in (before, after)
        )
        editor: Any = connection.SchemaEditorClass(connection, collect_sql=True)
        is_same = not editor._field_should_be_altered(was, becomes)
        is_wider = isinstance(was, models.CharField) and _is_wider(was, becomes)
        return None if is_same or is_wider else "the column is another one"
    if isinstance(operation, _HARMLESS):
        return None
    return "it takes something away, or forbids something"


def _is_wider(was: models.CharField[str, str], becomes: Any) -> bool:
    if type(becomes) is not type(was) or becomes.null < was.null:
        return False
    return (becomes.max_length or 0) >= (was.max_length or 0)


def since_the_baseline() -> Iterator[tuple[str, str, Operation, ProjectState]]:
    """Yield every operation after it, with the state before it."""
    loader = MigrationLoader(None)
    for app, name in loader.graph._generate_plan(loader.graph.leaf_nodes(), at_end=True):
        if app not in BASELINE or name <= BASELINE[app]:
            continue
        state = loader.project_state((app, name), at_end=False)
        for operation in loader.graph.nodes[app, name].operations:
            yield app, name, operation, state.clone()
            operation.state_forwards(app, state)


def test_every_app_of_ours_has_a_baseline_that_exists() -> None:
    nodes = MigrationLoader(None).graph.nodes

    assert all(key in nodes for key in BASELINE.items())


def test_migrations_only_add() -> None:
    found = {
        f"{app}.{name}: {operation.describe()}": fault
        for app, name, operation, before in since_the_baseline()
        if (fault := harm(operation, app, before))
    }

    assert found == {}


def _state() -> ProjectState:
    state = ProjectState()
    fields: list[tuple[str, models.Field[Any, Any]]] = [
        ("id", models.BigAutoField(primary_key=True)),
        ("name", models.CharField(max_length=5)),
    ]
    migrations.CreateModel("Thing", fields).state_forwards("rooms", state)
    return state


@pytest.mark.parametrize(
    ("operation", "is_harmless"),
    [
        (migrations.AddField("thing", "more", models.IntegerField(null=True)), True),
        (migrations.AddField("thing", "more", models.IntegerField(db_default=0)), True),
        (migrations.AddField("thing", "more", models.IntegerField(default=0)), False),
        (migrations.RemoveField("thing", "name"), False),
        (migrations.RenameField("thing", "name", "title"), False),
        (migrations.DeleteModel("Thing"), False),
        (migrations.AlterField("thing", "name", models.CharField(max_length=9)), True),
        (
            migrations.AlterField("thing", "name", models.CharField(max_length=5, help_text="?")),
            True,
        ),
        (migrations.AlterField("thing", "name", models.CharField(max_length=3)), False),
        (migrations.AlterField("thing", "name", models.IntegerField()), False),
        (migrations.RunSQL("DROP TABLE thing"), False),
    ],
    ids=lambda value: value.describe() if isinstance(value, Operation) else "",
)
def test_what_is_harmless(operation: Operation, is_harmless: bool) -> None:
    assert (harm(operation, "rooms", _state()) is None) is is_harmless
