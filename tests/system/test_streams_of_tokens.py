"""A real stream that a program opened by token ends with it, whatever ends it."""

from __future__ import annotations

import time
from collections.abc import Callable, Iterator

import pytest

from tests.servers.process import wait_until
from tests.servers.site import Site
from tests.system.streamer import Streamer, streamers
from tests.system.test_apps import PASSWORD, Program
from tests.system.viewer import Viewer

pytestmark = pytest.mark.system

_DEACTIVATE = """
from accounts.models import User
from accounts.services import deactivate
deactivate(User.objects.get(username="{name}"), by=None)
"""


def password(program: Program) -> None:
    body = {"current": PASSWORD, "password": f"{PASSWORD}-too"}
    assert program.ask("put", "auth/password", json=body).status_code == 200


def everywhere(program: Program) -> None:
    assert program.ask("post", "auth/logout-everywhere").status_code == 204


def deactivation(program: Program) -> None:
    name = program.ask("get", "users/me").json()["username"]
    program.site.python(_DEACTIVATE.format(name=name))


def sign_out(program: Program) -> None:
    assert program.ask("post", "auth/logout", json={}).status_code == 204


def revocation(program: Program) -> None:
    [row] = program.ask("get", "tokens").json()
    assert program.ask("delete", f"tokens/{row['id']}").status_code == 204


ENDINGS = [
    *(("access", ending) for ending in (sign_out, password, everywhere, deactivation)),
    *(("personal", ending) for ending in (revocation, password, everywhere, deactivation)),
]


@pytest.fixture(scope="module")
def on_air(site: Site) -> Iterator[Streamer]:
    """A streamer who is live for all tests of this module."""
    with streamers(site) as make:
        streamer = make()
        streamer.publish()
        streamer.wait_for("live")
        yield streamer


@pytest.mark.parametrize(("kind", "ending"), ENDINGS)
def test_it_ends_with_its_token(
    site: Site, on_air: Streamer, kind: str, ending: Callable[[Program], None]
) -> None:
    program = Program(site)
    token = program.token
    if kind == "personal":
        made = program.ask("post", "tokens", json={"name": "Bot", "scopes": ["chat:read"]})
        token = made.json()["token"]
    headers = {"Authorization": f"Bearer {token}"}

    with (
        Viewer(site, on_air.room_id, headers=headers) as viewer,
        Viewer(site, on_air.room_id) as anybody,
    ):
        wait_until(lambda: len(viewer.tags) > 5 and len(anybody.tags) > 5, what="a picture")
        ending(program)
        ended = time.monotonic()
        wait_until(lambda: viewer.ending, timeout=10, what="the stream to end")
        print(f"{kind}, {ending.__name__}: {time.monotonic() - ended:.2f} s")  # noqa: T201 - a figure to report.

        assert anybody.is_watching

    with Viewer(site, on_air.room_id, headers=headers) as again:
        wait_until(lambda: again.status, what="an answer")
    assert again.status == 401
