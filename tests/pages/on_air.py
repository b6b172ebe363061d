"""A room on air, as its streamer has it before them."""

from __future__ import annotations

from datetime import timedelta

from django.utils.timezone import now

from accounts.models import User
from rooms.models import Room, RoomState
from tests.factories import BroadcastFactory, PublisherFactory, RoomFactory


def live_room(owner: User) -> Room:
    room = RoomFactory(owner=owner, state=RoomState.LIVE, live_since=now() - timedelta(minutes=3))
    PublisherFactory(room=room, keyframe=now(), encoder="OBS", problems=["no-audio"])
    BroadcastFactory(
        room=room,
        video_codec="H.264",
        audio_codec="",
        width=1920,
        height=1080,
        fps=59.94,
        bitrate_kbps=4500,
    )
    return room
