"""Rooms whose streamer keeps to themselves how many watch."""

from __future__ import annotations

import pytest
from django.test import Client

from accounts.services import follow
from rooms import services
from rooms.models import Room, RoomState
from rooms.viewer_board import post
from tests.factories import RoomFactory, UserFactory
from tests.realtime.client import db, watching

pytestmark = pytest.mark.django_db(transaction=True)

new_room = db(RoomFactory)
change_room = db(services.change_room)


async def test_only_the_streamer_hears_how_many_watch() -> None:
    room = await new_room(hides_viewers=True)

    async with (
        watching(room, user=room.owner, command="create-room") as owner,
        watching(room, user=await db(UserFactory)()) as viewer,
    ):
        await owner.counts(1)
        async with watching(room):
            await owner.counts(2)

        assert (viewer.snapshot["viewerCount"], owner.snapshot["viewerCount"]) == (None, 0)
        assert {"viewer-joined", "viewer-left"}.isdisjoint(await viewer.has_heard())


async def test_a_switch_holds_for_pages_that_are_open() -> None:
    room = await new_room()

    async with (
        watching(room, user=room.owner, command="create-room") as owner,
        watching(room) as viewer,
    ):
        await viewer.counts(1)
        await owner.counts(1)

        await change_room(room=room, hides_viewers=True)
        assert (await viewer.event("room-updated"))["data"]["hidesViewers"] is True
        async with watching(room):
            await owner.counts(2)
        assert {"viewer-joined", "viewer-left"}.isdisjoint(await viewer.has_heard())

        await change_room(room=room, hides_viewers=False)
        await viewer.counts(1)


def test_neither_pages_nor_lists_tell_it() -> None:
    hidden, shown = (
        RoomFactory(state=RoomState.LIVE, live_since="2026-01-01T00:00Z", hides_viewers=hides)
        for hides in (True, False)
    )
    post({hidden.room_id: 7171, shown.room_id: 4242})
    client = Client()

    for path in ("/", f"/rooms/{hidden.room_id}/", "/live/?sort=viewers"):
        page = client.get(path).content.decode()
        assert "7171" not in page, path
        assert "7.171" not in page, path
    assert "4.242" in client.get("/").content.decode()
    # Nor are those told who follow them.
    follower = UserFactory()
    for room in (hidden, shown):
        follow(follower, room.owner)
    client.force_login(follower)
    for path in ("/", "/following/", "/following/rail"):
        page = client.get(path).content.decode()
        assert "7.171" not in page, path
        assert "4.242" in page, path
    client.logout()
    counts = {each["roomId"]: each["viewerCount"] for each in client.get("/api/rooms").json()}
    assert counts == {hidden.room_id: None, shown.room_id: 4242}
    assert client.get(f"/api/rooms/{hidden.room_id}").json()["viewerCount"] is None
    # Nor does its place: it stands behind rooms with fewer.
    sorted_rooms = client.get("/api/rooms?sort=viewers").json()
    assert [each["roomId"] for each in sorted_rooms] == [shown.room_id, hidden.room_id]


def test_the_streamer_switches_it_in_the_studio() -> None:
    room = RoomFactory()
    client = Client()
    client.force_login(room.owner)
    post({room.room_id: 7171})

    client.post(f"/studio/rooms/{room.room_id}/change/", {"title": "x", "hides_viewers": "on"})

    assert Room.objects.get().hides_viewers
    assert "7171" in client.get("/studio/").content.decode()
