"""While the database is away people see public pages as they were, and nobody sees anybody else's."""

from __future__ import annotations

import re
from collections.abc import Callable, Iterator
from typing import Any

import pytest
from django.db import OperationalError, connection
from django.test import Client
from django.utils.timezone import now

from rooms.models import Room, RoomState
from streair.core import kept_pages
from tests.factories import RoomFactory, UserFactory

pytestmark = pytest.mark.django_db


def refuse(*_args: Any) -> None:
    raise OperationalError("The database is away.")


@pytest.fixture
def lose_database() -> Iterator[Callable[[], None]]:
    """Have every query fail from now on."""
    yield lambda: connection.execute_wrappers.append(refuse)
    if refuse in connection.execute_wrappers:
        connection.execute_wrappers.remove(refuse)


@pytest.fixture
def visitor() -> Client:
    return Client(raise_request_exception=False)


@pytest.fixture
def room() -> Room:
    made: Room = RoomFactory(title="A walk in the woods", state=RoomState.LIVE, live_since=now())
    return made


def token_in(page: str) -> str:
    found = re.search(r'data-csrf-token="([^"]+)"', page)
    assert found is not None
    return found[1]


def test_strangers_see_public_pages_as_they_were(
    visitor: Client, room: Room, lose_database: Callable[[], None]
) -> None:
    paths = ["/en/", "/en/live/", f"/en/rooms/{room.room_id}/", f"/en/@{room.owner.username}/"]
    before = {path: visitor.get(path) for path in paths}
    lose_database()

    for path in paths:
        answer = Client(raise_request_exception=False).get(path)

        assert answer.status_code == before[path].status_code == 200
        assert ("A walk in the woods" in answer.content.decode()) == (
            "A walk in the woods" in before[path].content.decode()
        )
        assert int(answer["Age"]) < kept_pages.KEPT_SECONDS
        assert answer["Content-Security-Policy"] == before[path]["Content-Security-Policy"]


def test_a_kept_page_has_its_readers_own_token(
    visitor: Client, lose_database: Callable[[], None]
) -> None:
    first = visitor.get("/en/").content.decode()
    lose_database()

    reader = Client(raise_request_exception=False, enforce_csrf_checks=True)
    page = reader.get("/en/").content.decode()
    sent = reader.post("/i18n/theme", {"theme": "dark", "csrfmiddlewaretoken": token_in(page)})

    assert token_in(first) not in page
    assert sent.status_code != 403


def test_what_somebody_in_particular_saw_is_shown_to_nobody_else(
    visitor: Client, room: Room, lose_database: Callable[[], None]
) -> None:
    path = f"/en/rooms/{room.room_id}/"
    member = Client()
    member.force_login(UserFactory(username="somebody_known"))
    assert "somebody_known" in member.get(path).content.decode()
    locked: Room = RoomFactory(title="Behind a door", state=RoomState.LIVE)
    ticket_holder = Client()
    ticket_holder.cookies[f"room-{locked.room_id}"] = "a-ticket"
    ticket_holder.get(f"/en/rooms/{locked.room_id}/")
    lose_database()

    assert visitor.get(path).status_code == 503
    assert visitor.get(f"/en/rooms/{locked.room_id}/").status_code == 503


def test_what_is_not_public_or_not_known_is_refused(
    visitor: Client, room: Room, lose_database: Callable[[], None]
) -> None:
    paths = [f"/en/search/?q={room.owner.username}", f"/api/rooms/{room.room_id}", "/en/tags/x/"]
    for path in paths[:2]:
        assert visitor.get(path).status_code == 200
    lose_database()

    for path in paths:
        answer = visitor.get(path)
        assert answer.status_code == 503
        assert int(answer["Retry-After"]) > 0


def test_themes_and_languages_are_told_apart(
    visitor: Client, lose_database: Callable[[], None]
) -> None:
    visitor.cookies["theme"] = "dark"
    visitor.get("/en/")
    lose_database()

    assert 'data-theme="dark"' in visitor.get("/en/").content.decode()
    assert Client(raise_request_exception=False).get("/en/").status_code == 503


def test_whoever_opens_many_pages_fills_no_memory(
    visitor: Client, monkeypatch: pytest.MonkeyPatch, lose_database: Callable[[], None]
) -> None:
    monkeypatch.setattr(kept_pages, "_MOST", 3)
    for number in range(5):
        visitor.get(f"/en/?page={number}")
    lose_database()

    found = [visitor.get(f"/en/?page={number}").status_code for number in range(5)]
    assert found == [200, 200, 200, 503, 503]
