"""The studio about the stream: what goes into OBS, and how it arrives."""

from __future__ import annotations

from typing import Any

import pytest
from django.db import connection
from django.test import Client
from django.test.utils import CaptureQueriesContext
from django.utils.timezone import now

from accounts.models import User
from rooms.models import RoomState
from streair import ingest
from streams import keys, services
from streams.models import StreamKey
from streams.problems import Refusal
from tests.factories import BroadcastFactory, CategoryFactory, RoomFactory, UserFactory
from tests.nodes import node_word
from tests.pages.on_air import live_room
from tests.pages.reading import read

pytestmark = pytest.mark.django_db


# --- The key ---


def test_the_key_is_masked_and_the_server_is_not(studio: Client, ada: User) -> None:
    key = services.key_of(ada)

    answer = studio.get("/studio/")

    text = answer.content.decode()
    assert key not in text
    assert keys.masked(key) in text
    assert "rtmp://testserver:1935/live" in text
    assert "no-store" in answer.headers["Cache-Control"]


def test_the_server_is_what_the_settings_say(studio: Client, settings: object) -> None:
    settings.RTMP_PUBLIC_URL = "rtmp://ingest.example/live"  # type: ignore[attr-defined]

    assert "rtmp://ingest.example/live" in studio.get("/studio/").content.decode()


def test_of_several_servers_the_first_is_the_usual_one(studio: Client, settings: Any) -> None:
    settings.INGEST_NODES = ingest.parse([node_word("hanoi"), "main"])

    page = read(studio.get("/studio/"))

    fields = {attrs["id"]: attrs for attrs in page.having("id")}
    assert fields["server"]["value"] == "rtmp://hanoi.example.org/live"
    assert fields["server-main"]["value"] == "rtmp://testserver:1935/live"


def test_the_copy_button_gets_the_real_key(studio: Client, ada: User) -> None:
    answer = studio.post("/studio/key/reveal/", headers={"Accept": "application/json"})

    assert answer.json() == {"streamKey": services.key_of(ada)}
    assert "no-store" in answer.headers["Cache-Control"]


def test_without_scripts_the_key_is_a_page_of_its_own(studio: Client, ada: User) -> None:
    answer = studio.post("/studio/key/reveal/", headers={"Accept": "text/html"})

    assert services.key_of(ada) in answer.content.decode()
    assert "no-store" in answer.headers["Cache-Control"]


def test_everybody_gets_their_own_key(studio: Client, ada: User) -> None:
    theirs = services.key_of(UserFactory())

    answer = studio.post("/studio/key/reveal/", headers={"Accept": "application/json"})

    assert answer.json()["streamKey"] != theirs


def test_changing_the_key_asks_first_and_then_changes_it(studio: Client, ada: User) -> None:
    before = services.key_of(ada)

    assert studio.get("/studio/key/").status_code == 200
    assert services.key_of(ada) == before
    assert studio.post("/studio/key/").headers["Location"] == "/studio/"
    assert services.key_of(ada) != before


# --- How the stream arrives ---


@pytest.mark.parametrize(
    ("state", "words"),
    [
        (RoomState.WAITING, "CHỜ STREAM"),
        (RoomState.LIVE, "ĐANG TRỰC TIẾP"),
        (RoomState.RECONNECTING, "ĐANG KẾT NỐI LẠI"),
    ],
)
def test_the_state_is_said_in_words(
    studio: Client, ada: User, state: RoomState, words: str
) -> None:
    RoomFactory(owner=ada, state=state, live_since=now(), interrupted_since=now())

    page = studio.get("/studio/")

    assert words in page.content.decode()
    assert read(page).having("data-studio")[0]["data-state"] == state


def test_figures_and_problems_are_shown_in_the_readers_language(studio: Client, ada: User) -> None:
    live_room(ada)

    vi, en = (studio.get(url).content.decode() for url in ("/studio/", "/en/studio/"))

    assert "59,9" in vi
    assert "59.9" in en
    assert "1920×1080" in vi
    assert "4500" in vi
    assert "Không có tiếng. Trong OBS: Thiết đặt (Settings) → Âm thanh" in vi
    assert "No sound arrives. In OBS: Settings → Audio" in en


def test_the_figures_wait_for_an_encoder(studio: Client, ada: User) -> None:
    RoomFactory(owner=ada)

    assert "hidden" in read(studio.get("/studio/")).having("data-figures")[0]


def test_why_the_encoder_was_sent_away_is_told(studio: Client, ada: User) -> None:
    RoomFactory(owner=ada)
    services.key_of(ada)
    StreamKey.objects.update(refused=now(), refusal=Refusal.ROOM_ENDED_RECENTLY)

    assert "OBS bị từ chối" in studio.get("/studio/").content.decode()


def test_it_is_told_to_somebody_without_a_room_too(studio: Client, ada: User) -> None:
    services.key_of(ada)
    StreamKey.objects.update(refused=now(), refusal=Refusal.ROOM_ENDED_RECENTLY)

    assert "OBS bị từ chối" in studio.get("/studio/").content.decode()


def test_the_studio_asks_the_database_the_same_few_times(studio: Client, ada: User) -> None:
    def queries() -> int:
        with CaptureQueriesContext(connection) as captured:
            assert studio.get("/studio/").status_code == 200
        return len(captured)

    room = live_room(ada)
    studio.get("/studio/")
    with_one = queries()
    for _ in range(2):
        BroadcastFactory(room=room, ended=now())
        CategoryFactory()

    assert queries() == with_one
    assert with_one <= 13
