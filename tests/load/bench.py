"""`make bench`: measures the relay and Node-Media-Server the same way, prints one table.

One server process on core 0, publishers and viewers on core 1, everything on 127.0.0.1. Takes about
25 minutes; `--quick` two to three minutes, with coarser figures.
"""

from __future__ import annotations

import argparse
import dataclasses
import json
import os
import signal
import sys
from collections.abc import Callable
from contextlib import AbstractContextManager
from pathlib import Path

from tests.load import machine, report
from tests.load.peers import node_media_server_peer
from tests.load.scenarios import SCENARIOS, Effort, Figures, say
from tests.load.site import streair
from tests.load.subject import (
    BUSY,
    HARDLY_BUSY,
    LOAD_CORE,
    SERVER_CORE,
    Subject,
    prefer,
    prefer_ourselves,
)
from tests.load.tools import ToolError

PEER = "Node-Media-Server 4"
_THOROUGH = Effort()
_QUICK = Effort(rounds=1, seconds=5, audiences=(20, 1000), capacity_from=4000, capacity_tries=1)


def main() -> int:
    """Return 0 when every measured target is met, 1 when not, 2 when it cannot be measured."""
    options = _options()
    if not {SERVER_CORE, LOAD_CORE} <= os.sched_getaffinity(0):
        sys.stderr.write("The bench needs two cores: one for the server, one for the load.\n")
        return 2
    # Turn a polite kill into what Ctrl-C does: every block ends what it started.
    signal.signal(signal.SIGTERM, signal.default_int_handler)
    os.sched_setaffinity(0, {LOAD_CORE})
    prefer_ourselves()
    effort = _effort(options)
    chosen = [name for name in SCENARIOS if name in (options.only or SCENARIOS)]
    say(f"{machine.describe()}\nLoad average before: {machine.others_load():.2f}")
    ours = _measure(streair, effort, chosen)
    peer = {} if options.alone else _measure(node_media_server_peer, _for_peer(effort), chosen)
    missed = report.missed(effort.audiences, ours, peer)
    lines = [machine.describe(), "", report.table(effort.audiences, ours, peer, PEER)]
    for line in report.warnings(ours, "StreAir") + report.warnings(peer, PEER):
        lines += ["", f"Warning: {line}"]
    lines += ["", f"Missed: {'; '.join(missed)}." if missed else "Every target is met."]
    sys.stdout.write("\n".join(lines) + "\n")
    if options.json:
        found = {"machine": machine.describe(), "streair": ours, "peer": peer}
        options.json.write_text(json.dumps(found, indent=1))
    return 1 if missed else 0


def _options() -> argparse.Namespace:
    parser = argparse.ArgumentParser(description=__doc__)
    parser.add_argument("--quick", action="store_true", help="in two to three minutes")
    parser.add_argument("--rounds", type=int, help="of which the median counts (3)")
    parser.add_argument("--seconds", type=float, help="of each measured window (10)")
    parser.add_argument("--only", nargs="+", choices=list(SCENARIOS), help="these scenarios")
    parser.add_argument("--alone", action="store_true", help="without the peer")
    parser.add_argument("--json", type=Path, help="write the figures there, too")
    return parser.parse_args()


def _effort(options: argparse.Namespace) -> Effort:
    effort = _QUICK if options.quick else _THOROUGH
    return dataclasses.replace(
        effort,
        rounds=options.rounds or effort.rounds,
        seconds=options.seconds or effort.seconds,
    )


def _for_peer(effort: Effort) -> Effort:
    """Return what suits a server that holds fewer than 1000 viewers."""
    return dataclasses.replace(
        effort,
        audiences=tuple(viewers for viewers in effort.audiences if viewers <= 1000),
        capacity_from=min(effort.capacity_from, 1000),
        capacity_step=250,
    )


def _measure(
    start: Callable[[], AbstractContextManager[Subject]], effort: Effort, chosen: list[str]
) -> Figures:
    """Return the figures of every chosen scenario, against one fresh server."""
    figures: Figures = {}
    with start() as subject:
        for part, pid in subject.parts().items():
            prefer(pid, BUSY if part == subject.fan_out else HARDLY_BUSY)
        for name in chosen:
            say(f"{subject.name}: {name} …")
            try:
                figures |= SCENARIOS[name](subject, effort)
            except ToolError as exc:
                figures[f"failed_{name}"] = 1
                say(f"  {subject.name}: {name} could not be measured: {exc}")
    return figures


if __name__ == "__main__":
    try:
        sys.exit(main())
    except KeyboardInterrupt:
        sys.exit(130)
