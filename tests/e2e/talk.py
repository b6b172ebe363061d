"""People and what they say, for tests of chats in browsers."""

from __future__ import annotations

import uuid
from typing import Any

from playwright.sync_api import Locator, Page

from tests.servers.site import Site

_OPEN = """
from accounts.models import User
from rooms.services import open_room
owner = User.objects.create_user(username={name!r}, email="{name}@example.org", password="a-Secret-word")
print(open_room(owner=owner, title="A quiet evening").room_id)
"""
_SIGN_IN = """
from django.test import Client
from accounts.models import User
user, _ = User.objects.get_or_create(username={name!r}, defaults={{"email": "{name}@example.org"}})
client = Client()
client.force_login(user)
print(client.cookies["sessionid"].value)
"""
_SAY = """
from accounts.models import User
from chat.services import send_message
from rooms.models import Room
room = Room.objects.get(room_id={room!r})
author, _ = User.objects.get_or_create(
    username={by!r} or room.owner.username, defaults={{"email": "{by}@example.org"}}
)
for text in {texts!r}:
    send_message(room=room, author=author, text=text)
"""
_OWNER = "from rooms.models import Room; print(Room.objects.get(room_id={room!r}).owner.username)"


def open_room(site: Site) -> str:
    """Return the id of a new streamer's room, which waits for its stream."""
    return site.python(_OPEN.format(name=f"owner_{uuid.uuid4().hex[:8]}")).strip()


def owner_of(site: Site, room: str) -> str:
    """Return the user name of the room's streamer."""
    return site.python(_OWNER.format(room=room)).strip()


def say(site: Site, room: str, *texts: str, by: str = "") -> None:
    """Let the streamer, or `by`, say this in the room."""
    site.python(_SAY.format(room=room, texts=texts, by=by))


def signed_in(site: Site, name: str) -> dict[str, Any]:
    """Return what a browser has in which this person is signed in."""
    session = site.python(_SIGN_IN.format(name=name)).strip()
    return {
        "storage_state": {
            "cookies": [
                {
                    "name": "sessionid",
                    "value": session,
                    "domain": "127.0.0.1",
                    "path": "/",
                    "expires": -1,
                    "httpOnly": True,
                    "secure": False,
                    "sameSite": "Lax",
                }
            ],
            "origins": [],
        }
    }


def message(page: Page, text: str) -> Locator:
    """Return the messages in which this text is."""
    return page.locator(".message", has_text=text)


def look_elsewhere(page: Page) -> None:
    """Let the page believe that its reader turned to another tab."""
    _see(page, "hidden")


def look_again(page: Page) -> None:
    """Let the page believe that its reader came back."""
    _see(page, "visible")


def _see(page: Page, state: str) -> None:
    code = """(state) => {
      Object.defineProperty(document, "visibilityState", { value: state, configurable: true });
      document.dispatchEvent(new Event("visibilitychange"));
    }"""
    page.evaluate(code, state)
