"""What is counted of the lines that nginx writes about hooks, and what is not."""

from __future__ import annotations

from collections.abc import Iterator

import pytest

from streams.sidecar.node.hook_log import HookLog


@pytest.fixture
def log() -> Iterator[HookLog]:
    made = HookLog()
    yield made
    made.close()


def packet(log: HookLog, line: str, *, mark: str = "") -> bytes:
    """Return a line as nginx sends it."""
    mark = mark or log.address.rpartition("tag=")[2]
    return f"<190>Nov 26 18:40:01 {mark}: {line}".encode()


def counted(log: HookLog) -> dict[tuple[str, ...], tuple[float, float]]:
    """Return how many there were, and how long they took in all, by hook and result."""
    values = {labels: value for labels, value in log.seconds.values() if isinstance(value, list)}
    return {labels: (sum(value[1:]), value[0]) for labels, value in values.items()}


@pytest.mark.parametrize(
    ("line", "hook", "result", "seconds"),
    [
        ("/publish|302|0.012|302", "publish", "accepted", 0.012),
        ("/publish|302|0.012|403", "publish", "failed", 0.012),  # No session's name came along.
        ("/publish|200|0.012|200", "publish", "failed", 0.012),
        ("/publish|403|0.004|403", "publish", "refused", 0.004),
        ("/publish|404|0.004|403", "publish", "failed", 0.004),
        ("/publish|502|1.001|403", "publish", "failed", 1.001),
        ("/publish|504|3.000|403", "publish", "failed", 3.0),
        ("/publish|502, 302|1.000, 0.250|302", "publish", "accepted", 1.25),
        ("/publish|502|-|403", "publish", "failed", 0),
        ("/update|204|0.003|204", "update", "accepted", 0.003),
        ("/update|403|0.003|403", "update", "refused", 0.003),
        ("/update|503|0.003|204", "update", "failed", 0.003),
        ("/done|204|0.002|204", "done", "accepted", 0.002),
        ("/done|500|0.002|500", "done", "failed", 0.002),
    ],
)
def test_a_hook_is_counted_by_what_the_site_answered(
    log: HookLog, line: str, hook: str, result: str, seconds: float
) -> None:
    log.take(packet(log, line))

    assert counted(log) == {(hook, result): (1, seconds)}


@pytest.mark.parametrize("line", ["", "/stat|200|0.1|200", "/publish|302", "/publish|a|b|302", "x"])
def test_what_is_no_hook_is_not_counted(log: HookLog, line: str) -> None:
    log.take(packet(log, line))
    log.take(line.encode() + b"\xff")

    assert counted(log) == {}


def test_another_program_of_this_machine_is_not_believed(log: HookLog) -> None:
    log.take(packet(log, "/publish|302|0.012|302", mark="0" * 32))

    assert counted(log) == {}
