"""docs/protocol.md says what the code does: neither knows something the other does not."""

from __future__ import annotations

import dataclasses
import re
from importlib import import_module
from importlib.util import find_spec
from pathlib import Path

from chat.consumers import ChatConsumer
from chat.overlay_consumer import OverlayConsumer
from streair.core.realtime.close_codes import CloseCode
from streair.core.realtime.events import Event, _camel

_ROOT = Path(__file__).resolve().parent.parent.parent
_PAGE = (_ROOT / "docs/protocol.md").read_text()
# Told by the sockets' side itself, not published by services.
_OWN_EVENTS = {"viewer-joined", "viewer-left", "room-state", "room-locked", "rights-changed"}
# Sent by the server below us, or by any application.
_FOREIGN_CODES = {1012}


def rows(heading: str) -> list[list[str]]:
    """Return the cells of the table below `heading`, its head left out."""
    section = _PAGE.split(f"\n## {heading}\n")[1].split("\n## ")[0]
    lines = [line for line in section.splitlines() if line.startswith("|")]
    return [line.split("|")[1:] for line in lines[2:]]


def names(cell: str) -> list[str]:
    """Return what stands in a cell, without code marks and question marks."""
    return [name for name in re.split(r"[`,?\s]+", cell) if name]


def first_column(heading: str) -> list[str]:
    """Return the names in the first column of the table below `heading`."""
    return [name for row in rows(heading) for name in names(row[0])]


def published_events() -> list[type[Event]]:
    """Return the events that the apps publish."""
    found: list[type[Event]] = []
    for app in ("accounts", "rooms", "chat", "streams"):
        if find_spec(f"{app}.events"):
            members = vars(import_module(f"{app}.events")).values()
            found += [
                each for each in members if isinstance(each, type) and issubclass(each, Event)
            ]
    return [each for each in found if each is not Event]


def test_every_command_is_documented_and_there() -> None:
    assert set(first_column("Commands")) == set(ChatConsumer.commands)
    assert set(first_column("Overlays")) == set(OverlayConsumer.commands)


def test_every_event_is_documented_and_published() -> None:
    published = {event.name for event in published_events()}

    assert set(first_column("Events")) == published | _OWN_EVENTS


def test_every_event_has_the_fields_that_are_documented() -> None:
    documented = {names(row[0])[0]: names(row[1]) for row in rows("Events")}

    for event in published_events():
        fields = [_camel(field.name) for field in dataclasses.fields(event)]
        assert documented[event.name] in (fields, ["…"]), event.name


def test_own_events_are_in_the_code() -> None:
    folders = [_ROOT / "chat", _ROOT / "rooms"]
    code = "".join(path.read_text() for folder in folders for path in folder.rglob("*.py"))

    assert {name for name in _OWN_EVENTS if f'"{name}"' not in code} == set()


def test_every_close_code_is_documented_and_used() -> None:
    documented = {int(code) for code in first_column("Closing")}

    assert documented - _FOREIGN_CODES == {int(code) for code in CloseCode}


def test_every_error_code_is_in_the_code() -> None:
    folders = [_ROOT / "chat", _ROOT / "rooms", _ROOT / "streair/core"]
    code = "".join(path.read_text() for folder in folders for path in folder.rglob("*.py"))

    assert [name for name in first_column("Errors") if f'"{name}"' not in code] == []
