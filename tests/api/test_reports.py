"""Reporting rooms and people to whoever runs the site."""

from __future__ import annotations

from typing import Any

import pytest
from django.test import Client
from django.utils.timezone import now

from rooms.models import Report
from tests.factories import RoomFactory, UserFactory

pytestmark = pytest.mark.django_db

JSON = "application/json"


@pytest.fixture
def reporter() -> Client:
    client = Client(headers={"accept-language": "en"})
    client.force_login(UserFactory(username="reporter"))
    return client


def send(client: Client, **given: Any) -> Any:
    return client.post("/api/reports", {"reason": "spam", **given}, JSON)


def test_a_room_is_reported(reporter: Client) -> None:
    room = RoomFactory(title="Free money")

    answer = send(reporter, kind="room", id=room.room_id, text=" Look\u202e! ")

    report = Report.objects.get()
    assert answer.status_code == 201
    assert (answer.json()["id"], answer.json()["text"]) == (room.room_id, "Look!")
    assert (report.room, report.target_text) == (room, "Free money")
    assert report.reporter is not None
    assert report.reporter.username == "reporter"


def test_a_person_is_reported_whatever_the_case(reporter: Client) -> None:
    UserFactory(username="Troll")

    assert send(reporter, kind="user", id="troll").status_code == 201
    assert Report.objects.get().target_id == "Troll"


def test_one_report_waits_at_a_time(reporter: Client) -> None:
    room = RoomFactory()
    given = {"kind": "room", "id": room.room_id}

    assert send(reporter, **given).status_code == 201
    again = send(reporter, **given)
    Report.objects.update(handled=now())
    later = send(reporter, **given)

    assert (again.status_code, again.json()["code"]) == (409, "report-open-already")
    assert later.status_code == 201


@pytest.mark.parametrize(
    ("given", "status"),
    [
        ({}, 422),
        ({"kind": "room"}, 422),
        ({"kind": "planet", "id": "x"}, 422),
        ({"kind": "room", "id": "x", "reason": "boring"}, 422),
        ({"kind": "room", "id": "x" * 41}, 422),
        ({"kind": "user", "id": "reporter", "text": "x" * 1001}, 422),
        ({"kind": "user", "id": "reporter", "text": "a\x00"}, 422),
        ({"kind": "user", "id": "reporter", "text": "a\x1b"}, 422),
        ({"kind": "room", "id": "nosuchroom"}, 404),
        ({"kind": "user", "id": "nobody"}, 404),
        ({"kind": "message", "id": "1"}, 404),
    ],
)
def test_what_cannot_be_reported_is_refused(
    reporter: Client, given: dict[str, Any], status: int
) -> None:
    answer = send(reporter, **given)

    assert answer.status_code == status, answer.content
    assert not Report.objects.exists()


def test_strangers_sign_in_first(client: Client) -> None:
    assert send(client, kind="room", id=RoomFactory().room_id).status_code == 401


def test_nobody_floods_the_reports(reporter: Client) -> None:
    rooms = RoomFactory.create_batch(21)

    answers = [send(reporter, kind="room", id=room.room_id).status_code for room in rooms]

    assert answers == [201] * 20 + [429]


def test_nobody_reads_reports_here(reporter: Client) -> None:
    assert reporter.get("/api/reports").status_code == 405
