"""Following somebody from a page."""

from __future__ import annotations

import pytest
from django.test import Client

from accounts.models import Follow
from tests.factories import RoomFactory, UserFactory
from tests.pages.reading import read

pytestmark = pytest.mark.django_db

JSON = {"Accept": "application/json"}


@pytest.fixture
def ada(client: Client) -> Client:
    UserFactory(username="linh")
    client.force_login(UserFactory(username="ada"))
    return client


def button(client: Client, path: str) -> list[str]:
    return [attrs["value"] for attrs in read(client.get(path)).having("data-text-yes")]


def test_a_member_follows_from_the_channel_and_no_longer(ada: Client) -> None:
    assert button(ada, "/@linh/") == ["yes"]

    answer = ada.post("/@linh/follow/", {"follow": "yes", "next": "/@linh/"})
    again = ada.post("/@LINH/follow/", {"follow": "yes", "next": "https://elsewhere.example/"})

    assert (answer.status_code, answer["Location"], again["Location"]) == (302, "/@linh/", "/")
    assert button(ada, "/@linh/") == ["no"]
    assert "1 follower<" in ada.get("/en/@linh/").content.decode()
    ada.post("/@linh/follow/", {"follow": "no"})
    assert not Follow.objects.exists()


def test_the_watch_page_has_it_too(ada: Client) -> None:
    room = RoomFactory(owner__username="ben")

    assert button(ada, f"/rooms/{room.room_id}/") == ["yes"]


def test_scripts_get_the_new_count(ada: Client) -> None:
    answer = ada.post("/en/@linh/follow/", {"follow": "yes"}, headers=JSON)

    assert answer.json() == {"following": True, "followers": "1 follower"}


def test_nobody_follows_themselves_or_who_is_not_there(ada: Client) -> None:
    UserFactory(username="gone", is_active=False)

    assert button(ada, "/@ada/") == []
    assert ada.post("/@ada/follow/", {"follow": "yes"}).status_code == 409
    assert ada.post("/@gone/follow/", {"follow": "yes"}).status_code == 404
    assert ada.get("/@linh/follow/").status_code == 405
    assert not Follow.objects.exists()


def test_a_stranger_is_led_to_the_door_and_back(client: Client) -> None:
    UserFactory(username="linh")

    answer = client.post("/@linh/follow/", {"follow": "yes", "next": "/@linh/"})

    assert answer["Location"] == "/sign-in/?next=%2F%40linh%2F"
    assert client.post("/@linh/follow/", {"follow": "yes"}, headers=JSON).status_code == 401
