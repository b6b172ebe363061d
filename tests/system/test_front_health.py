"""Nobody makes pages behind the front: what it says then, and what health, numbers and the doctor say."""

from __future__ import annotations

import contextlib
import os
import signal
import time
from collections.abc import Callable, Iterator

import pytest

from tests.servers.fronted import FrontedSite
from tests.servers.process import Program, wait_until
from tests.system.figures import collect
from tests.system.front import site as site  # noqa: PLC0414 - a fixture.

pytestmark = [pytest.mark.system, pytest.mark.timeout(300)]


def test_the_front_speaks_for_those_who_are_away(site: FrontedSite) -> None:
    web = site.slots["1"].web
    web.stop()
    said = {path.stat().st_mtime for path in site.data.glob("run/metrics/pages-*.json")}
    try:
        page = site.ask("/en/", headers={"Accept": "text/html"})
        answer = site.ask("/api/rooms", headers={"Accept-Language": "en"})
    finally:
        web.start()
        site.wait_until_ready()

    assert said == {0}, "each of its processes has said that it ends"
    assert (page.status_code, answer.status_code) == (503, 503)
    assert "Back in a moment" in page.text
    assert answer.json()["code"] == "unavailable"
    assert page.headers["Content-Security-Policy"].startswith("default-src 'none'")
    assert answer.headers["Retry-After"] == "2"


def test_the_doctor_asks_all_of_it(site: FrontedSite) -> None:
    said = site.manage("doctor")  # It would end with a status if something were wrong.

    assert f"127.0.0.1:{site.env['PORT']}" in said


@pytest.mark.parametrize("fault", ["killed", "frozen"])
def test_health_and_numbers_say_in_time_that_nobody_makes_pages(
    site: FrontedSite, fault: str
) -> None:
    """The front asks the processes for sockets and video about health: those are well."""
    web = site.slots["1"].web
    wait_until(lambda: health_of(site) == (200, "ok"), timeout=20, what="pages to be well")
    with away(web, frozen=fault == "frozen"):
        down_after = seconds_until(lambda: health_of(site) == (503, "down"))
        numbers = collect(f"http://127.0.0.1:{site.env['PORT']}")
        live, ready = (site.ask(f"/health/{name}").status_code for name in ("live", "ready"))
    back_after = seconds_until(lambda: health_of(site) == (200, "ok"))

    assert (live, ready) == (200, 503)
    assert numbers["streair_component_up", "pages"] == 0
    assert numbers["streair_component_up", "database"] == 1
    assert down_after < 5
    assert back_after < 5


def health_of(site: FrontedSite) -> tuple[int, str]:
    """Return the status of /health, and how it says that pages do."""
    answer = site.ask("/health")
    return answer.status_code, answer.json()["parts"]["pages"]


def seconds_until(condition: Callable[[], bool]) -> float:
    begun = time.monotonic()
    wait_until(condition, timeout=20, what="what is measured", every=0.2)
    return time.monotonic() - begun


@contextlib.contextmanager
def away(web: Program, *, frozen: bool) -> Iterator[None]:
    """Kill it, or stop all of its processes; have it answer again."""
    port = int(web.args[web.args.index("--bind") + 1].rpartition(":")[2])
    stopped = web.pids()
    try:
        if frozen:
            for pid in stopped:
                os.kill(pid, signal.SIGSTOP)
        else:
            web.kill()
        yield
    finally:
        if frozen:
            for pid in stopped:
                os.kill(pid, signal.SIGCONT)
        else:
            web.start().wait_for_port(port)
