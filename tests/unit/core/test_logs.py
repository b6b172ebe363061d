"""What the log says of requests and of faults: a line each, whose it was, and how loud."""

from __future__ import annotations

import json
import logging
from collections.abc import Iterator
from datetime import datetime
from io import StringIO
from typing import Any

import pytest
from django.test import Client

from streair.core.logs import AddContext
from streair.logs import HideSecrets, Json
from tests.factories import RoomFactory, UserFactory


def lines(stream: StringIO) -> list[dict[str, Any]]:
    return [json.loads(line) for line in stream.getvalue().splitlines()]


@pytest.fixture
def stream() -> Iterator[StringIO]:
    """Where everything that is logged goes, as in production."""
    written_to = StringIO()
    handler = logging.StreamHandler(written_to)
    handler.setFormatter(Json())
    handler.addFilter(HideSecrets())
    handler.addFilter(AddContext())
    logging.getLogger().addHandler(handler)
    yield written_to
    logging.getLogger().removeHandler(handler)


@pytest.mark.django_db
def test_a_line_says_whose_request_it_is_and_in_which_room(
    client: Client, stream: StringIO
) -> None:
    user, room = UserFactory(), RoomFactory(visibility="private")
    client.force_login(user)

    answer = client.get(f"/api/rooms/{room.room_id}/audience")

    (line,) = [each for each in lines(stream) if each["logger"] == "django.request"]
    assert answer.status_code in {403, 404}
    assert line["level"] == "INFO"
    assert line["request_id"] == answer["X-Request-ID"]
    assert (line["user_id"], line["room_id"]) == (user.pk, room.room_id)
    assert datetime.fromisoformat(line["time"]).tzinfo is not None


@pytest.mark.django_db
def test_nobody_is_asked_for_just_to_be_named(client: Client, stream: StringIO) -> None:
    client.force_login(UserFactory())
    stream.truncate(0)

    client.get("/nothing-here.txt")

    (line,) = [each for each in lines(stream) if each["logger"] == "django.request"]
    assert "room_id" not in line


def test_a_line_break_begins_no_new_line(stream: StringIO) -> None:
    logging.getLogger("any").warning('one\n{"level": "ERROR"}')

    assert [line["message"] for line in lines(stream)] == ['one\n{"level": "ERROR"}']


@pytest.mark.django_db
def test_a_number_for_the_request_is_taken_from_our_proxies_alone(client: Client) -> None:
    def number(sent: str, peer: str) -> str:
        headers = {"x-request-id": sent}
        return client.get("/health/live", headers=headers, REMOTE_ADDR=peer)["X-Request-ID"]

    sent = "0af7651916cd43dd8448eb211c80319c"
    assert number(sent, "127.0.0.1") == sent
    assert number(sent, "192.0.2.7") != sent
    for odd in ("short", "x" * 65, "with blank in it", "new\nline-in-it", "<script>"):
        assert number(odd, "127.0.0.1") != odd


@pytest.mark.django_db
def test_what_there_is_not_is_no_warning(client: Client, caplog: pytest.LogCaptureFixture) -> None:
    client.get("/nothing-here/")
    client.post("/api/rooms", {"title": "x"}, "application/json")

    found = [(record.name, record.levelname) for record in caplog.records]
    assert found == [("django.request", "INFO")] * 2


def test_refusals_are_not_logged_at_all_where_only_warnings_are(
    client: Client, caplog: pytest.LogCaptureFixture
) -> None:
    caplog.set_level(logging.WARNING, logger="django.request")

    client.get("/api/nothing-here")

    assert caplog.records == []


@pytest.mark.django_db
def test_a_forged_form_is_a_warning(caplog: pytest.LogCaptureFixture) -> None:
    Client(enforce_csrf_checks=True).post("/sign-in/", {"name": "ada", "password": "x"})

    found = [(record.name, record.levelname) for record in caplog.records]
    assert found == [("django.security.csrf", "WARNING")]


@pytest.mark.django_db
def test_what_django_finds_suspicious_is_an_error(caplog: pytest.LogCaptureFixture) -> None:
    fields = {f"field{number}": "x" for number in range(1001)}

    Client().post("/sign-in/", fields)

    names = {(record.name, record.levelname) for record in caplog.records}
    assert ("django.security.TooManyFieldsSent", "ERROR") in names


@pytest.mark.urls("tests.unit.core.broken_urls")
def test_our_own_mistakes_stay_errors(caplog: pytest.LogCaptureFixture) -> None:
    Client(raise_request_exception=False).get("/api/faulty")

    assert ("django.request", "ERROR") in {(r.name, r.levelname) for r in caplog.records}
