"""Several pages at once: what each is told about the room it shows."""

from __future__ import annotations

import json
from datetime import datetime, timedelta

import pytest
from django.utils import translation
from django.utils.timezone import now
from django.utils.translation import gettext

from rooms import services
from rooms.models import EndReason, RoomState
from tests.factories import CategoryFactory, RoomFactory, UserFactory
from tests.realtime.client import connected, db, publish, watching

pytestmark = pytest.mark.django_db(transaction=True)

new_room, new_user = db(RoomFactory), db(UserFactory)


async def test_joining_tells_how_the_room_stands() -> None:
    category = await db(CategoryFactory)(slug="evening-music", name_vi="Âm nhạc", name_en="Music")
    interrupted = now().replace(microsecond=0)
    room = await new_room(
        title="Đêm nhạc",
        category=category,
        state=RoomState.RECONNECTING,
        live_since=interrupted - timedelta(minutes=5),
        interrupted_since=interrupted,
    )

    async with watching(room) as viewer:
        snapshot = viewer.snapshot

    assert datetime.fromisoformat(snapshot.pop("serverTime")) - now() < timedelta(seconds=5)
    assert snapshot == {
        "roomId": room.room_id,
        "state": "reconnecting",
        "title": "Đêm nhạc",
        "description": "",
        "category": {"slug": "evening-music", "names": {"vi": "Âm nhạc", "en": "Music"}},
        "viewerCount": 1,
        "liveSince": (interrupted - timedelta(minutes=5)).isoformat(),
        "graceUntil": (interrupted + timedelta(seconds=90)).isoformat(),
        "endReason": None,
        "messages": [],
        "held": [],
        "rules": None,
        "modes": {
            "slowSeconds": 0,
            "linksOff": False,
            "emojiOnly": False,
            "followersOnly": False,
            "followersMinutes": 0,
            "verifiedOnly": False,
            "accountAgeMinutes": 0,
            "panic": False,
        },
        "you": {
            "isOwner": False,
            "signedIn": False,
            "userId": None,
            "username": "",
            "displayName": "",
            "role": "",
            "canModerate": False,
            "barred": None,
        },
    }


async def test_every_page_of_the_room_hears_its_life_and_nobody_else_does() -> None:
    room, elsewhere = await new_room(), await new_room()

    async with (
        watching(room) as guest,
        watching(room, user=await new_user()) as member,
        watching(elsewhere) as outsider,
    ):
        await db(services.go_live)(room.pk)
        await db(services.interrupt)(room.pk)
        await db(services.fall_back_to_waiting)(room.pk)
        await db(services.end_room)(room=room, reason=EndReason.OWNER, block_encoder=False)

        for viewer in (guest, member):
            started = await viewer.event("stream-started")
            assert started["data"]["roomId"] == room.room_id
            interrupted = await viewer.event("stream-interrupted")
            assert datetime.fromisoformat(interrupted["data"]["graceUntil"]) > now()
            stopped = await viewer.event("stream-stopped")
            assert stopped["data"] == {"roomId": room.room_id}
            ended = await viewer.event("stream-ended")
            assert ended["data"] == {"roomId": room.room_id, "reason": "owner"}
        assert set(await outsider.has_heard()) <= {"viewer-joined"}


async def test_only_the_owner_hears_how_the_encoder_does() -> None:
    owner, stranger = await new_user(), await new_user()
    room = await new_room(owner=owner)

    async with (
        watching(room, user=owner, command="create-room") as studio,
        watching(room, user=owner) as page,
        watching(room, user=stranger) as other,
    ):
        await publish(room.owner_group, "ingest-health", problems=["hevc"])
        await publish(room.group, "stream-started", roomId=room.room_id)

        assert (await studio.event("ingest-health"))["data"] == {"problems": ["hevc"]}
        await studio.event("stream-started")
        for viewer in (page, other):
            await viewer.event("stream-started")
            assert "ingest-health" not in await viewer.has_heard()


@pytest.mark.parametrize(("signed_in", "code"), [(True, "not-allowed"), (False, "sign-in-first")])
async def test_nobody_attaches_to_a_room_of_somebody_else(signed_in: bool, code: str) -> None:
    room = await new_room()
    user = await new_user() if signed_in else None

    async with connected(user) as stranger:
        answer = await stranger.call("create-room", roomId=room.room_id)
        await publish(room.owner_group, "encoder-refused", reason="room-ended")
        await publish(room.group, "stream-started", roomId=room.room_id)

        assert answer["event"] == "error"
        assert answer["data"]["code"] == code
        assert await stranger.has_heard() == []


@pytest.mark.parametrize("room_id", ["nobodyshome", "", "../x", "a" * 25, 7, None, ["a"], "Ä"])
async def test_a_room_that_is_not_there_is_an_answer(room_id: object) -> None:
    async with connected() as viewer:
        answer = await viewer.call("join-room", roomId=room_id)

        assert answer["event"] == "error"
        assert answer["data"]["code"] == "room-not-found"


@pytest.mark.parametrize("language", ["vi", "en"])
async def test_errors_are_in_the_reader_s_language(language: str) -> None:
    with translation.override(language):
        expected = gettext("There is no room at this address.")

    async with connected(cookies=f"language={language}") as viewer:
        answer = await viewer.call("join-room", roomId="nobodyshome")

        assert answer["data"]["message"] == expected


async def test_a_page_that_leaves_hears_no_more() -> None:
    room = await new_room()

    async with watching(room) as viewer, watching(room) as other:
        assert (await viewer.call("leave-room"))["event"] == "ack"
        await publish(room.group, "stream-started", roomId=room.room_id)

        await other.event("stream-started")
        assert "stream-started" not in await viewer.has_heard()


async def test_joining_another_room_leaves_the_first() -> None:
    first, second = await new_room(), await new_room()

    async with watching(first) as viewer, watching(first) as other:
        await viewer.call("join-room", roomId=second.room_id)
        await publish(first.group, "stream-started", roomId=first.room_id)
        await publish(second.group, "stream-started", roomId=second.room_id)

        await other.counts(1)
        started = await viewer.event("stream-started")
        assert started["data"]["roomId"] == second.room_id


async def test_what_happens_during_a_join_arrives_after_its_answer() -> None:
    room = await new_room()

    async with connected() as viewer, watching(room) as other:
        frame = {"event": "join-room", "data": {"roomId": room.room_id}, "id": 1}
        await viewer.send_text(json.dumps(frame))
        await db(services.go_live)(room.pk)
        await other.event("stream-started")

        first = await viewer.event("ack", "stream-started")
        state = first["data"]["state"] if first["event"] == "ack" else ""
        assert first["event"] == "ack"
        # Either the snapshot knows already, or the event follows; a page may never end up behind.
        if state == "waiting":
            await viewer.event("stream-started")
