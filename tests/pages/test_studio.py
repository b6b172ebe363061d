"""The studio: what its owner sees and may do there, and that nobody else may."""

from __future__ import annotations

import pytest
from django.test import Client
from django.utils.timezone import now

from accounts.models import User
from rooms.models import EndReason, Room, RoomState
from streams.models import StreamKey
from tests.factories import CategoryFactory, RoomFactory, UserFactory
from tests.pages.on_air import live_room
from tests.pages.reading import read

pytestmark = pytest.mark.django_db


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
