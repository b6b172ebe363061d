"""Rooms that are not for everybody, seen by a stranger, their owner, and whoever knows the password."""

from __future__ import annotations

from datetime import UTC, datetime
from typing import Any

import pytest
import time_machine
from django.test import Client
from django.utils.timezone import now

from rooms import selectors, services
from rooms.models import Room, RoomState, Visibility
from tests.factories import UserFactory
from tests.unit.core.test_ratelimit import CROWD, all_at_once

pytestmark = pytest.mark.django_db

JSON = "application/json"
SECRET = "open sesame"
TITLE = "Board meeting of the cats"


@pytest.fixture
def room() -> Room:
    room = services.open_room(
        owner=UserFactory(username="linh"), title=TITLE, visibility="password", password=SECRET
    )
    Room.objects.filter(pk=room.pk).update(state=RoomState.LIVE, live_since=now())
    return Room.objects.get()


def signed_in(user: Any) -> Client:
    client = Client()
    client.force_login(user)
    return client


def unlock(client: Client, room: Room, password: str = SECRET, **options: Any) -> Any:
    return client.post(f"/api/rooms/{room.room_id}/unlock", {"password": password}, JSON, **options)


def api(client: Client, room: Room, **headers: str) -> int:
    return client.get(f"/api/rooms/{room.room_id}", headers=headers).status_code


def page(client: Client, room: Room) -> Any:
    return client.get(f"/en/rooms/{room.room_id}/")


def test_a_stranger_learns_nothing(client: Client, room: Room) -> None:
    for address in (
        f"/api/rooms/{room.room_id}",
        f"/api/streams/check/{room.room_id}",
        f"/en/rooms/{room.room_id}/",
    ):
        for caller in (client, signed_in(UserFactory())):
            answer = caller.get(address)
            assert answer.status_code == 403
            assert TITLE not in answer.content.decode()
            assert "linh" not in answer.content.decode()
    answer = client.get(f"/api/rooms/{room.room_id}")
    assert answer.json()["code"] == "room-locked"


@pytest.mark.parametrize("visibility", [Visibility.PASSWORD, Visibility.UNLISTED])
def test_nobody_comes_across_a_private_room(
    client: Client, room: Room, visibility: Visibility
) -> None:
    services.change_room(room=room, visibility=visibility)

    for address in (
        "/api/rooms",
        "/api/rooms?q=cats",
        "/api/rooms?sort=viewers",
        "/api/users/linh/rooms",
        "/en/",
        "/en/?q=cats",
        "/en/@linh/",
    ):
        assert TITLE not in client.get(address).content.decode(), address
    other = services.open_room(owner=UserFactory(), title="Other")
    assert room not in selectors.other_live_rooms(other)


def test_a_private_room_that_is_over_stays_private(client: Client, room: Room) -> None:
    Room.objects.update(state=RoomState.ENDED, ended_at=now())

    assert api(client, room) == page(client, room).status_code == 403
    for address in ("/en/", "/en/@linh/", "/api/users/linh/rooms"):
        assert TITLE not in client.get(address).content.decode()


def test_the_owner_sees_it_everywhere(room: Room) -> None:
    owner = signed_in(room.owner)

    assert api(owner, room) == 200
    for address in (f"/en/rooms/{room.room_id}/", "/en/@linh/", "/api/users/linh/rooms"):
        assert TITLE in owner.get(address).content.decode()


def test_an_unlisted_room_is_for_whoever_has_the_link(client: Client, room: Room) -> None:
    services.change_room(room=room, visibility="unlisted")

    answer = page(client, room)

    assert (api(client, room), answer.status_code) == (200, 200)
    assert answer["X-Robots-Tag"] == "noindex"
    assert answer["Cache-Control"] == "no-store"


def test_the_password_opens_page_and_api(client: Client, room: Room) -> None:
    answer = unlock(client, room)

    cookie = answer.cookies[f"room-{room.room_id}"]
    assert answer.status_code == 200
    assert cookie.value == answer.json()["ticket"]
    assert (cookie["httponly"], cookie["samesite"]) == (True, "Lax")
    assert (api(client, room), page(client, room).status_code) == (200, 200)
    assert "no-store" in page(client, room)["Cache-Control"]


def test_a_ticket_is_good_without_its_cookie(client: Client, room: Room) -> None:
    ticket = unlock(Client(), room).json()["ticket"]

    assert api(client, room) == 403
    assert api(client, room, **{"x-room-ticket": ticket}) == 200
    assert api(client, room, **{"x-room-ticket": ticket[:-1]}) == 403


def test_a_ticket_is_no_good_for_another_room(client: Client, room: Room) -> None:
    other = services.open_room(
        owner=UserFactory(), title="Other", visibility="password", password=SECRET
    )
    ticket = unlock(client, room).json()["ticket"]

    assert api(client, other, **{"x-room-ticket": ticket}) == 403
    client.cookies[f"room-{other.room_id}"] = ticket
    assert api(client, other) == 403


@pytest.mark.parametrize(
    "change",
    [{"password": "another"}, {"password": SECRET}],
)
def test_a_new_password_ends_the_old_tickets(
    client: Client, room: Room, change: dict[str, Any]
) -> None:
    unlock(client, room)
    services.change_room(room=room, **change)

    assert (api(client, room), page(client, room).status_code) == (403, 403)


def test_other_changes_leave_tickets_alone(client: Client, room: Room) -> None:
    unlock(client, room)
    services.change_room(room=room, title="New", password="")

    assert api(client, room) == 200


def test_a_room_that_is_locked_again_needs_a_new_password(room: Room) -> None:
    services.change_room(room=room, visibility="public")

    answer = signed_in(room.owner).patch(
        f"/api/rooms/{room.room_id}", {"visibility": "password"}, JSON
    )

    assert answer.status_code == 422
    assert list(answer.json()["errors"]) == ["password"]


def test_wrong_passwords_are_counted_by_room_and_address(client: Client, room: Room) -> None:
    answers = [unlock(client, room, "wrong", REMOTE_ADDR="203.0.113.1") for _ in range(11)]

    assert [answer.status_code for answer in answers] == [403] * 10 + [429]
    assert answers[0].json()["code"] == "wrong-room-password"
    assert 0 < int(answers[-1]["Retry-After"]) <= 600
    # The right one comes too late there, and in time elsewhere.
    assert unlock(client, room, REMOTE_ADDR="203.0.113.1").status_code == 429
    assert unlock(client, room, REMOTE_ADDR="203.0.113.2").status_code == 200


def test_guesses_at_the_same_moment_are_no_more_than_others(room: Room) -> None:
    found = all_at_once(lambda: services.unlock(room=room, password="wrong", address="203.0.113.1"))

    assert found == ["NotAllowed"] * 10 + ["TooFast"] * (CROWD - 10)


def test_a_class_that_comes_at_the_same_moment_gets_in(room: Room) -> None:
    found = all_at_once(lambda: services.unlock(room=room, password=SECRET, address="203.0.113.1"))

    assert found == ["let through"] * CROWD


def test_who_waits_as_long_as_they_are_told_may_guess_again(client: Client, room: Room) -> None:
    with time_machine.travel(datetime(2026, 11, 26, 10, 0, tzinfo=UTC), tick=False) as clock:
        for _ in range(10):
            unlock(client, room, "wrong")
        told = int(unlock(client, room)["Retry-After"])
        clock.shift(told)

        assert told <= 600
        assert unlock(client, room).status_code == 200


def test_right_passwords_do_not_count(client: Client, room: Room) -> None:
    assert {unlock(Client(), room).status_code for _ in range(15)} == {200}


@pytest.mark.parametrize(
    "body", [{}, {"password": ""}, {"password": "\x00"}, {"password": [1]}, []]
)
def test_odd_passwords_open_nothing(client: Client, room: Room, body: Any) -> None:
    answer = client.post(f"/api/rooms/{room.room_id}/unlock", body, JSON)

    assert answer.status_code in {403, 422}
    assert not answer.cookies.get(f"room-{room.room_id}")


def test_who_runs_the_site_gets_a_ticket_for_the_asking(room: Room) -> None:
    admin = signed_in(UserFactory(is_staff=True))

    ticket = unlock(admin, room, "").json()["ticket"]

    assert api(Client(), room, **{"x-room-ticket": ticket}) == 200
    assert f"room-{room.room_id}" in page(signed_in(UserFactory(is_staff=True)), room).cookies


def test_a_room_without_a_password_has_no_tickets(client: Client, room: Room) -> None:
    services.change_room(room=room, visibility="public")

    answer = unlock(client, room)

    assert (answer.status_code, answer.json(), dict(answer.cookies)) == (200, {"ticket": ""}, {})


def test_the_password_page_works_without_scripts(client: Client, room: Room) -> None:
    address = f"/en/rooms/{room.room_id}/unlock/"

    wrong = client.post(address, {"password": "wrong"})
    empty = client.post(address, {"password": ""})
    right = client.post(address, {"password": SECRET}, follow=True)

    assert (wrong.status_code, empty.status_code) == (403, 422)
    assert TITLE not in wrong.content.decode()
    assert (right.status_code, right.redirect_chain) == (
        200,
        [(f"/en/rooms/{room.room_id}/", 302)],
    )
    assert TITLE in right.content.decode()
    assert client.get(address).status_code == 302


def test_guesses_on_the_page_are_counted_too(client: Client, room: Room) -> None:
    address = f"/en/rooms/{room.room_id}/unlock/"

    answers = [client.post(address, {"password": "wrong"}) for _ in range(11)]

    assert (answers[-1].status_code, int(answers[-1]["Retry-After"]) > 0) == (429, True)


def test_the_password_form_is_guarded_against_other_sites(room: Room) -> None:
    strict = Client(enforce_csrf_checks=True)

    answer = strict.post(f"/en/rooms/{room.room_id}/unlock/", {"password": SECRET})

    assert answer.status_code == 403
    assert not answer.cookies.get(f"room-{room.room_id}")


def test_a_new_room_after_an_encoders_return_keeps_strangers_out(
    client: Client, room: Room
) -> None:
    Room.objects.update(state=RoomState.ENDED, ended_at=now())

    again = services.open_room_like_last(owner=room.owner)

    assert api(client, again) == 403
    assert unlock(client, again).status_code == 200
