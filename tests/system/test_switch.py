"""A new version takes over while people watch, write and click: its migrations, deploy/switch, and back to the old one."""

from __future__ import annotations

import itertools
import logging
import os
import shutil
import subprocess
import sys
import threading
from collections.abc import Callable, Iterator
from contextlib import ExitStack
from pathlib import Path

import pytest
import requests

from deploy.errors import CannotStart
from tests.servers.fronted import FrontedSite, fronted_site
from tests.servers.process import wait_until
from tests.system.staying import Page, Spectator, Talk, wait_for_more
from tests.system.streamer import Console, Streamer

logger = logging.getLogger(__name__)

pytestmark = [pytest.mark.system, pytest.mark.timeout(300)]

VIEWERS = 8
READERS = 8
# What is promised (docs/deployment.md).
BACK_SECONDS = 5.0

_BASE = Path(__file__).resolve().parent.parent.parent
_CODE = ("accounts", "chat", "deploy", "rooms", "static", "streair", "streams", "templates")
# A column that the code in both slots knows nothing of.
_MIGRATION = """
from django.db import migrations, models

class Migration(migrations.Migration):
    dependencies = [("chat", "{last}")]
    operations = [
        migrations.AddField("message", "of_a_new_version", models.IntegerField(db_default=0)),
        migrations.AddField("chat", "of_a_new_version", models.TextField(null=True)),
    ]
"""


@pytest.fixture(scope="module")
def new_version(tmp_path_factory: pytest.TempPathFactory) -> Path:
    """The same code in another folder, with a migration more."""
    folder = tmp_path_factory.mktemp("releases") / "new"
    folder.mkdir()
    for name in _CODE:
        shutil.copytree(_BASE / name, folder / name, ignore=shutil.ignore_patterns("__pycache__"))
    for name in ("manage.py", "nginx.conf"):
        shutil.copy(_BASE / name, folder)
    migrations = folder / "chat/migrations"
    last = max(migrations.glob("[0-9]*.py")).stem
    (migrations / "9999_of_a_new_version.py").write_text(_MIGRATION.format(last=last))
    return folder


@pytest.fixture(scope="module")
def site() -> Iterator[FrontedSite]:
    with fronted_site(WEB_WORKERS="2") as running:
        yield running


class Clicker(threading.Thread):
    """Uses the API, one request after the other."""

    def __init__(self, site: FrontedSite, room_id: str, token: str, over: threading.Event) -> None:
        super().__init__()
        self._site, self._room_id, self._over = site, room_id, over
        self._headers = {"Authorization": f"Bearer {token}"}
        self.done = 0
        self.failures: list[str] = []

    def run(self) -> None:
        for number in itertools.count():
            if self._over.is_set():
                return
            try:
                self._call(number)
            except requests.RequestException as exc:
                self.failures.append(repr(exc))
            self.done += 1

    def _call(self, number: int) -> None:
        room = f"/api/rooms/{self._room_id}"
        if number % 4:
            answer = self._site.ask(["/api/rooms", room, "/"][number % 3])
        else:
            title = {"title": f"Title {number}"}
            answer = self._site.ask(room, "PATCH", json=title, headers=self._headers)
        if answer.status_code != 200:
            self.failures.append(f"{answer.status_code} {answer.text[:200]}")


def test_nothing_is_refused_or_lost_while_versions_change(
    site: FrontedSite, make_streamer: Callable[[], Streamer], new_version: Path
) -> None:
    for program in site.slots["2"].parts:
        program.cwd = new_version
    streamer = make_streamer()
    streamer.publish()
    streamer.wait_for("live")
    console = Console(site)
    tokens = [console.ask("person", f"talker{n}", 3600)["app"] for n in range(2)]
    owner = console.ask("token_of", streamer.name)
    console.close()
    over = threading.Event()
    spectators = [Spectator(site, streamer.room_id, over) for _ in range(VIEWERS)]
    clickers = [Clicker(site, streamer.room_id, owner, over) for _ in range(2)]
    talkers = [Page(site, streamer.room_id, token) for token in tokens]
    readers = [Page(site, streamer.room_id) for _ in range(READERS)]
    talk = Talk([*talkers, *readers])
    said: list[str] = []

    with ExitStack() as stack:
        stack.callback(over.set)
        for thread in (*spectators, *clickers, talk):
            thread.start()
        stack.callback(talk.finish)
        wait_until(lambda: all(each.pictures() > 10 for each in spectators), timeout=30)
        migrate = [sys.executable, "manage.py", "migrate"]
        subprocess.run(migrate, cwd=new_version, env={**os.environ, **site.env}, check=True)
        wait_for_more(talkers, lambda each: len(each.acknowledged), 5)
        for slot in ("2", "1"):
            site.switch(say=said.append)
            assert f"Slot {slot} is ready." in said
            version = Path(f"/proc/{site.slots[slot].realtime.pid}/cwd").resolve()
            assert version == (new_version if slot == "2" else _BASE)
            wait_for_more(spectators, lambda each: each.pictures(), 10)
            wait_for_more(talkers, lambda each: len(each.acknowledged), 5)
        acknowledged = {k: v for each in talkers for k, v in each.acknowledged.items()}
        wait_until(
            lambda: all(acknowledged.keys() <= each.heard.keys() for each in readers), timeout=30
        )
    for thread in (*spectators, *clickers):
        thread.join(30)

    assert [failure for each in clickers for failure in each.failures] == []
    assert sum(each.done for each in clickers) > 50
    assert [{k: each.heard[k] for k in acknowledged} for each in readers] == [
        acknowledged
    ] * READERS
    # Everybody was told to come back, both times, by the code that spreads them.
    assert [each.codes for each in (*talkers, *readers)] == [[1012, 1012]] * (READERS + 2)
    absences = [seconds for each in (*talkers, *readers) for seconds in each.absences]
    away = [seconds for each in spectators for seconds in each.away()]
    logger.info(
        "Pictures were away for %s s, sockets for %s s; %d calls, %d messages.",
        [round(seconds, 2) for seconds in sorted(away)],
        [round(seconds, 2) for seconds in sorted(absences)],
        sum(each.done for each in clickers),
        len(acknowledged),
    )
    assert len(away) == 2 * VIEWERS
    assert max(away) < BACK_SECONDS, sorted(away)
    assert len(absences) == 2 * (READERS + 2)
    assert max(absences) < BACK_SECONDS, sorted(absences)
    endings = [visit.ending for each in spectators for visit in each.visits[:-1]]
    assert endings == ["whole"] * len(endings)


def test_a_version_that_does_not_start_changes_nothing(site: FrontedSite) -> None:
    other = next(slot for slot in site.slots.values() if not slot.web.is_running())
    kept, other.web.args = other.web.args, ["false"]

    with pytest.raises(CannotStart, match=r"web in slot . does not become ready"):
        site.switch(ready_seconds=1)

    other.web.args = kept
    assert not other.realtime.is_running()
    assert site.ask("/").status_code == 200
