"""The numbers of each process of this machine, in files: added up, and those of the dead kept.

A counter must never fall: Prometheus takes that for a process that began anew, and what is left for news.
So what a dead process had counted is moved, under a lock, into one file for all of the dead.
"""

from __future__ import annotations

import fcntl
import json
import logging
import os
import re
import time
from collections.abc import Iterator, Mapping
from contextlib import contextmanager, suppress
from dataclasses import dataclass, field
from functools import cache
from pathlib import Path
from typing import Any

from streair.core.metrics.tallies import Kind, Labels, Value

logger = logging.getLogger(__name__)

_GONE = "gone"
# Of whom nothing was heard for so long, in another container, is taken for dead.
_SILENT_SECONDS = 60.0
# What has no gauge after its process: everything but these.
_LASTING = {Kind.COUNTER, Kind.HISTOGRAM}


@dataclass(slots=True)
class Family:
    """One family, of however many processes."""

    kind: Kind
    text: str
    labels: Labels
    buckets: tuple[float, ...]
    values: dict[Labels, Value] = field(default_factory=dict)

    def take(self, labels: Labels, value: Value) -> None:
        """Add the number of one more process."""
        old = self.values.get(labels)
        if old is None:
            self.values[labels] = value
        elif isinstance(old, list) and isinstance(value, list):
            self.values[labels] = [a + b for a, b in zip(old, value, strict=True)]
        elif isinstance(old, float | int) and isinstance(value, float | int):
            self.values[labels] = max(old, value) if self.kind is Kind.HIGHEST else old + value


Families = dict[str, Family]


@dataclass(frozen=True, slots=True)
class Process:
    """A process that writes its numbers down. Ids come again; with the moment of birth they do not.

    Containers have ids of their own: `space` says whose this one is.
    """

    role: str
    pid: int
    born: int
    space: int

    @classmethod
    def this(cls, role: str) -> Process:
        return cls(role, os.getpid(), _born(os.getpid()) or 0, _our_space())

    @classmethod
    def of(cls, stem: str) -> Process | None:
        """Return whose file has this name, or None."""
        role, *numbers = stem.split("-")
        if len(numbers) != 3 or not all(number.isdigit() for number in numbers):
            return None
        return cls(role, *map(int, numbers))

    @property
    def stem(self) -> str:
        return f"{self.role}-{self.pid}-{self.born}-{self.space}"

    @property
    def is_ours(self) -> bool:
        """Whether we can see if it lives."""
        return self.space == _our_space()

    @property
    def is_alive(self) -> bool:
        return _born(self.pid) == self.born


@cache
def _our_space() -> int:
    # Units with users of their own (systemd's PrivateUsers) do not see each other in /proc, either.
    names = [Path(f"/proc/self/ns/{kind}").readlink().name for kind in ("pid", "user")]
    return int(re.sub("[^0-9]", "", "".join(names)))


def _born(pid: int) -> int | None:
    """Return when a living process was started, in the kernel's ticks."""
    try:
        # The command's name may hold blanks and brackets; the fields follow the last one.
        fields = Path(f"/proc/{pid}/stat").read_text().rpartition(")")[2].split()
    except OSError:
        return None
    return None if fields[0] == "Z" else int(fields[19])


class Snapshots:
    """The files of one machine's processes in a folder that they share."""

    def __init__(self, folder: Path) -> None:
        self._folder = folder

    def write(self, process: Process, families: Mapping[str, Any]) -> None:
        """Put down what a process has counted so far, all at once or not at all."""
        self._put(process.stem, {"at": time.time(), "families": families})

    def leave(self, process: Process) -> None:
        """Say that a process ends: who cannot see it is not to take it for one that hangs."""
        with suppress(FileNotFoundError):
            os.utime(self._path(process.stem), (0, 0))

    def read(self) -> tuple[Families, dict[Process, float]]:
        """Return the sums of all processes, and how old in seconds what each of the living said is."""
        found: Families = {}
        ages: dict[Process, float] = {}
        with self._locked():
            try:
                self._bury()
            except OSError as exc:  # A full disk costs nothing but the numbers.
                logger.warning("What dead processes counted cannot be moved: %s", exc)
            _add(found, self._get(_GONE).get("families", {}))
            for process in self._processes():
                snapshot = self._get(process.stem)
                if snapshot:
                    _add(found, snapshot["families"])
                    ages[process] = max(time.time() - snapshot["at"], 0.0)
        return found, ages

    def silences(self, role: str) -> list[float]:
        """Return how long ago in seconds each of the living with this role wrote. Waits for nobody, reads no numbers."""
        found = []
        for process in self._processes():
            if process.role != role or (process.is_ours and not process.is_alive):
                continue
            with suppress(FileNotFoundError):  # Somebody has buried it meanwhile.
                found.append(max(time.time() - self._path(process.stem).stat().st_mtime, 0.0))
        return found

    def clean_up(self) -> None:
        """Move what the dead have left to the others'."""
        with self._locked():
            self._bury()

    def _bury(self) -> None:
        gone = self._get(_GONE)
        dead = [process for process in self._processes() if self._is_dead(process)]
        if not dead:
            return
        # Should we die between writing and deleting, the names say what is in there already.
        buried = set(gone.get("names", ()))
        sums: Families = {}
        _add(sums, gone.get("families", {}))
        for process in dead:
            if process.stem not in buried:
                _add(sums, self._get(process.stem).get("families", {}), kinds=_LASTING)
        names = [process.stem for process in dead]
        self._put(_GONE, {"names": names, "families": _as_dicts(sums)})
        for name in names:
            self._path(name).unlink(missing_ok=True)

    def _is_dead(self, process: Process) -> bool:
        if process.is_ours:
            return not process.is_alive
        # Another container's or unit's: all that is known is when it last said something.
        return time.time() - self._path(process.stem).stat().st_mtime > _SILENT_SECONDS

    def _processes(self) -> list[Process]:
        found = [Process.of(path.stem) for path in self._folder.glob("*.json")]
        return [process for process in found if process is not None]

    def _path(self, stem: str) -> Path:
        return self._folder / f"{stem}.json"

    def _put(self, stem: str, content: Mapping[str, Any]) -> None:
        self._folder.mkdir(mode=0o750, parents=True, exist_ok=True)
        unfinished = self._path(stem).with_suffix(".new")
        unfinished.write_text(json.dumps(content, separators=(",", ":")))
        unfinished.replace(self._path(stem))

    def _get(self, stem: str) -> dict[str, Any]:
        try:
            found: dict[str, Any] = json.loads(self._path(stem).read_bytes())
        except FileNotFoundError:
            return {}
        except ValueError:
            logger.warning("%s.json in %s is no JSON; it is left out.", stem, self._folder)
            return {}
        return found

    @contextmanager
    def _locked(self) -> Iterator[None]:
        self._folder.mkdir(mode=0o750, parents=True, exist_ok=True)
        with (self._folder / "lock").open("a") as lock:
            fcntl.flock(lock, fcntl.LOCK_EX)
            yield


def _add(sums: Families, families: Mapping[str, Any], *, kinds: set[Kind] | None = None) -> None:
    for name, told in families.items():
        kind = Kind(told["kind"])
        if kinds is not None and kind not in kinds:
            continue
        labels, buckets = tuple(told["labels"]), tuple(told.get("buckets", ()))
        family = sums.get(name)
        if family is None or (family.labels, family.buckets) != (labels, buckets):
            # The second: an older version counted it in another way, and its numbers mean nothing now.
            family = sums[name] = Family(kind, told["text"], labels, buckets)
        for key, value in told["values"]:
            family.take(tuple(key), value)


def _as_dicts(families: Families) -> dict[str, Any]:
    return {
        name: {
            "kind": str(family.kind),
            "text": family.text,
            "labels": family.labels,
            "buckets": family.buckets,
            "values": list(family.values.items()),
        }
        for name, family in families.items()
    }
