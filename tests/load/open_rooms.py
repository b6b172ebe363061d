"""Runs inside the site's Django: gives the bench streamers with an open room each."""

from __future__ import annotations

import json
import sys
import uuid

from accounts.models import User
from rooms.services import open_room
from streams.services import key_of


def print_new_rooms(count: int) -> None:
    """Print a JSON list of [stream key, room id]."""
    made = []
    for _ in range(count):
        name = f"bench-{uuid.uuid4().hex[:12]}"
        owner = User.objects.create_user(username=name, email=f"{name}@example.org")
        room = open_room(owner=owner, title="Bench")
        made.append([key_of(owner), room.room_id])
    sys.stdout.write(json.dumps(made))
