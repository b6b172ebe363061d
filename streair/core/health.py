"""How the parts of the site do. Each is asked in a thread of its own and given a second: a dead part shows as dead."""

from __future__ import annotations

import logging
import shutil
import threading
import time
import uuid
from collections.abc import Callable, Iterable, Mapping
from concurrent.futures import Future
from concurrent.futures import TimeoutError as Late
from dataclasses import dataclass, field

from django.conf import settings
from django.core.cache import caches
from django.db import connection
from django.utils.functional import Promise
from django.utils.translation import get_language, override
from django.utils.translation import gettext_lazy as _

logger = logging.getLogger(__name__)

SECONDS = 1.0
# Below that, recordings and pictures fail before anybody has time to act.
LEAST_FREE_BYTES = 500 * 1024 * 1024

Text = str | Promise
Facts = Mapping[Text, object]
Look = Callable[[], Facts]


class Ailing(Exception):
    """The part is not as it should be; the sentence says how, for the people who run the site."""

    def __init__(self, sentence: Text) -> None:
        super().__init__(sentence)
        self.sentence = sentence


@dataclass(frozen=True, slots=True)
class Part:
    """A part of the site. `is_vital`: without it nothing can be served."""

    name: str
    label: Text
    look: Look
    is_vital: bool = False


@dataclass(frozen=True, slots=True)
class Finding:
    """How a part does: `problem` is empty when it is well."""

    part: Part
    seconds: float
    problem: Text = ""
    facts: Facts = field(default_factory=dict)

    @property
    def is_well(self) -> bool:
        """Whether it does what it is there for."""
        return not self.problem


_parts: dict[str, Part] = {}
# What has not come back yet. A part that hangs is not asked again meanwhile: threads do not pile up.
_under_way: dict[str, Future[Facts]] = {}
_lock = threading.Lock()


def register(name: str, label: Text, look: Look, *, is_vital: bool = False) -> None:
    """Have a part looked after. `look` returns facts worth showing, or raises."""
    _parts[name] = Part(name, label, look, is_vital)


def vital() -> list[str]:
    """Return the parts without which nothing can be served."""
    return [part.name for part in _parts.values() if part.is_vital]


def findings(names: Iterable[str] | None = None, *, seconds: float = SECONDS) -> list[Finding]:
    """Return how the parts do (all of them, or those named), within `seconds` whatever they do."""
    wanted = [_parts[name] for name in (_parts if names is None else names)]
    started = time.monotonic()
    asked = [(part, _ask(part)) for part in wanted]
    return [_finding(part, future, started, seconds) for part, future in asked]


def _ask(part: Part) -> Future[Facts]:
    with _lock:
        running = _under_way.get(part.name)
        if running is not None and not running.done():
            return running
        future: Future[Facts] = Future()
        _under_way[part.name] = future
    threading.Thread(
        target=_look, args=(part, future, get_language()), name=f"health-{part.name}", daemon=True
    ).start()
    return future


def _look(part: Part, future: Future[Facts], language: str | None) -> None:
    try:
        # Numbers and times are written in here, for whoever asked first.
        with override(language):
            facts = part.look()
    except Exception as exc:  # noqa: BLE001 - each part fails in its own way; all of them mean the same here.
        future.set_exception(exc)
    else:
        future.set_result(facts)
    finally:
        connection.close()


def _finding(part: Part, future: Future[Facts], started: float, seconds: float) -> Finding:
    problem: Text = ""
    facts: Facts = {}
    try:
        facts = future.result(max(started + seconds - time.monotonic(), 0))
    except Ailing as ailing:
        problem = ailing.sentence
    except Late:
        problem = _("It does not answer in time.")
    except Exception as exc:  # noqa: BLE001 - see above.
        logger.warning("%s is down: %s", part.name, exc)
        problem = _("It does not work; the log says more.")
    return Finding(part, time.monotonic() - started, problem, facts)


def _database() -> Facts:
    with connection.cursor() as cursor:
        cursor.execute("SELECT 1")
        cursor.fetchone()
    return {_("kind"): connection.display_name}


def _cache() -> Facts:
    value, key = uuid.uuid4().hex, f"health:{uuid.uuid4().hex}"
    caches["default"].set(key, value, 10)
    if caches["default"].get(key) != value:
        raise Ailing(_("It does not remember what it is given."))
    caches["default"].delete(key)
    return {_("kind"): "Redis" if settings.REDIS_URL else _("inside each process")}


def _disk() -> Facts:
    usage = shutil.disk_usage(settings.DATA_DIR)
    if usage.free < LEAST_FREE_BYTES:
        raise Ailing(_("Less than 500 MB are left."))
    return {_("free"): _gigabytes(usage.free), _("of"): _gigabytes(usage.total)}


def _gigabytes(size: int) -> str:
    return f"{size / 1024**3:.1f} GB"


register("database", _("Database"), _database, is_vital=True)
register("cache", _("Cache"), _cache)
register("disk", _("Disk"), _disk)
