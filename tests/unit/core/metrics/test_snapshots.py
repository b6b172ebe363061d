"""Several processes count: the sum is right, and never falls when one of them dies."""

from __future__ import annotations

import os
import subprocess
import time
from collections.abc import Iterator
from dataclasses import replace
from pathlib import Path

import pytest

from streair.core.metrics.snapshots import Family, Process, Snapshots
from streair.core.metrics.tallies import Counter, Gauge, Highest, Histogram, Tally, Value


@pytest.fixture
def files(tmp_path: Path) -> Snapshots:
    return Snapshots(tmp_path / "metrics")


@pytest.fixture
def other() -> Iterator[subprocess.Popen[bytes]]:
    """A process that lives until a test ends it."""
    with subprocess.Popen(["cat"], stdin=subprocess.PIPE) as program:
        yield program
        program.kill()


def process(pid: int, role: str = "web") -> Process:
    born = int(Path(f"/proc/{pid}/stat").read_text().rpartition(")")[2].split()[19])
    return replace(Process.this(role), pid=pid, born=born)


def counted(**numbers: float) -> dict[str, object]:
    """Return what a process writes that has counted these, and one of each other kind."""
    tallies: list[Tally] = []
    for name, number in numbers.items():
        counter = Counter(name, "Counted.", ["what"])
        counter.add("thing", by=number)
        tallies.append(counter)
    open_now, highest = Gauge("open", "Open now."), Highest("lag", "Lag.")
    open_now.value = highest.value = sum(numbers.values())
    took = Histogram("took", "Took.", buckets=[1.0, 2.0])
    took.observe(1.5)
    tallies += [open_now, highest, took]
    return {tally.name: tally.as_dict() for tally in tallies}


def values(families: dict[str, Family], name: str) -> list[Value]:
    return list(families[name].values.values())


def test_processes_are_added_up_each_kind_in_its_way(
    files: Snapshots, other: subprocess.Popen[bytes]
) -> None:
    files.write(process(os.getpid()), counted(things=3))
    files.write(process(other.pid), counted(things=4))

    families, ages = files.read()

    assert families["things"].values == {("thing",): 7}
    assert values(families, "open") == [7]
    assert values(families, "lag") == [4]
    assert values(families, "took") == [[3.0, 0, 2, 0]]
    assert {each.pid for each in ages} == {os.getpid(), other.pid}


def test_what_a_dead_process_counted_stays_and_its_gauges_go(
    files: Snapshots, other: subprocess.Popen[bytes], tmp_path: Path
) -> None:
    files.write(process(os.getpid()), counted(things=3))
    files.write(process(other.pid), counted(things=4))
    other.kill()
    other.wait()

    for _ in range(3):  # The first one moves it; the others find it.
        families, ages = files.read()

        assert families["things"].values == {("thing",): 7}
        assert values(families, "open") == [3]
        assert values(families, "took") == [[3.0, 0, 2, 0]]
        assert [each.pid for each in ages] == [os.getpid()]
    assert len(list((tmp_path / "metrics").glob("web-*"))) == 1


def test_an_id_that_came_again_is_another_process(files: Snapshots) -> None:
    mine = process(os.getpid())
    files.write(replace(mine, born=mine.born - 1), counted(things=5))

    families, ages = files.read()

    assert families["things"].values == {("thing",): 5}
    assert ages == {}


def test_dying_between_moving_and_deleting_counts_nothing_twice(
    files: Snapshots, tmp_path: Path
) -> None:
    mine = process(os.getpid())
    dead = replace(mine, born=mine.born - 1)
    files.write(dead, counted(things=5))
    left = (tmp_path / "metrics" / f"{dead.stem}.json").read_text()
    files.clean_up()
    (tmp_path / "metrics" / f"{dead.stem}.json").write_text(left)

    families, _ages = files.read()

    assert families["things"].values == {("thing",): 5}


def test_a_process_of_another_container_lives_as_long_as_it_says_something(
    files: Snapshots, tmp_path: Path
) -> None:
    far = replace(process(os.getpid()), space=1)
    files.write(far, counted(things=5))
    alive, ages = files.read()
    long_ago = time.time() - 120
    os.utime(tmp_path / "metrics" / f"{far.stem}.json", (long_ago, long_ago))

    dead, none = files.read()

    assert (values(alive, "open"), list(ages)) == ([5], [far])
    assert ("open" in dead, none) == (False, {})
    assert values(alive, "things") == values(dead, "things") == [5]


def test_a_broken_file_is_left_out(files: Snapshots, tmp_path: Path) -> None:
    files.write(process(os.getpid()), counted(things=3))
    (tmp_path / "metrics" / "gone.json").write_text("{")

    families, _ages = files.read()

    assert families["things"].values == {("thing",): 3}


def test_numbers_of_an_older_version_give_way_to_those_of_this_one(
    files: Snapshots,
) -> None:
    mine = process(os.getpid())
    old = Counter("things", "Counted.", ["other", "labels"])
    old.add("a", "b", by=9)
    files.write(replace(mine, born=mine.born - 1), {"things": old.as_dict()})
    files.write(mine, counted(things=3))

    families, _ages = files.read()

    assert families["things"].values == {("thing",): 3}


def test_who_ends_is_missed_at_once_also_where_nobody_sees_it(files: Snapshots) -> None:
    far = replace(process(os.getpid()), space=1)
    files.write(far, counted(things=5))
    assert len(files.silences("web")) == 1

    files.leave(far)

    families, ages = files.read()
    assert ("open" in families, ages, files.silences("web")) == (False, {}, [])
    assert values(families, "things") == [5]
