"""What the front keeps out: strangers at the doors of our own programs, lies about addresses, the slow, the large and the many."""

from __future__ import annotations

import contextlib
import socket
import time

import pytest
import requests

from tests.servers.fronted import FrontedSite
from tests.system.front import registered
from tests.system.front import site as site  # noqa: PLC0414 - a fixture.
from tests.system.heard import Heard

pytestmark = [pytest.mark.system, pytest.mark.timeout(300)]

# A head, or a pause in a body, may take 10 s; the rest is for a busy machine.
LET_GO_SECONDS = 15
SECRET = "tests-hook-secret-tests-hook-secret-tests"


@pytest.mark.parametrize(
    "path",
    [
        "/hooks/publish",
        "/hooks/event",
        "//hooks/publish",
        "/hooks%2Fpublish",
        "/x/../hooks/publish",
        "/internal/anything",
        "/metrics",
    ],
)
def test_what_is_for_our_own_programs_is_not_there_for_others(site: FrontedSite, path: str) -> None:
    form = "call=publish&name=sk_none&addr=127.0.0.1&app=live&clientid=1"
    pretending = [f"X-Hook-Secret: {SECRET}", "Host: app.internal", "X-Real-IP: 127.0.0.1"]
    options = [word for header in pretending for word in ("-H", header)]

    answer = Heard(site, path, "--path-as-is", "-d", form, "-H", "Accept: */*", *options)

    assert answer.status.split()[1] == "404"
    assert b"StreAir" in answer.body, "the site's own page, as for any address that leads nowhere"


def test_addresses_are_what_the_front_sees(site: FrontedSite) -> None:
    lies = {
        "X-Real-IP": "203.0.113.9",
        "X-Forwarded-For": "203.0.113.9",
        "Forwarded": "for=1.2.3.4",
    }
    registered(site, "liar", **lies)

    assert addresses_of(site, "liar") in (["127.0.0.1"], ["::1"])


def addresses_of(site: FrontedSite, name: str) -> list[str]:
    """Return from where somebody signed in, as the site has it."""
    code = (
        "from accounts.models import SignIn\n"
        f"print(*SignIn.objects.filter(user__username={name!r}).values_list('address', flat=True))"
    )
    return site.python(code).split()


def test_behind_a_load_balancer_addresses_are_what_that_one_says(site: FrontedSite) -> None:
    body = {"username": "far", "email": "far@example.org", "password": "a-Secret-word"}
    with site.another_front(FRONT_BEHIND="127.0.0.1,::1") as url:
        answer = requests.post(
            f"{url}/api/auth/register",
            json=body,
            # The first is what the client says of itself.
            headers={"X-Forwarded-For": "203.0.113.9, 198.51.100.7"},
            verify=str(site.certificate),
            timeout=30,
        )

    assert answer.status_code == 201, answer.text
    assert addresses_of(site, "far") == ["198.51.100.7"]


@pytest.mark.parametrize(
    ("sent", "drips"),
    [
        (b"GET / HTTP/1.1\r\nHost: localhost\r\n", False),
        (b"GET / HTTP/1.1\r\nHost: localhost\r\nX-Slow: ", True),
        (b"POST / HTTP/1.1\r\nHost: a\r\nContent-Length: 99\r\n\r\nx", False),
    ],
    ids=["head", "dripping head", "body"],
)
def test_who_does_not_finish_is_let_go_of(site: FrontedSite, sent: bytes, drips: bool) -> None:
    with (
        socket.create_connection(("localhost", site.https_port), timeout=1) as plain,
        site.tls.wrap_socket(plain, server_hostname="localhost") as wire,
    ):
        begun = time.monotonic()
        wire.sendall(sent)
        while (heard := hear(wire)) is None and time.monotonic() < begun + LET_GO_SECONDS:
            if drips:
                with contextlib.suppress(OSError):  # The next look tells why.
                    wire.sendall(b"x")
        took = time.monotonic() - begun

    assert heard is not None, "the front still waits"
    assert heard == b"" or b" 408 " in heard
    assert took > 5, "a slow network is no reason"


def hear(wire: socket.socket) -> bytes | None:
    """Return what comes within a second; nothing when the connection ends, None when it goes on."""
    try:
        return wire.recv(4096)
    except TimeoutError:
        return None
    except ConnectionError:  # Cut, without a word.
        return b""


@pytest.mark.parametrize(
    ("path", "accept", "kind", "says"),
    [
        ("/api/auth/login", "*/*", "application/json", '"code": "too-large"'),
        ("/sign-up/", "text/html", "text/html; charset=utf-8", "StreAir"),
        ("/en/sign-up/", "text/html", "text/html; charset=utf-8", "This is too much at once"),
        ("/account/pictures/avatar/", "text/html", "text/html; charset=utf-8", "StreAir"),
    ],
)
def test_too_much_is_refused_in_the_sites_own_words(
    site: FrontedSite, path: str, accept: str, kind: str, says: str
) -> None:
    size = (7 if "pictures" in path else 3) * 1024 * 1024

    answer = site.ask(path, "POST", data=bytes(size), headers={"Accept": accept})

    assert answer.status_code == 413
    assert answer.headers["Content-Type"] == kind
    assert says in answer.text
    assert answer.headers["X-Content-Type-Options"] == "nosniff"


def test_pictures_may_be_larger_than_all_else(site: FrontedSite) -> None:
    size = 5 * 1024 * 1024

    answer = site.ask("/api/users/me/avatar", "PUT", data=bytes(size))

    assert answer.status_code == 401, "nobody is signed in, but it was read"


def test_who_asks_too_often_hears_so(site: FrontedSite) -> None:
    with site.another_front(FRONT_REQUESTS_PER_SECOND="1") as url:
        answers = [
            requests.get(f"{url}/api/rooms", verify=str(site.certificate), timeout=10)
            for _ in range(40)
        ]

    refused = answers[-1]
    assert refused.status_code == 429
    assert refused.json()["code"] == "too-fast"
    assert refused.headers["Retry-After"] == "5"
