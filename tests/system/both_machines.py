"""Two machines with one site: what each says in numbers, and how one sees that both work, or that all go on at one."""

from __future__ import annotations

import time

import requests

from tests.servers.fronted import FrontedSite
from tests.servers.process import ServerError, wait_until
from tests.servers.second_machine import REALTIME_PORT, SecondMachine
from tests.system.figures import Numbers, collect
from tests.system.staying import Page, Spectator

TOKEN = "a-token-of-a-prometheus"


def numbers(address: str) -> Numbers:
    """Return what Prometheus collects from a machine."""
    return collect(f"http://{address}", token=TOKEN)


def by_machine(second: SecondMachine, *name: str) -> list[float]:
    """Return a number of the first machine's, and of the second's."""
    first = f"127.0.0.1:{second.site.slots['1'].realtime_port}"
    other = f"{second.machines.second_address}:{REALTIME_PORT}"
    return [numbers(address).get(name, 0.0) for address in (first, other)]


def wait_for_halves(second: SecondMachine, name: str, whole: int) -> None:
    """Return once each machine says that it has one half; they say so every two seconds."""
    wait_until(lambda: by_machine(second, name) == [whole / 2] * 2, what=f"halves of {name}")


def wait_for_words_on_both(second: SecondMachine) -> None:
    """Return once each machine has written something that somebody said there."""
    name = "streair_chat_messages_total", "written"
    wait_until(lambda: min(by_machine(second, *name)) > 0, what="words on both machines")


def wait_for_pictures(spectators: list[Spectator], *, since: float, within: float) -> float:
    """Return after how many seconds everybody had pictures that came well after the cut."""

    def have() -> bool:
        return all(each.last_picture() > since + 1 for each in spectators)

    wait_until(have, timeout=since + within - time.monotonic(), what="pictures for everybody")
    return time.monotonic() - since


def wait_for_messages(
    talkers: list[Page], readers: list[Page], *, since: float, within: float
) -> float:
    """Return after how many seconds everybody was answered again, and heard what the others said then."""
    said = {talker: len(talker.acknowledged) for talker in talkers}

    def have() -> bool:
        if not all(len(each.acknowledged) > said[each] + 1 for each in talkers):
            return False
        newest = min(max(each.acknowledged) for each in talkers)
        return all(newest <= max(page.heard, default=0) for page in (*talkers, *readers))

    wait_until(have, timeout=since + within - time.monotonic(), what="everybody to be answered")
    return time.monotonic() - since


def back_at_work(second: SecondMachine, site: FrontedSite) -> bool:
    """Whether the second machine makes pages again, and answers where sockets and video go."""
    names = [("streair_request_seconds_count", route, "2xx") for route in ("home", "health-live")]
    other = f"{second.machines.second_address}:{REALTIME_PORT}"

    def counted() -> list[float]:
        found = numbers(other)
        return [found.get(name, 0.0) for name in names]

    try:
        before = counted()
        for path in ("/", "/health/live") * 4:
            site.ask(path)
        # It writes its numbers down every two seconds.
        return wait_until(
            lambda: all(now > was + 1 for now, was in zip(counted(), before, strict=True)),
            timeout=4,
            what="its share of what was asked",
        )
    except (requests.RequestException, ServerError):
        return False
