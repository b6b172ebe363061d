"""Every job on a site that has old and young of everything: a second run at the same moment changes nothing."""

from __future__ import annotations

import os
import shutil
from collections.abc import Iterator
from datetime import UTC, datetime, timedelta
from pathlib import Path

import pytest
import time_machine
from django.apps import apps
from django.contrib.sessions.models import Session
from django.core.files.base import ContentFile
from django.core.files.storage import default_storage
from django_tasks.base import TaskResultStatus
from django_tasks_db.models import DBTaskResult
from pytest_django import Settings

from accounts import audit
from accounts.models import PersonalToken, SignIn
from chat import services as chat
from chat.models import Action, Deed, MessageState
from rooms.models import AudienceMinute, RoomState
from rooms.pictures import files_of, new_name
from streair.core import jobs, tasks
from streams.models import Measure
from tests.factories import (
    BroadcastFactory,
    MessageFactory,
    PublisherFactory,
    RoomFactory,
    UserFactory,
)
from tests.fake_sidecar import fake_sidecar
from tests.servers.clips import Clip, clip_file
from tests.unit.jobs import work

pytestmark = pytest.mark.django_db(transaction=True)

NOW = datetime(2026, 6, 1, 12, tzinfo=UTC)
# What it is, and all of it.
Thing = tuple[str, str]


def ago(days: float) -> datetime:
    return NOW - timedelta(days=days)


@pytest.fixture(autouse=True)
def _site(settings: Settings, tmp_path: Path) -> Iterator[None]:
    """A moment that stays, a sidecar that shows nobody, and streams that are files."""
    settings.MEDIA_ROOT = tmp_path / "media"
    settings.RTMP_SERVER_URL = str(tmp_path)
    settings.PICTURE_SECONDS = 90
    with fake_sidecar() as sidecar, time_machine.travel(NOW, tick=False):
        settings.SIDECAR_PORT = sidecar.port
        fill_with_people()
        fill_with_talk()
        fill_with_streams(tmp_path)
        fill_with_work()
        yield


def fill_with_people() -> None:
    for days in (3, 15):
        UserFactory(leaving_since=ago(days), email_verified=True)
    for days in (10, 40):
        user = UserFactory()
        SignIn.objects.create(user=user, kind="app", seen=ago(90), expires=ago(days))
        SignIn.objects.create(user=user, kind="app", seen=ago(90), expires=NOW, revoked=ago(days))
        PersonalToken.objects.create(
            user=user, name="bot", digest=f"digest-{days}", token_version=0, expires=ago(days)
        )
    for key, days in (("over", 1), ("lasting", -1)):
        Session.objects.create(session_key=key, session_data="", expire_date=ago(days))
    for days in (10, 400):
        with time_machine.travel(ago(days), tick=False):
            audit.record("user.reactivated", target=UserFactory(), actor=None)
    for folder in ("avatars", "banners", "categories"):
        for name, age in (("new", 0.5), ("old", 3.0)):
            file = default_storage.save(f"{folder}/ab/{name}-128.webp", ContentFile(b"x"))
            os.utime(default_storage.path(file), (ago(age).timestamp(),) * 2)


def fill_with_talk() -> None:
    for days in (1, 100):
        MessageFactory(sent=ago(days))
    for days in (1, 40):
        MessageFactory(sent=ago(days), removed=ago(days), state=MessageState.DELETED)
    for days in (1, 400):
        owner = UserFactory()
        Deed.objects.create(owner=owner, actor=owner, action=Action.CLEARED, at=ago(days))
    for hours in (0, 1):
        room = RoomFactory()
        with time_machine.travel(NOW - timedelta(hours=hours), tick=False):
            modes = chat.Modes(slow_seconds=30, for_seconds=600)
            chat.change_modes(room=room, actor_id=room.owner_id, modes=modes)


def fill_with_streams(folder: Path) -> None:
    for minutes in (0.5, 3):
        at = NOW - timedelta(minutes=minutes)
        room = RoomFactory(state=RoomState.RECONNECTING, live_since=ago(0.1), interrupted_since=at)
        BroadcastFactory(room=room, started=ago(0.1))
    for hours in (1, 20):
        with time_machine.travel(NOW - timedelta(hours=hours), tick=False):
            RoomFactory()
    for days in (1, 40):
        name = new_name(blurred=False)
        for file in files_of(name).values():
            default_storage.save(file, ContentFile(b"a picture"))
        RoomFactory(state=RoomState.ENDED, ended_at=ago(days), picture=name)
    for age in (timedelta(seconds=1), timedelta(minutes=1)):
        live = RoomFactory(state=RoomState.LIVE, live_since=NOW - age)
        encoder = PublisherFactory(room=live, keyframe=NOW, admitted=NOW - age, video_kbps=4400)
        shutil.copy(clip_file(Clip(size="320x240", seconds=2)), folder / f"{encoder.session}.flv")
        BroadcastFactory(room=live, started=NOW - age)
    for minutes in (10, 20):
        Measure.objects.create(room=live, at=NOW - timedelta(minutes=minutes), kbps=1)
    for days in (1, 100):
        AudienceMinute.objects.create(room=live, minute=ago(days), viewers=3)


def fill_with_work() -> None:
    put = {
        "waits": {},
        "is done": {"status": TaskResultStatus.RUNNING, "started_at": NOW},
        "lost its worker": {"status": TaskResultStatus.RUNNING, "started_at": ago(1)},
        "was done": {"status": TaskResultStatus.SUCCESSFUL, "finished_at": ago(0.5)},
        "was done long ago": {"status": TaskResultStatus.SUCCESSFUL, "finished_at": ago(2)},
        "failed": {"status": TaskResultStatus.FAILED, "finished_at": ago(2)},
        "failed long ago": {"status": TaskResultStatus.FAILED, "finished_at": ago(20)},
    }
    for word, columns in put.items():
        before = set(DBTaskResult.objects.values_list("pk", flat=True))
        tasks.put(work.write_down, word=word)
        new = DBTaskResult.objects.exclude(pk__in=before)
        new.update(worker_ids=["somebody"] if columns else [], **columns)


def things() -> set[Thing]:
    """Return every row there is by its table, and every file by its folder."""
    rows = {
        # Not by their own managers, which leave some out.
        (model._meta.label, repr(row))
        for model in apps.get_models()
        for row in model._base_manager.values_list()
    }
    media = Path(default_storage.path(""))
    files = [path.relative_to(media).as_posix() for path in media.rglob("*") if path.is_file()]
    return rows | {(path.partition("/")[0], path) for path in files}


@pytest.mark.parametrize("name", jobs.registered())
def test_a_job_that_is_done_twice_changes_nothing_more(name: str) -> None:
    job = jobs.registered()[name]
    before = things()

    job.run()
    once = things()
    job.run()

    assert things() == once
    # It had something to do; and of the same kind there was what is young, and stayed as it was.
    assert once != before
    assert {kind for kind, _thing in before - once} <= {kind for kind, _thing in before & once}
