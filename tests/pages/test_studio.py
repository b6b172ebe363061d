"""The studio: what its owner sees and may do there, and that nobody else may."""

from __future__ import annotations

from datetime import timedelta
from typing import Any

import pytest
from django.db import connection
from django.test import Client
from django.test.utils import CaptureQueriesContext
from django.utils.timezone import now

from accounts.models import User
from rooms.models import EndReason, Room, RoomState
from streair import ingest
from streams import keys, services
from streams.models import StreamKey
from streams.problems import Refusal
from tests.factories import (
    BroadcastFactory,
    CategoryFactory,
    PublisherFactory,
    RoomFactory,
    UserFactory,
)
from tests.nodes import node_word
from tests.pages.reading import read

pytestmark = pytest.mark.django_db


@pytest.fixture
def ada() -> User:
    return UserFactory(username="ada")


@pytest.fixture
def studio(client: Client, ada: User) -> Client:
    """Ada's browser."""
    client.force_login(ada)
    return client


def live_room(owner: User) -> Room:
    room = RoomFactory(owner=owner, state=RoomState.LIVE, live_since=now() - timedelta(minutes=3))
    PublisherFactory(room=room, keyframe=now(), encoder="OBS", problems=["no-audio"])
    BroadcastFactory(
        room=room,
        video_codec="H.264",
        audio_codec="",
        width=1920,
        height=1080,
        fps=59.94,
        bitrate_kbps=4500,
    )
    return room


# --- Who may come in ---


@pytest.mark.parametrize("path", ["", "key/"])
def test_strangers_are_asked_to_sign_in_first(client: Client, path: str) -> None:
    assert client.get(f"/studio/{path}").headers["Location"] == f"/sign-in/?next=/studio/{path}"


@pytest.mark.parametrize(
    "path", ["key/", "key/reveal/", "rooms/", "rooms/x/change/", "rooms/x/end/"]
)
def test_strangers_change_nothing(client: Client, path: str) -> None:
    answer = client.post(f"/studio/{path}")

    assert answer.headers["Location"].startswith("/sign-in/")
    assert not Room.objects.exists()
    assert not StreamKey.objects.exists()


@pytest.mark.parametrize(
    "path", ["key/", "key/reveal/", "rooms/", "rooms/x/change/", "rooms/x/end/"]
)
def test_forms_need_their_token(ada: User, path: str) -> None:
    browser = Client(enforce_csrf_checks=True)
    browser.force_login(ada)

    assert browser.post(f"/studio/{path}").status_code == 403


@pytest.mark.parametrize("path", ["key/reveal/", "rooms/", "rooms/x/change/"])
def test_who_had_to_sign_in_on_the_way_comes_back_to_the_studio(studio: Client, path: str) -> None:
    assert studio.get(f"/studio/{path}").headers["Location"] == "/studio/"


@pytest.mark.parametrize("what", ["change", "end"])
def test_somebody_elses_room_is_not_to_be_touched(studio: Client, what: str) -> None:
    room = RoomFactory(title="Theirs")

    answer = studio.post(f"/studio/rooms/{room.room_id}/{what}/", {"title": "Mine"})

    room.refresh_from_db()
    assert answer.status_code == 403
    assert (room.title, room.state) == ("Theirs", RoomState.WAITING)
    assert studio.get(f"/studio/rooms/{room.room_id}/end/").status_code == 403


@pytest.mark.parametrize("what", ["change", "end"])
def test_an_unknown_room_is_not_found(studio: Client, what: str) -> None:
    assert studio.post(f"/studio/rooms/unknown/{what}/").status_code == 404


# --- Rooms ---


def test_a_room_is_opened(studio: Client, ada: User) -> None:
    category = CategoryFactory()
    fields = {"title": "  First   stream ", "description": "Hello.", "category": category.pk}

    answer = studio.post("/studio/rooms/", fields)

    room = Room.objects.get()
    assert answer.headers["Location"] == "/studio/"
    assert (room.owner, room.title, room.description) == (ada, "First stream", "Hello.")
    assert room.category == category


@pytest.mark.parametrize(
    ("title", "description", "field"),
    [("", "", "title"), (" ", "", "title"), ("ok", "d" * 2001, "description")],
)
def test_what_does_not_fit_is_said_beside_its_field(
    studio: Client, title: str, description: str, field: str
) -> None:
    answer = studio.post("/studio/rooms/", {"title": title, "description": description})

    assert answer.status_code == 422
    assert [each["name"] for each in read(answer).having("aria-invalid")] == [field]
    assert not Room.objects.exists()


def test_a_second_room_is_refused_in_words(studio: Client, ada: User) -> None:
    RoomFactory(owner=ada)

    answer = studio.post("/studio/rooms/", {"title": "Another"}, follow=True)

    assert "Bạn đang có một phòng mở." in answer.content.decode()
    assert Room.objects.count() == 1


def test_the_next_room_starts_with_the_last_ones_words(studio: Client, ada: User) -> None:
    RoomFactory(
        owner=ada,
        title="Every Thursday",
        state=RoomState.ENDED,
        ended_at=now(),
        end_reason=EndReason.IDLE,
    )

    page = studio.get("/studio/")

    assert read(page).values["title"] == "Every Thursday"
    assert "Đã lâu không có gì được phát." in page.content.decode()


def test_a_room_is_changed(studio: Client, ada: User) -> None:
    room = RoomFactory(owner=ada, category=CategoryFactory())

    studio.post(f"/studio/rooms/{room.room_id}/change/", {"title": "New", "description": "Words"})

    room.refresh_from_db()
    assert (room.title, room.description, room.category) == ("New", "Words", None)


def test_ending_asks_first_and_then_ends(studio: Client, ada: User) -> None:
    room = live_room(ada)
    url = f"/studio/rooms/{room.room_id}/end/"

    assert studio.get(url).status_code == 200
    assert Room.objects.get().is_open
    assert studio.post(url).headers["Location"] == "/studio/"
    room.refresh_from_db()
    assert (room.state, room.end_reason) == (RoomState.ENDED, EndReason.OWNER)
    assert studio.post(url).headers["Location"] == "/studio/"


def test_who_runs_the_site_may_end_a_room(client: Client, ada: User) -> None:
    room = RoomFactory(owner=ada)
    client.force_login(UserFactory(is_staff=True))

    client.post(f"/studio/rooms/{room.room_id}/end/")

    room.refresh_from_db()
    assert (room.state, room.end_reason) == (RoomState.ENDED, EndReason.ADMIN)


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
