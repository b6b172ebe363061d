"""Looking after the parts: whatever one does, there is an answer in time."""

from __future__ import annotations

import threading

import pytest
from django.utils.translation import get_language, override

from streair.core import health
from streair.core.asking import Asker
from streair.core.health import Ailing

_PATIENCE = 0.05


@pytest.fixture(autouse=True)
def _only_the_tests_parts(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(health, "_parts", {})
    monkeypatch.setattr(health, "_asker", Asker("tests"))


def test_a_part_that_is_well_tells_its_facts() -> None:
    health.register("boiler", "Boiler", lambda: {"pressure": 2})

    (found,) = health.findings()

    assert found.is_well
    assert found.facts == {"pressure": 2}


def test_a_part_that_ails_or_breaks_says_so_and_leaks_nothing() -> None:
    def ail() -> health.Facts:
        raise Ailing("It leaks.")

    def break_down() -> health.Facts:
        raise RuntimeError("postgres://admin:password@10.0.0.1/")

    health.register("pipe", "Pipe", ail)
    health.register("pump", "Pump", break_down)

    pipe, pump = health.findings()

    assert pipe.problem == "It leaks."
    assert not pump.is_well
    assert "password" not in str(pump.problem)


def test_a_part_that_hangs_delays_nobody_and_is_not_asked_again_meanwhile() -> None:
    go_on, asked = threading.Event(), []

    def hang() -> health.Facts:
        asked.append(1)
        go_on.wait()
        return {}

    health.register("hung", "Hung", hang)
    health.register("fine", "Fine", dict)

    first, second = health.findings(seconds=_PATIENCE), health.findings(seconds=_PATIENCE)
    go_on.set()

    assert [finding.is_well for finding in first] == [False, True]
    assert [finding.is_well for finding in second] == [False, True]
    assert asked == [1]


def test_parts_can_be_asked_by_name() -> None:
    health.register("heart", "Heart", dict, is_vital=True)
    health.register("hair", "Hair", dict)

    assert [finding.part.name for finding in health.findings(health.vital())] == ["heart"]


def test_facts_are_told_in_the_language_of_whoever_asks() -> None:
    health.register("clock", "Clock", lambda: {"speaks": get_language()})

    with override("en"):
        assert health.findings()[0].facts == {"speaks": "en"}
    with override("vi"):
        assert health.findings()[0].facts == {"speaks": "vi"}
