"""Chat against the same room on Socket.IO, in interleaved rounds, both servers up at the same time.

    python -m tests.servers.stack python -m tests.load.chat_bench

The servers on core 0, the crowd on core 1, everything on 127.0.0.1. Every message is a row in
PostgreSQL before anybody hears of it, on both sides; between ours and its readers lies Redis.
Takes about ten minutes; `--quick` two, with coarser figures.
"""

from __future__ import annotations

import argparse
import json
import os
import statistics
import sys
from collections.abc import Awaitable, Callable, Sequence
from dataclasses import dataclass, replace
from functools import partial

import uvloop

from tests.load import chat_servers, machine
from tests.load.chat_crowd import raise_limits
from tests.load.chat_dialects import StreAirDialect
from tests.load.chat_report import Row, losses, table
from tests.load.chat_scenarios import Figures, Room, death, memory, storm
from tests.load.chat_servers import Server, of_site, socket_io, usual_consumer
from tests.load.subject import (
    HARDLY_BUSY,
    LOAD_CORE,
    SERVER_CORE,
    prefer,
    prefer_ourselves,
)
from tests.servers.site import Site

Measure = Callable[[Server], Awaitable[Figures]]


@dataclass(frozen=True, slots=True)
class Effort:
    """How long and how often to measure."""

    rounds: int = 5
    seconds: float = 5
    readers: tuple[int, ...] = (100, 500, 1000, 2000)
    storms: tuple[tuple[int, int], ...] = ((1000, 5), (2000, 1))  # And how many rounds.
    idle: int = 5000


_QUICK = Effort(rounds=1, seconds=3, readers=(100, 1000), storms=((500, 1),), idle=1000)


class Bench:
    """Measures one thing after the other on a site that is up."""

    def __init__(self, site: Site, effort: Effort) -> None:
        self._site = site
        self._effort = effort
        self._ours = of_site(site)
        self.rows: list[Row] = []

    # --- What is measured; `--only` takes these names ---

    def fan_out(self) -> None:
        """Ten messages a second, in rooms of several sizes."""
        with socket_io() as theirs:
            rooms = [self._ours, theirs]
            self._fill_and_measure(rooms, self._effort.readers, 10)

    def layered(self) -> None:
        """The same beside a peer that could have other processes, as we could."""
        with socket_io(adapter=True) as theirs:
            for readers, found in self._rounds([self._ours, theirs], (100, 500), 10).items():
                ours, peer = found
                label = f"10/s, {readers} sockets, Redis on both sides"
                cpu = ours["cpu_us"], peer["cpu_us"]
                self._say(Row(f"{label}: CPU per delivery", *cpu, " µs"))
                self._say(Row(f"{label}: p99", ours["p99"], peer["p99"], " ms"))

    def fast(self) -> None:
        """A hundred messages a second to a thousand."""
        with socket_io() as theirs:
            found = self._rounds([self._ours, theirs], [1000], 100)
            ours, peer = found[1000]
            label = "100/s, 1000 sockets"
            self._say(Row(f"{label}: CPU per delivery", ours["cpu_us"], peer["cpu_us"], " µs", 0.3))
            self._say(Row(f"{label}: p99", ours["p99"], unit=" ms", at_most=150))
            self._say(losses(label, ours))

    def usual(self) -> None:
        """The same room as Channels' tutorials write it."""
        with usual_consumer(self._site) as theirs:
            ours, peer = self._rounds([self._ours, theirs], [500], 10)[500]
            label = "10/s, 500 sockets: CPU per delivery"
            cpu = ours["cpu_us"], peer["cpu_us"]
            self._say(Row(label, *cpu, " µs", at_most=0.1, peer="usual consumer"))
            label = "10/s, 500 sockets: p99"
            self._say(Row(label, ours["p99"], peer["p99"], " ms", peer="usual consumer"))

    def storms(self) -> None:
        """Everybody joins at once."""
        for readers, rounds in self._effort.storms:
            least = 8 if readers <= 1000 else 15
            with socket_io() as theirs:
                ours, peer = self._take_turns(
                    [self._ours, theirs], partial(storm, readers=readers), rounds
                )
            label = f"{readers} at once"
            joins = ours["joins_per_second"], peer["joins_per_second"]
            self._say(Row(f"{label}: joins a second", *joins, at_least=least))
            self._say(Row(f"{label}: CPU per join", ours["cpu_ms"], peer["cpu_ms"], " ms"))
            label += ": announcements a second"
            self._say(Row(label, ours["announcements_per_second"], at_most=1.1))

    def memory(self) -> None:
        """Those who only listen."""
        idle = self._effort.idle
        with socket_io() as theirs:
            ours, peer = self._take_turns([self._ours, theirs], partial(memory, readers=idle), 1)
        label = f"{idle} idle sockets: memory of each"
        self._say(Row(label, ours["kb"], peer["kb"], " KB", at_most=1.15))

    def deflate(self) -> None:
        """What it costs when browsers offer compression."""
        assert isinstance(self._ours.readers, StreAirDialect)
        asked = replace(self._ours, readers=replace(self._ours.readers, deflate=True))
        with socket_io() as theirs:
            ours, peer = self._rounds([asked, theirs], [500], 10)[500]
        label = "10/s, 500 sockets that offer compression"
        self._say(Row(f"{label}: CPU per delivery", ours["cpu_us"], peer["cpu_us"], " µs", 1.0))
        self._say(losses(label, ours))

    def inserts(self) -> None:
        """Messages a second into PostgreSQL."""
        assert isinstance(self._ours.readers, StreAirDialect)
        code = "import runpy, sys; sys.argv = ['', {!r}];"
        code += "runpy.run_module('tests.load.chat_inserts', run_name='__main__')"
        found = json.loads(self._site.python(code.format(self._ours.readers.room)))
        gathered, alone = (statistics.median(found[name]) for name in ("gathered", "alone"))
        label = "messages written a second, gathered"
        self._say(Row(label, gathered, alone, at_least=2.5, peer="one by one"))

    def killed(self) -> None:
        """One of two processes dies."""
        with chat_servers.site(WEB_WORKERS="2") as site:
            figures = uvloop.run(death(of_site(site), 200))
        label = f"right count after a kill -9 ({figures['died']:.0f} of 200 gone)"
        self._say(Row(label, figures["seconds"], unit=" s", at_most=8))

    def embedded(self) -> None:
        """The default: SQLite, and everything else in the process."""
        with chat_servers.site(DATABASE_URL="", REDIS_URL="") as site:
            ours = of_site(site)
            for readers, found in self._rounds([ours], (100, 1000), 10).items():
                label = f"embedded, 10/s, {readers} sockets"
                self._say(Row(f"{label}: CPU per delivery", found[0]["cpu_us"], unit=" µs"))
                self._say(Row(f"{label}: p99", found[0]["p99"], unit=" ms"))
                self._say(losses(label, found[0]))

    # --- How ---

    def _fill_and_measure(self, servers: list[Server], sizes: Sequence[int], rate: float) -> None:
        def tell(readers: int, ours: Figures, peer: Figures) -> None:
            label = f"{rate:.0f}/s, {readers} sockets"
            cpu = ours["cpu_us"], peer["cpu_us"]
            self._say(Row(f"{label}: CPU per delivery", *cpu, " µs", at_most=1.0))
            self._say(Row(f"{label}: p50", ours["p50"], peer["p50"], " ms"))
            self._say(Row(f"{label}: p99", ours["p99"], peer["p99"], " ms", at_most=1.1))
            self._say(losses(label, ours))

        uvloop.run(self._in_rooms(servers, sizes, rate, tell))

    def _rounds(
        self, servers: list[Server], sizes: Sequence[int], rate: float
    ) -> dict[int, list[Figures]]:
        """Return each server's medians, by the number of readers; rooms only grow."""
        return uvloop.run(self._in_rooms(servers, sizes, rate))

    async def _in_rooms(
        self,
        servers: list[Server],
        sizes: Sequence[int],
        rate: float,
        tell: Callable[..., None] = lambda *_found: None,
    ) -> dict[int, list[Figures]]:
        rooms = [Room(server) for server in servers]
        found: dict[int, list[Figures]] = {}
        for readers in sizes:
            for room in rooms:
                await room.fill(readers)
            rounds: list[list[Figures]] = [[] for _ in rooms]
            for _ in range(self._effort.rounds):
                for room, figures in zip(rooms, rounds, strict=True):
                    figures.append(await room.fan_out(rate, self._effort.seconds))
            found[readers] = [median(figures) for figures in rounds]
            tell(readers, *found[readers])  # It takes a while: what is known is told.
        for room in rooms:
            room.leave()
        return found

    def _take_turns(self, servers: list[Server], measure: Measure, rounds: int) -> list[Figures]:
        """Return each server's medians."""
        found: list[list[Figures]] = [[] for _ in servers]
        for _ in range(rounds):
            for server, figures in zip(servers, found, strict=True):
                figures.append(uvloop.run(_awaited(measure(server))))
        return [median(figures) for figures in found]

    def _say(self, row: Row) -> None:
        row = replace(row, note=f"{machine.others_load():.1f}")
        self.rows.append(row)
        sys.stderr.write("  ".join(filter(None, row.cells())) + "\n")


async def _awaited(measurement: Awaitable[Figures]) -> Figures:
    return await measurement


def median(rounds: list[Figures]) -> Figures:
    """Return the median of each figure."""
    return {name: statistics.median(each[name] for each in rounds) for name in rounds[0]}


SCENARIOS: tuple[str, ...] = (
    *(
        "fan_out",
        "layered",
        "fast",
        "usual",
        "storms",
        "memory",
        "deflate",
        "inserts",
        "killed",
        "embedded",
    ),
)


def main() -> int:
    """Measure what is asked for, print one table; 1 when a target is missed, 2 when it cannot be."""
    options = _options()
    if not {SERVER_CORE, LOAD_CORE} <= os.sched_getaffinity(0):
        sys.stderr.write("The bench needs two cores: one for the servers, one for the crowd.\n")
        return 2
    raise_limits()
    effort = _QUICK if options.quick else Effort()
    effort = replace(
        effort,
        rounds=options.rounds or effort.rounds,
        seconds=options.seconds or effort.seconds,
        readers=tuple(options.readers or effort.readers),
    )
    for pid in map(int, os.environ["STACK_PIDS"].split()):
        prefer(pid, HARDLY_BUSY)  # What they start later, too: both servers wait for them.
    sys.stderr.write(f"{machine.describe()}\nLoad average before: {machine.others_load():.2f}\n")
    with chat_servers.site() as site:
        os.sched_setaffinity(0, {LOAD_CORE})
        prefer_ourselves()
        bench = Bench(site, effort)
        for name in options.only or SCENARIOS:
            getattr(bench, name)()
    missed = [row.label for row in bench.rows if row.is_met is False]
    sys.stdout.write(f"{machine.describe()}\n\n{table(bench.rows)}\n\n")
    sys.stdout.write(f"Missed: {'; '.join(missed)}.\n" if missed else "Every target is met.\n")
    return 1 if missed else 0


def _options() -> argparse.Namespace:
    parser = argparse.ArgumentParser(description=__doc__)
    parser.add_argument("--quick", action="store_true", help="in about two minutes")
    parser.add_argument("--rounds", type=int, help="of which the median counts (5)")
    parser.add_argument("--seconds", type=float, help="of each measured window (5)")
    parser.add_argument("--readers", type=int, nargs="+", help="rooms of fan_out (100 … 2000)")
    parser.add_argument("--only", nargs="+", choices=SCENARIOS, help="these scenarios")
    return parser.parse_args()


if __name__ == "__main__":
    sys.exit(main())
