"""The catalogue of error codes holds every code that the sources raise, with its status; the documents hold the catalogue."""

from __future__ import annotations

import ast
from collections.abc import Iterator
from pathlib import Path
from typing import NamedTuple

from django.conf import settings

from streair.core import errors
from streair.core.api.document import code_table
from streair.core.codes import CODES
from streair.core.errors import StreAirError
from streams.edge import refusals

_ROOT = Path(settings.BASE_DIR)
_SOURCES = ["accounts", "chat", "rooms", "streair", "streams"]


class Raised(NamedTuple):
    code: str | None  # None: not written as a literal.
    status: int
    place: str


def error_classes() -> dict[str, type[StreAirError]]:
    """Return our errors by name; those that apps define are found below the tree's."""
    found: dict[str, type[StreAirError]] = {}
    waiting = [errors.StreAirError]
    while waiting:
        kind = waiting.pop()
        found[kind.__name__] = kind
        waiting += kind.__subclasses__()
    return found


def raised_in(path: Path) -> Iterator[Raised]:
    kinds = error_classes()
    for node in ast.walk(ast.parse(path.read_text())):
        if not isinstance(node, ast.Call):
            continue
        name = getattr(node.func, "id", getattr(node.func, "attr", ""))
        for keyword in node.keywords:
            if name in kinds and keyword.arg == "code":
                value = keyword.value
                code = str(value.value) if isinstance(value, ast.Constant) else None
                place = f"{path.relative_to(_ROOT)}:{node.lineno}"
                yield Raised(code, kinds[name].status, place)


def everything_raised() -> list[Raised]:
    found = [
        raised
        for folder in _SOURCES
        for path in sorted((_ROOT / folder).rglob("*.py"))
        for raised in raised_in(path)
    ]
    found += [Raised(kind.code, kind.status, kind.__name__) for kind in error_classes().values()]
    # An edge has no Django, and so a shape of its own for the same answers.
    return found + [
        Raised(each.code, each.status, "streams.edge.refusals")
        for each in vars(refusals).values()
        if isinstance(each, refusals.Refusal)
    ]


def test_every_code_is_written_as_a_literal() -> None:
    assert [raised.place for raised in everything_raised() if raised.code is None] == []


def test_every_code_is_in_the_catalogue_with_its_status() -> None:
    missing = [
        (raised.code, raised.status, raised.place)
        for raised in everything_raised()
        if raised.code is not None
        and (raised.code not in CODES or CODES[raised.code].status != raised.status)
    ]

    assert missing == []


def test_the_catalogue_holds_nothing_else_and_is_in_order() -> None:
    raised = {raised.code for raised in everything_raised() if raised.code is not None}

    assert sorted(raised) == list(CODES)


def test_the_guide_has_the_same_table() -> None:
    table = code_table()

    assert table in (_ROOT / "docs/api.md").read_text(), f"Put this into docs/api.md:\n{table}"
