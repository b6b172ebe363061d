"""A stream key goes through everything a key can go through, and is nowhere afterwards."""

from __future__ import annotations

import contextlib
import json
import os
import signal
import urllib.request
from collections.abc import Iterator
from pathlib import Path

import pytest
import redis
import requests
from websockets.sync.client import connect
from websockets.typing import Origin

from deploy.processes import command_line
from streams.flv_endpoint import PREFIX
from tests.servers.process import Program, wait_until
from tests.servers.publisher import publisher
from tests.servers.site import Site, prepared_site, running_site
from tests.system.person import Person
from tests.system.viewer import Viewer

pytestmark = pytest.mark.system

FPS = 30
TITLE = "A walk in the woods"


@pytest.fixture(scope="module")
def site() -> Iterator[Site]:
    """A site that says all it can say."""
    with running_site(LOG_LEVEL="DEBUG") as running:
        yield running


class Journey:
    """What a streamer goes through with one key."""

    def __init__(self, site: Site, folder: Path) -> None:
        self.site = site
        self.folder = folder
        self.ada = Person(site)
        self.pages: list[str] = []  # all that were seen, save those that are to show the key
        self.ada.sign_up()
        self.room_id = self.ada.open_room(TITLE)
        self.key = self.ada.reveal_key()

    def encode(self, name: str) -> Program:
        """Publish under `name`."""
        log = self.folder / f"encoder-{len(list(self.folder.iterdir()))}.log"
        return publisher(f"{self.site.rtmp_url}/{name}", log)

    def wait_for(self, state: str) -> None:
        wait_until(
            lambda: self.ada.state() == state, timeout=30, what=f"the room to be {state}", every=0.2
        )

    def be_refused(self) -> None:
        """Make every mistake that one can make with a key."""
        for name in (f"{self.key}x", f"x{self.key}", f"{self.key}?name=x", f"x?name={self.key}"):
            with self.encode(name) as encoder:
                assert encoder.wait(20) != 0
        for path in (f"{PREFIX}{self.key}x.flv", f"{PREFIX}{self.key}.flv", f"/{self.key}"):
            answer = requests.get(f"{self.site.url}{path}?{self.key}", timeout=20)
            assert answer.status_code == 404
            if path.startswith(PREFIX):
                self.pages.append(answer.text)

    def look_around(self) -> None:
        """See every page, as the owner and as a stranger."""
        paths = ["/", "/studio/", f"/@{self.ada.name}/", f"/rooms/{self.room_id}/", "/studio/key/"]
        with Person(self.site) as stranger:
            for path in paths:
                self.pages += [self.ada.see(path), self.ada.see(f"/en{path}"), stranger.see(path)]

    def preview(self) -> None:
        """Play the room by its key, as its owner may."""
        cookies = {"Cookie": self.ada.cookies}
        with Viewer(self.site, self.key, headers=cookies) as viewer:
            viewer.see(FPS)

    def survive(self) -> None:
        """Have everything killed around a stream, and end."""
        os.kill(self.site.nginx_pids()[-1], signal.SIGKILL)
        for part in self.site.parts:
            part.kill()
            part.start()
        self.site.wait_until_ready()


def everything_kept(site: Site) -> Iterator[tuple[str, bytes]]:
    """Yield all that stays: files, what the database holds, what Redis does; and what shows."""
    for path in site.data.rglob("*"):
        if path.is_file():
            yield str(path), path.read_bytes()
    yield "the database", site.manage("dumpdata").encode()
    if url := site.env["REDIS_URL"]:
        with redis.from_url(url) as store:
            for name in store.scan_iter():
                yield "Redis", bytes(name) + bytes(store.dump(name) or b"")
    with urllib.request.urlopen(f"{site.sidecar_url}/stat", timeout=5) as answer:
        yield "/stat", answer.read()
    for pid in [*site.nginx_pids(), *(pid for part in site.parts for pid in part.pids())]:
        yield f"process {pid}", command_line(pid).encode()


def places(site: Site, text: str) -> list[str]:
    """Return where `text` is kept or shown."""
    return [where for where, what in everything_kept(site) if text.encode() in what]


def test_the_key_is_nowhere_but_where_its_owner_asks_for_it(site: Site, tmp_path: Path) -> None:
    journey = Journey(site, tmp_path)
    with journey.ada:
        with journey.encode(journey.key):
            journey.wait_for("live")
            journey.look_around()
            journey.be_refused()
            journey.preview()
            # Before and after: what shows while the stream is on must not show it either.
            found = places(site, journey.key)
            # The search finds what is there.
            assert "the database" in places(site, TITLE)
            assert "/stat" in places(site, "live-")
            assert any(place.startswith("process") for place in places(site, "gunicorn"))
            journey.survive()
        with journey.encode(journey.key):
            journey.wait_for("live")
            journey.ada.end_room(journey.room_id)
        with journey.encode(journey.key) as encoder:
            assert encoder.wait(20) != 0
        journey.look_around()

    found += places(site, journey.key)
    found += [page for page in journey.pages if journey.key in page]
    assert found == []
    # They were written, and with less they would prove nothing.
    assert "Refused an encoder" in site.web.output()
    assert "Listening for encoders" in site.sidecar.output()


_OVERLAY = """
from accounts.models import User
from chat.services import overlay_secret
print(overlay_secret(User.objects.create_user(username="olga", email="o@example.org", password="a-Secret-word")))
"""


def test_the_secret_of_an_overlay_is_nowhere_after_it_was_used(site: Site) -> None:
    secret = site.python(_OVERLAY).strip()
    key, signature = secret.rsplit(".", 1)
    join = {"event": "join-overlay", "id": 1, "data": {"secret": secret}}

    with connect(f"{site.websocket_url}overlay/", origin=Origin(site.url)) as socket:
        socket.send(json.dumps(join))
        assert json.loads(socket.recv(timeout=20))["event"] == "ack"
        # Half of what goes wrong: a frame that is none, and addresses that should have had a #.
        socket.send(json.dumps({**join, "event": secret}))
        socket.recv(timeout=20)
    for path in ("overlay/chat/", f"overlay/chat/{secret}", secret, f"overlay/chat/?{secret}"):
        requests.get(f"{site.url}/{path}", timeout=20)

    assert places(site, secret) == []
    assert places(site, signature) == []
    # The half that is of no use alone is where it belongs.
    assert places(site, key.removeprefix("ov_")) != []
    assert "Not Found: /overlay/chat/ov_***" in site.web.output()


def test_a_site_that_logs_a_secret_of_its_own_fails_its_tests() -> None:
    with contextlib.ExitStack() as stack:
        leaky = stack.enter_context(prepared_site())
        (leaky.data / "log" / "web.log").write_text(f"Somebody sent {os.environ['JWT_SECRET']}.")

        with pytest.raises(AssertionError, match=r"web\.log: JWT_SECRET"):
            stack.close()


def logged(site: Site, text: str) -> list[str]:
    """Return in which files of the log `text` stands."""
    files = (site.data / "log").iterdir()
    return [path.name for path in files if text.encode() in path.read_bytes()]


def test_nothing_that_people_prove_themselves_with_is_logged(site: Site) -> None:
    """Passwords, cookies and tokens, right ones and wrong ones, tokens in addresses, too."""
    with Person(site) as ada:
        ada.sign_up()
        cookies = dict(each.split("=", 1) for each in ada.cookies.split("; "))
    body = {"email": f"{ada.name}@example.org", "password": "a-Secret-word"}
    wrong = {**body, "name": ada.name, "password": "not-quite-the-Canary"}
    tokens = requests.post(f"{site.url}/api/auth/login", json=body, timeout=20).json()
    shown = [tokens["token"], tokens["refresh"], os.environ["HOOK_SECRET"]]

    requests.post(f"{site.url}/api/auth/login", json=wrong, timeout=20)
    requests.post(
        f"{site.url}/api/auth/login", data="{'password': 'not-quite-the-Canary'", timeout=20
    )
    requests.post(f"{site.url}/en/sign-in/", data=wrong, cookies=cookies, timeout=20)
    for secret in shown:
        headers = {"Authorization": f"Bearer {secret}x", "X-Hook-Secret": secret}
        for path in (secret, f"?token={secret}", f"api/rooms/{secret}", f"hooks/{secret}"):
            requests.get(f"{site.url}/{path}", cookies=cookies, headers=headers, timeout=20)

    secrets = [*shown, *cookies.values(), "a-Secret-word", "not-quite-the-Canary"]
    assert [secret for secret in secrets if logged(site, secret)] == []
    # They were there to be written.
    assert logged(site, "Not Found: /***") == ["web.log"]
