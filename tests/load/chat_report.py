"""The chat bench's table: what is measured, on ours and on the others, and whether the target is met."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass


@dataclass(frozen=True, slots=True)
class Row:
    """One figure of ours, and perhaps another's, and what it must be: of the other's, or by itself."""

    label: str
    ours: float
    theirs: float | None = None
    unit: str = ""
    at_most: float | None = None
    at_least: float | None = None
    peer: str = "socket.io"
    note: str = ""

    @property
    def ratio(self) -> float | None:
        return self.ours / self.theirs if self.theirs else None

    @property
    def is_met(self) -> bool | None:
        """Whether the target is met; None when there is none."""
        value = self.ours if self.theirs is None else self.ratio
        if value is None or (self.at_most is None and self.at_least is None):
            return None
        return (self.at_most is None or value <= self.at_most) and (
            self.at_least is None or value >= self.at_least
        )

    def cells(self) -> list[str]:
        target = f"≤ {self.at_most:g}" if self.at_most is not None else ""
        target = f"≥ {self.at_least:g}" if self.at_least is not None else target
        return [
            self.label,
            _number(self.ours, self.unit),
            "" if self.theirs is None else f"{_number(self.theirs, self.unit)} ({self.peer})",
            "" if self.ratio is None else f"{self.ratio:.2f}",
            target,
            {None: "", True: "yes", False: "NO"}[self.is_met],
            self.note,
        ]


def _number(value: float, unit: str) -> str:
    digits = 0 if abs(value) >= 100 else 1 if abs(value) >= 10 else 2
    return f"{value:,.{digits}f}{unit}"


def table(rows: list[Row]) -> str:
    """Return the rows in Markdown."""
    head = ["Figure", "StreAir", "Other", "Ratio", "Target", "Met", "Load"]
    cells = [head, *(row.cells() for row in rows)]
    widths = [max(map(len, column)) for column in zip(*cells, strict=True)]
    lines = [
        "| "
        + " | ".join(cell.ljust(width) for cell, width in zip(line, widths, strict=True))
        + " |"
        for line in cells
    ]
    rule = "| " + " | ".join("-" * width for width in widths) + " |"
    return "\n".join([lines[0], rule, *lines[1:]])


def losses(label: str, figures: Mapping[str, float]) -> Row:
    """Return the row that says whether everybody heard everything, in order."""
    return Row(
        f"{label}: lost or out of order", figures["missing"] + figures["disorder"], at_most=0
    )
