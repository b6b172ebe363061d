"""The bench's arithmetic: medians, the search for the most viewers, verdicts."""

from __future__ import annotations

import pytest

from tests.load import report
from tests.load.scenarios import Effort, median_of, most


@pytest.mark.parametrize("limit", [0, 260, 2999, 3000, 4100, 6800])
def test_the_search_finds_the_most_viewers_that_hold(limit: int) -> None:
    effort = Effort(capacity_from=3000, capacity_step=1000, capacity_fine=250, capacity_tries=20)

    found = most(lambda viewers: viewers <= limit, effort)

    assert limit - 250 < found <= limit or found == limit == 0


def test_one_try_answers_yes_or_no() -> None:
    effort = Effort(capacity_from=4000, capacity_tries=1)

    assert most(lambda viewers: viewers <= 5000, effort) == 4000
    assert most(lambda viewers: viewers <= 3000, effort) == 0


def test_each_figure_is_the_median_of_its_rounds() -> None:
    rounds = [{"a": 1.0, "b": 7.0}, {"a": 9.0}, {"a": 2.0, "b": 9.0}]

    assert median_of(rounds) == {"a": 2.0, "b": 8.0}


def test_the_table_says_which_targets_are_met() -> None:
    ours = {"cpu_us_1000": 200.0, "delay_p50_1000": 81.0, "memory_viewer_kb": 12.34}
    peer = {"cpu_us_1000": 900.0, "join_p99": 20.0}

    lines = report.table([1000], ours, peer, "Peer").splitlines()

    cells = [[cell.strip() for cell in line.strip("|").split("|")] for line in lines]
    assert cells[0] == ["Figure", "StreAir", "Peer", "Target", "Met"]
    assert cells[2:] == [
        ["1000 viewers: CPU per viewer-second", "200 µs", "900 µs", "≤ 230 µs", "yes"],
        ["1000 viewers: delay p50", "81 ms", "–", "≤ 80 ms", "NO"],
        ["1000 viewers: times our CPU", "4.5×", "–", "≥ 4.0×", "yes"],
        ["300 joins in 3 s: first keyframe p99", "–", "20 ms", "≤ 300 ms", ""],
        ["memory per viewer beyond the first", "12.3 KB", "–", "≤ 64.0 KB", "yes"],
    ]
    assert report.missed([1000], ours, peer) == ["1000 viewers: delay p50"]


def test_a_busy_generator_and_a_busy_machine_are_pointed_out() -> None:
    figures = {"loader_cpu_2000": 0.95, "loader_cpu_20": 0.1, "others_cpu_20": 0.3}

    told = report.warnings(figures, "StreAir")

    assert [line.partition(":")[0] for line in told] == ["StreAir, 2000 viewers", "StreAir"]
    assert report.warnings({"loader_cpu_20": 0.8, "others_cpu_20": 0.05}, "StreAir") == []
