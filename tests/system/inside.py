"""Runs beside a site on its data and answers questions: one JSON line in, one out."""

from __future__ import annotations

import json
import sys
from collections.abc import Callable
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
        "nodes": [row.node for row in publishers if row.gone is None],
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


def person(name: str, token_seconds: int) -> dict[str, Any]:
    """Make somebody with a session, an app's token, and a personal one that expires so soon."""
    from datetime import timedelta

    from django.test import Client
    from django.utils.timezone import now

    from accounts.models import User
    from accounts.services import create_token, sign_in_app

    user = User.objects.create_user(name, f"{name}@example.org", "a-Secret-word")
    client = Client()
    client.force_login(user)
    expires = now() + timedelta(seconds=token_seconds)
    scopes = ["chat:read", "chat:write"]
    made = create_token(user, name="Bot", scopes=scopes, expires=expires, address="")
    return {
        "user_id": user.pk,
        "session": client.cookies["sessionid"].value,
        "app": sign_in_app(user, address="", user_agent="").access,
        "bot": made.secret,
    }


def token_of(name: str) -> str:
    """Return a token for somebody's app."""
    from accounts.models import User
    from accounts.services import sign_in_app

    return sign_in_app(User.objects.get(username=name), address="", user_agent="").access


def sign_out(name: str) -> None:
    """End everything that somebody is signed in with, tokens included."""
    from accounts.models import PersonalToken, User
    from accounts.services import sign_out_everywhere

    user = User.objects.get(username=name)
    PersonalToken.objects.filter(user=user).delete()
    sign_out_everywhere(user)


def ban(room_id: str, name: str) -> None:
    """Keep somebody out of a room, as its owner."""
    from accounts.models import User
    from chat.models import Scope
    from chat.services import ban
    from rooms.models import Room

    room, user = Room.objects.get(room_id=room_id), User.objects.get(username=name)
    ban(room=room, actor_id=room.owner_id, user_id=user.pk, scope=Scope.ROOM)


def lock(room_id: str) -> None:
    """Give a room a password."""
    from rooms.models import Room
    from rooms.services import change_room

    change_room(room=Room.objects.get(room_id=room_id), visibility="password", password="a-secret")


def audience(room_id: str) -> list[int]:
    """Return how many people watched a room at once, and in all."""
    from rooms.models import Room

    room = Room.objects.get(room_id=room_id)
    return [room.peak_viewers, room.unique_viewers]


def said_in(room_id: str) -> list[str]:
    """Return everything that was said in a room, in order."""
    from chat.models import Message

    found = Message.objects.filter(room__room_id=room_id).order_by("pk")
    return list(found.values_list("text", flat=True))


def _patiently(function: Callable[..., Any], args: list[Any]) -> Any:
    """Call it; connections that a database has closed while it was killed are no answer."""
    from django.db import OperationalError, connection

    for _ in range(3):
        try:
            return function(*args)
        except OperationalError:
            connection.close()
    return function(*args)


def main() -> None:
    django.setup()
    deeds = (rotate, end, lose_everybody, sign_out, ban, lock)
    functions = (*deeds, streamer, person, token_of, look, audience, said_in)
    known = {function.__name__: function for function in functions}
    for line in sys.stdin:
        name, *args = json.loads(line)
        answer = _patiently(known[name], args)
        sys.stdout.write(json.dumps(answer) + "\n")
        sys.stdout.flush()


if __name__ == "__main__":
    main()
