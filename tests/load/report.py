"""The one table: what is measured, for us and for the peer, and whether the target is met."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from dataclasses import dataclass

from tests.load.audience import GOP_SECONDS

Figures = Mapping[str, float]

BUSY_LOADER = 0.9
BUSY_OTHERS = 0.1


@dataclass(frozen=True, slots=True)
class Row:
    """One figure and its target; `at_most` tells on which side of the limit is good."""

    name: str
    label: str
    unit: str = ""
    limit: float | None = None
    at_most: bool = True
    digits: int = 0
    scale: float = 1

    def show(self, figures: Figures) -> str:
        value = figures.get(self.name)
        return "–" if value is None else f"{value * self.scale:,.{self.digits}f}{self.unit}"

    def target(self) -> str:
        if self.limit is None:
            return ""
        sign = "≤" if self.at_most else "≥"
        return f"{sign} {self.limit * self.scale:,.{self.digits}f}{self.unit}"

    def verdict(self, figures: Figures) -> str:
        value = figures.get(self.name)
        if value is None or self.limit is None:
            return ""
        return "yes" if (value <= self.limit if self.at_most else value >= self.limit) else "NO"


def _fan_out_rows(viewers: int) -> list[Row]:
    name = f"{viewers} viewers"
    cost, p50, p99 = _FAN_OUT_LIMITS.get(viewers, (None, None, None))
    return [
        Row(f"cpu_us_{viewers}", f"{name}: CPU per viewer-second", " µs", cost),
        Row(f"delay_p50_{viewers}", f"{name}: delay p50", " ms", p50),
        Row(f"delay_p99_{viewers}", f"{name}: delay p99", " ms", p99),
        Row(f"faults_{viewers}", f"{name}: refused + errors + stalls + drops", "", 0),
    ]


# Viewers → CPU µs per viewer-second, delay p50 and p99 in ms.
_FAN_OUT_LIMITS: dict[int, tuple[float | None, float | None, float | None]] = {
    20: (None, None, 60),
    1000: (230, 80, 150),
}

_OTHER_ROWS = (
    Row("cpu_1000_ratio", "1000 viewers: times our CPU", "×", 4, at_most=False, digits=1),
    Row("capacity", "most viewers on one core (p99 < 1 s, no gap > 1 s)", "", 4000, at_most=False),
    Row("join_p99", "300 joins in 3 s: first keyframe p99", " ms", 300),
    Row("join_faults", "300 joins in 3 s: refused + errors + stalls + drops", "", 0),
    Row(
        "cold_max", "first viewer of a quiet room: first keyframe", " ms", GOP_SECONDS * 1000 + 300
    ),
    Row("memory_first_mb", "memory with one viewer", " MB"),
    Row("memory_viewer_kb", "memory per viewer beyond the first", " KB", 64, digits=1),
    Row(
        "quiet_room_cpu",
        "CPU of a live room without viewers: server",
        " %",
        0.002,
        digits=2,
        scale=100,
    ),
    Row(
        "quiet_room_ingest_cpu",
        "CPU of a live room without viewers: ingest",
        " %",
        digits=2,
        scale=100,
    ),
    Row("rooms_cpu", "50 rooms × 2 viewers: CPU, ingest included", " %", 0.5, scale=100),
    Row("rooms_fan_out_cpu", "50 rooms × 2 viewers: CPU of the server alone", " %", scale=100),
    Row("rooms_delay_p99", "50 rooms × 2 viewers: delay p99", " ms"),
    Row("rooms_faults", "50 rooms × 2 viewers: refused + errors + stalls + drops", "", 0),
)


def rows(audiences: Sequence[int]) -> list[Row]:
    """Return every row, in the table's order."""
    return [row for viewers in audiences for row in _fan_out_rows(viewers)] + list(_OTHER_ROWS)


def with_ratio(ours: Figures, peer: Figures) -> dict[str, float]:
    """Return our figures with how many times more the peer spends on 1000 viewers."""
    found = dict(ours)
    if ours.get("cpu_us_1000") and peer.get("cpu_us_1000"):
        found["cpu_1000_ratio"] = peer["cpu_us_1000"] / ours["cpu_us_1000"]
    return found


def table(audiences: Sequence[int], ours: Figures, peer: Figures, peer_name: str) -> str:
    """Return the table in Markdown; rows that nobody measured are left out."""
    ours = with_ratio(ours, peer)
    cells = [["Figure", "StreAir", peer_name, "Target", "Met"]]
    cells += [
        [row.label, row.show(ours), row.show(peer), row.target(), row.verdict(ours)]
        for row in rows(audiences)
        if row.name in ours or row.name in peer
    ]
    widths = [max(map(len, column)) for column in zip(*cells, strict=True)]
    lines = [_line(line, widths) for line in cells]
    rule = ["-" * widths[0]] + ["-" * (width - 1) + ":" for width in widths[1:]]
    return "\n".join([lines[0], _line(rule, widths), *lines[1:]])


def _line(cells: Sequence[str], widths: Sequence[int]) -> str:
    first = cells[0].ljust(widths[0])
    rest = [cell.rjust(width) for cell, width in zip(cells[1:], widths[1:], strict=True)]
    return "| " + " | ".join([first, *rest]) + " |"


def warnings(figures: Figures, name: str) -> list[str]:
    """Return what makes the figures doubtful: a busy load generator, or a busy machine."""
    found = [
        f"{name}: {figure.partition('_')[2]} could not be measured."
        for figure in figures
        if figure.startswith("failed_")
    ]
    found += [
        f"{name}, {figure.rpartition('_')[2]} viewers: the load generator took {share:.2f} of its "
        "core and may be what limits; discard the delay."
        for figure, share in figures.items()
        if figure.startswith("loader_cpu_") and share > BUSY_LOADER
    ]
    others = [share for figure, share in figures.items() if figure.startswith("others_cpu_")]
    if max(others, default=0) > BUSY_OTHERS:
        found.append(
            f"{name}: others took up to {max(others):.2f} of the server's core while it rested. "
            "They cannot delay it (if the bench runs as root), but they empty its caches: on a "
            "quiet machine the same work costs less."
        )
    return found


def missed(audiences: Sequence[int], ours: Figures, peer: Figures) -> list[str]:
    """Return the labels of the targets that we miss."""
    ours = with_ratio(ours, peer)
    return [row.label for row in rows(audiences) if row.verdict(ours) == "NO"]
