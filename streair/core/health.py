"""How the parts of the site do. Each is asked by itself and given most of a second: a dead part shows as dead."""

from __future__ import annotations

import logging
import shutil
import time
import uuid
from collections.abc import Callable, Iterable, Mapping
from concurrent.futures import Future
from concurrent.futures import TimeoutError as Late
from dataclasses import dataclass, field

import redis
from django.conf import settings
from django.core.cache import caches
from django.db import connection
from django.utils.functional import Promise
from django.utils.translation import gettext_lazy as _
from redis.backoff import NoBackoff
from redis.retry import Retry

from streair.core.asking import Asker
from streair.disk import LEAST_FREE_BYTES

logger = logging.getLogger(__name__)

# The whole answer is there within a second.
SECONDS = 0.8
# For a client that asks once and is gone.
_HURRY = {
    "socket_connect_timeout": SECONDS / 2,
    "socket_timeout": SECONDS / 2,
    "retry": Retry(NoBackoff(), 0),
}

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
_asker = Asker[Facts]("health")


def register(name: str, label: Text, look: Look, *, is_vital: bool = False) -> None:
    """Have a part looked after. `look` returns facts worth showing, or raises."""
    _parts[name] = Part(name, label, look, is_vital)


def parts() -> list[str]:
    """Return every part that is looked after."""
    return list(_parts)


def vital() -> list[str]:
    """Return the parts without which nothing can be served."""
    return [part.name for part in _parts.values() if part.is_vital]


def findings(names: Iterable[str] | None = None, *, seconds: float = SECONDS) -> list[Finding]:
    """Return how the parts do (all of them, or those named), within `seconds` whatever they do."""
    wanted = [_parts[name] for name in (_parts if names is None else names)]
    started = time.monotonic()
    asked = [(part, _asker.ask(part.name, part.look)) for part in wanted]
    return [_finding(part, future, started, seconds) for part, future in asked]


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


def _channel_layer() -> Facts:
    """Hear an echo by way of Redis' channels, which is how processes tell each other of events."""
    if not settings.REDIS_URL:
        return {_("kind"): _("inside each process")}
    channel = f"{settings.KEY_PREFIX}:health:{uuid.uuid4().hex}"
    with (
        redis.from_url(settings.REDIS_URL, **_HURRY) as client,
        client.pubsub() as listener,
    ):
        listener.subscribe(channel)
        client.publish(channel, "echo")
        until = time.monotonic() + SECONDS
        while time.monotonic() < until:
            heard = listener.get_message(timeout=SECONDS / 4)
            if heard is not None and heard["type"] == "message":
                return {_("kind"): "Redis"}
    raise Ailing(_("Events do not get from one process to another: chat comes late."))


def _disk() -> Facts:
    usage = shutil.disk_usage(settings.DATA_DIR)
    if usage.free < LEAST_FREE_BYTES:
        raise Ailing(_("Less than 500 MB are left."))
    return {_("free"): _gigabytes(usage.free), _("of"): _gigabytes(usage.total)}


def _gigabytes(size: int) -> str:
    return f"{size / 1024**3:.1f} GB"


register("database", _("Database"), _database, is_vital=True)
register("cache", _("Cache"), _cache)
register("channel-layer", _("Channel layer"), _channel_layer)
register("disk", _("Disk"), _disk)
