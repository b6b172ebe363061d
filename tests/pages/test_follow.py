"""Following a streamer from the pages about them."""

from __future__ import annotations

import pytest
from django.test import Client

from accounts.models import Follow, User
from tests.factories import RoomFactory, UserFactory
from tests.pages.reading import read

pytestmark = pytest.mark.django_db


@pytest.fixture
def streamer() -> User:
    streamer: User = UserFactory(username="linh", display_name="Linh")
    RoomFactory(owner=streamer, room_id="linhs-room")
    return streamer


@pytest.fixture
def fan(client: Client) -> User:
    fan: User = UserFactory(username="fan")
    client.force_login(fan)
    return fan


@pytest.mark.parametrize("url", ["/@linh/", "/rooms/linhs-room/"])
def test_without_scripts_a_button_follows_and_unfollows(
    client: Client, fan: User, streamer: User, url: str
) -> None:
    before = read(client.get(url)).having("data-follow-button")
    answer = client.post("/@linh/follow/", {"follow": before[0]["value"], "next": url})

    assert answer["Location"] == url
    assert Follow.objects.filter(follower=fan, followed=streamer).exists()

    after = read(client.get(url)).having("data-follow-button")
    client.post("/@linh/follow/", {"follow": after[0]["value"], "next": url})

    assert not Follow.objects.exists()


def test_scripts_get_the_new_state(client: Client, fan: User, streamer: User) -> None:
    answers = [
        client.post(
            "/@linh/follow/", {"follow": wish}, headers={"Accept": "application/json"}
        ).json()
        for wish in ("yes", "yes", "no")
    ]

    seen = [(answer["following"], answer["followerCount"]) for answer in answers]
    assert seen == [(True, 1), (True, 1), (False, 0)]


def test_strangers_are_led_to_the_door_and_back(client: Client, streamer: User) -> None:
    page = read(client.get("/@linh/"))

    assert "/sign-in/?next=/%40linh/" in page.links or "/sign-in/?next=/@linh/" in page.links
    assert "/sign-in/" in client.post("/@linh/follow/", {"follow": "yes"})["Location"]
    assert not Follow.objects.exists()


def test_nobody_is_asked_to_follow_themselves(client: Client, streamer: User) -> None:
    client.force_login(streamer)

    assert "data-follow-button" not in client.get("/@linh/").content.decode()
    assert client.post("/@linh/follow/", {"follow": "yes"}).status_code == 409


def test_who_is_not_there_cannot_be_followed(client: Client, fan: User) -> None:
    assert client.post("/@nobody/follow/", {"follow": "yes"}).status_code == 404


def test_elsewhere_is_no_place_to_go_back_to(client: Client, fan: User, streamer: User) -> None:
    answer = client.post("/@linh/follow/", {"follow": "yes", "next": "https://evil.example/"})

    assert answer["Location"] == "/"
