"""Reporting a room from its page."""

from __future__ import annotations

import pytest
from django.test import Client

from rooms.models import Report
from tests.factories import RoomFactory, UserFactory
from tests.pages.reading import read

pytestmark = pytest.mark.django_db

JSON = {"Accept": "application/json"}


@pytest.fixture
def ada(client: Client) -> Client:
    RoomFactory(room_id="linh-is-live", owner=UserFactory(username="linh"))
    client.force_login(UserFactory(username="ada"))
    return client


def test_a_viewer_reports_and_is_thanked_on_the_page_of_the_room(ada: Client) -> None:
    body = {"reason": "spam", "text": "Sells what is not theirs."}

    answer = ada.post("/rooms/linh-is-live/report/", body, follow=True)

    [row] = Report.objects.all()
    assert (row.target_id, row.reason, row.text) == ("linh-is-live", *body.values())
    assert answer.redirect_chain == [("/rooms/linh-is-live/", 302)]
    assert read(answer).having("data-toast")


def test_scripts_get_the_thanks_as_json(ada: Client) -> None:
    answer = ada.post("/en/rooms/linh-is-live/report/", {"reason": "hate"}, headers=JSON)

    assert answer.json() == {"message": "Thank you. Whoever runs the site will look at it."}
    again = ada.post("/en/rooms/linh-is-live/report/", {"reason": "hate"}, headers=JSON)
    assert (again.status_code, again.json()["code"]) == (409, "report-open-already")


def test_what_cannot_be_taken_is_said_and_what_was_typed_stays(ada: Client) -> None:
    answer = ada.post("/rooms/linh-is-live/report/", {"reason": "taste", "text": "Too loud"})

    assert answer.status_code == 422
    assert "Too loud" in answer.content.decode()
    assert not Report.objects.exists()


def test_who_has_not_signed_in_is_led_to_the_door(client: Client) -> None:
    RoomFactory(room_id="linh-is-live")

    answer = client.get("/rooms/linh-is-live/report/")

    assert answer["Location"] == "/sign-in/?next=/rooms/linh-is-live/report/"
    assert "/rooms/linh-is-live/report/" in read(client.get("/rooms/linh-is-live/")).links


def test_who_stands_before_the_door_learns_nothing_and_reports_nothing(ada: Client) -> None:
    RoomFactory(room_id="locked", title="Secret", visibility="password", password="x")

    for answer in (
        ada.get("/rooms/locked/report/"),
        ada.post("/rooms/locked/report/", {"reason": "spam"}),
    ):
        assert answer["Location"] == "/rooms/locked/"
    assert ada.get("/rooms/unknown/report/").status_code == 404
    assert not Report.objects.exists()


def test_the_streamer_has_nothing_to_report_about_themselves(client: Client) -> None:
    room = RoomFactory(room_id="linh-is-live")
    client.force_login(room.owner)

    page = read(client.get("/rooms/linh-is-live/"))

    assert "/rooms/linh-is-live/report/" not in page.links
    assert page.having("data-report") == []
