"""Runs beside a site on its data and answers questions: one JSON line in, one out."""

from __future__ import annotations

import json
import sys
from typing import Any

import django


def streamer(name: str) -> dict[str, str]:
    """Make a streamer with an open room."""
    from accounts.models import User
    from rooms.services import open_room
    from streams.services import key_of

    user = User.objects.create_user(name, f"{name}@example.org", "a-Secret-word")
    room = open_room(owner=user, title=f"Stream of {name}")
    return {"room_id": room.room_id, "key": key_of(user)}


def look(room_id: str) -> dict[str, Any]:
    """Say how a room and its encoder stand."""
    from rooms.models import Room
    from streams.models import Broadcast, Publisher

    room = Room.objects.get(room_id=room_id)
    publishers = Publisher.objects.filter(room=room).order_by("pk")
    broadcasts = Broadcast.objects.filter(room=room).order_by("pk")
    return {
        "state": room.state,
        "sessions": [row.session for row in publishers if row.gone is None],
        "gone": [row.gone_reason for row in publishers if row.gone is not None],
        "problems": [code for row in publishers if row.gone is None for code in row.problems],
        "broadcasts": [
            [row.video_codec, row.width, row.height, row.reconnects, row.ended is None]
            for row in broadcasts
        ],
    }


def rotate(room_id: str) -> str:
    """Change the key of a room's owner."""
    from rooms.models import Room
    from streams.services import rotate_key

    return rotate_key(Room.objects.get(room_id=room_id).owner)


def end(room_id: str) -> None:
    """End a room."""
    from rooms.models import EndReason, Room
    from streams.services import end_stream

    end_stream(room=Room.objects.get(room_id=room_id), reason=EndReason.OWNER)


def lose_everybody() -> None:
    """Believe that nobody publishes."""
    from django.utils.timezone import now

    from streams import services

    services.lose_everybody(at=now())


def main() -> None:
    django.setup()
    functions = (streamer, look, rotate, end, lose_everybody)
    known = {function.__name__: function for function in functions}
    for line in sys.stdin:
        name, *args = json.loads(line)
        sys.stdout.write(json.dumps(known[name](*args)) + "\n")
        sys.stdout.flush()


if __name__ == "__main__":
    main()
