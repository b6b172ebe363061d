"""Edges: who is sent to which, what they may read, and whom they are told to send away."""

from __future__ import annotations

import time
from collections.abc import Iterator
from typing import Any
from urllib.parse import parse_qs, urlsplit

import pytest
from channels.db import database_sync_to_async
from django.core.cache import caches
from django.test import AsyncClient

from accounts.services import sign_out_everywhere
from rooms.locks import HEADER, lock_of, ticket_for
from rooms.models import EndReason, Room
from rooms.services import change_room
from streams import edges
from streams.edge.tickets import ANYBODY, Purpose, Ticket, read, sign
from streams.services import end_stream
from tests.api.flv import KEYFRAME, Player, Site, cookie_of, live_room
from tests.factories import UserFactory

pytestmark = pytest.mark.django_db(transaction=True)

db = database_sync_to_async

NEAR, FAR = "https://near.example.org", "https://far.example.org"
SECRET = "e" * 40


@pytest.fixture(autouse=True)
def _edges(settings: Any) -> Iterator[None]:
    settings.EDGES = [NEAR, FAR]
    settings.EDGE_SECRET = SECRET
    edges._edges.forget()
    yield
    edges._edges.forget()


async def beat(
    url: str = NEAR,
    *,
    viewers: int = 0,
    most: int = 100,
    secret: str = SECRET,
    rooms: dict[str, list[str]] | None = None,
) -> Any:
    news = {"url": url, "viewers": viewers, "mostViewers": most, "rooms": rooms or {}}
    answer: Any = await AsyncClient().post(
        "/edges/beat",
        news,
        content_type="application/json",
        headers={"Authorization": f"Bearer {secret}"},
    )
    edges._edges.forget()
    return answer


async def orders(**rooms: list[str]) -> tuple[dict[str, str], dict[str, list[str]]]:
    answer = (await beat(rooms=rooms)).json()
    return answer["ended"], answer["lost"]


def where(player: Player) -> str:
    """Return the edge that a player was sent to."""
    assert player.status == 307
    return "https://" + urlsplit(player.headers["location"]).netloc


def ticket_of(player: Player) -> Ticket:
    """Return what the ticket says that a player was given."""
    text = parse_qs(urlsplit(player.headers["location"]).query)["ticket"][0]
    return read(text, Purpose.WATCH, secret=SECRET)


@pytest.fixture
async def room() -> Room:
    made: Room = await live_room()
    return made


async def test_viewers_are_sent_to_an_edge_that_lives(site: Site, room: Room) -> None:
    await beat(NEAR)

    player = await site.ask(room.room_id)

    assert where(player) == NEAR
    assert ticket_of(player) == Ticket(room.room_id)
    assert player.headers["cache-control"] == "no-store"


async def test_the_emptier_one_is_taken(site: Site, room: Room) -> None:
    await beat(NEAR, viewers=50, most=100)
    await beat(FAR, viewers=50, most=1000)

    assert where(await site.ask(room.room_id)) == FAR


async def test_a_crowd_between_two_beats_is_spread(site: Site, room: Room) -> None:
    await beat(NEAR)
    await beat(FAR)

    sent = [where(await site.ask(room.room_id)) for _ in range(10)]

    assert sorted(sent) == [FAR] * 5 + [NEAR] * 5


async def test_who_was_lost_by_an_edge_is_sent_to_another(site: Site, room: Room) -> None:
    await beat(NEAR, viewers=0)
    await beat(FAR, viewers=90)

    sent = [where(await site.ask(room.room_id, query=f"lost={NEAR}")) for _ in range(5)]

    assert sent == [FAR] * 5
    assert where(await site.ask(room.room_id, query="lost=https://unheard.example.org")) == NEAR


@pytest.mark.parametrize(("heard_ago", "status"), [(0.0, 307), (1.5, 200)])
async def test_who_was_lost_by_the_only_edge_goes_back_if_it_was_heard_of_a_moment_ago(
    site: Site, room: Room, heard_ago: float, status: int
) -> None:
    caches["default"].set(edges._key(NEAR), [0, 100, time.time() - heard_ago], 60)

    player = site.play(room.room_id, query=f"lost={NEAR}")
    await (player.until_body(KEYFRAME.body) if status == 200 else player.end())
    await player.leave()

    assert player.status == status


@pytest.mark.parametrize("state", ["silent", "full", "leaving", "unheard"])
async def test_where_no_edge_has_a_place_the_site_serves_itself(
    site: Site, room: Room, state: str
) -> None:
    if state == "full":
        await beat(viewers=100, most=100)
    elif state == "leaving":
        await beat()
        await beat(most=0)
    elif state == "silent":
        caches["default"].set(edges._key(NEAR), [0, 100, 1.0], 60)

    player = site.play(room.room_id)
    await player.until_body(KEYFRAME.body)
    await player.leave()

    assert player.status == 200


async def test_who_may_not_watch_is_refused_before_they_are_sent_anywhere(site: Site) -> None:
    await beat()
    locked = await live_room(visibility="password", password="secret")

    assert (await site.ask(locked.room_id)).status == 403


async def test_an_edge_reads_here_whatever_the_lock(site: Site) -> None:
    await beat()
    locked = await live_room(visibility="password", password="secret")
    ticket = sign(Ticket(locked.room_id), Purpose.PULL, secret=SECRET)

    player = site.play(locked.room_id, query=f"ticket={ticket}")
    await player.until_body(KEYFRAME.body)
    await player.leave()

    assert player.status == 200


@pytest.mark.parametrize("purpose", [Purpose.PULL, Purpose.WATCH])
async def test_a_ticket_for_something_else_opens_nothing_here(
    site: Site, room: Room, purpose: Purpose
) -> None:
    locked = await live_room(visibility="password", password="secret")
    named = room if purpose is Purpose.PULL else locked
    ticket = sign(Ticket(named.room_id), purpose, secret=SECRET)

    player = site.play(locked.room_id, query=f"ticket={ticket}")
    await player.end()

    assert player.status == 403


async def test_an_edge_that_reads_a_room_that_is_over_hears_so(site: Site, room: Room) -> None:
    await db(end_stream)(room=room, reason=EndReason.OWNER)
    ticket = sign(Ticket(room.room_id), Purpose.PULL, secret=SECRET)

    player = site.play(room.room_id, query=f"ticket={ticket}")
    await player.end()

    assert (player.status, player.error["code"]) == (404, "stream-ended")


async def test_rooms_that_are_over_are_to_be_closed(room: Room) -> None:
    other = await live_room()
    await db(end_stream)(room=room, reason=EndReason.OWNER)

    assert await orders(**{room.room_id: [], other.room_id: [], "unheardof": []}) == (
        {room.room_id: "owner", "unheardof": "ended"},
        {},
    )


async def test_who_signs_out_is_to_be_sent_away(site: Site, room: Room) -> None:
    await beat()
    leaving, staying = await db(UserFactory)(), await db(UserFactory)()
    names = [
        ticket_of(await site.ask(room.room_id, cookie=await cookie_of(user))).viewer
        for user in (leaving, staying)
    ]
    assert await orders(**{room.room_id: names}) == ({}, {})

    await db(sign_out_everywhere)(leaving)

    assert await orders(**{room.room_id: names}) == ({}, {room.room_id: names[:1]})


async def test_who_is_locked_out_is_to_be_sent_away(site: Site) -> None:
    await beat()
    locked = await live_room(visibility="password", password="secret")
    held = ticket_for(lock_of(locked.room_id, locked.password))
    player = await site.ask(locked.room_id, **{HEADER.lower().replace("-", "_"): held})
    name = ticket_of(player).viewer
    assert await orders(**{locked.room_id: [name]}) == ({}, {locked.room_id: [ANYBODY]})

    await db(change_room)(room=locked, password="another")

    assert await orders(**{locked.room_id: [name]}) == ({}, {locked.room_id: [name, ANYBODY]})


async def test_when_a_room_gets_a_password_whoever_came_as_anybody_is_sent_away(
    room: Room,
) -> None:
    assert await orders(**{room.room_id: []}) == ({}, {})

    await db(change_room)(room=room, visibility="password", password="secret")

    assert await orders(**{room.room_id: []}) == ({}, {room.room_id: [ANYBODY]})


async def test_an_edge_goes_on_reading_a_locked_room(site: Site) -> None:
    locked = await live_room(visibility="password", password="secret")
    ticket = sign(Ticket(locked.room_id), Purpose.PULL, secret=SECRET)
    player = site.play(locked.room_id, query=f"ticket={ticket}")
    await player.until_body(KEYFRAME.body)

    await site.runtime._follow()

    assert site.runtime.rooms.viewer_count(locked.room_id) == 1
    await player.leave()


async def test_whom_nobody_remembers_is_to_come_back(room: Room) -> None:
    assert await orders(**{room.room_id: ["stranger"]}) == ({}, {room.room_id: ["stranger"]})


async def test_others_are_told_that_there_is_nothing_here(settings: Any) -> None:
    assert (await beat(secret="f" * 40)).status_code == 404
    assert (await AsyncClient().get("/edges/beat")).status_code == 404

    settings.EDGE_SECRET = ""
    assert (await beat(secret="")).status_code == 404


@pytest.mark.parametrize(
    "news",
    [
        "nonsense",
        [],
        {"url": NEAR},
        {"url": "https://evil.example.org", "viewers": 0, "mostViewers": 9, "rooms": {}},
        {"url": NEAR, "viewers": "many", "mostViewers": 9, "rooms": {}},
        {"url": NEAR, "viewers": 0, "mostViewers": 9, "rooms": {"../..": []}},
        {"url": NEAR, "viewers": 0, "mostViewers": 9, "rooms": {"abc": [{}]}},
        {"url": NEAR, "viewers": 0, "mostViewers": 9, "rooms": {"abc": ["x" * 600_000]}},
    ],
)
async def test_what_no_edge_of_ours_says_is_refused(news: Any) -> None:
    answer = await AsyncClient().post(
        "/edges/beat",
        news,
        content_type="application/json",
        headers={"Authorization": f"Bearer {SECRET}"},
    )

    assert answer.status_code == 422
