"""Rooms on air, and what a viewer's player says about them."""

from __future__ import annotations

import json
import uuid
from dataclasses import dataclass
from typing import Any

from playwright.sync_api import Page

from tests.servers.process import wait_until
from tests.servers.site import Site

_OPEN = """
import json
from accounts.models import User
from rooms.services import open_room
from streams.services import key_of
user = User.objects.create_user(username={name!r}, email="{name}@example.org", password="a-Secret-word")
room = open_room(owner=user, title="Live")
print(json.dumps([room.room_id, key_of(user)]))
"""
_END = """
from rooms.models import EndReason, Room
from rooms.services import end_room
end_room(room=Room.objects.get(room_id={!r}), reason=EndReason.OWNER, block_encoder=True)
"""
_PHOTOGRAPH = "from rooms.models import Room; print(Room.objects.get(room_id={!r}).picture)"
_STATE = "from rooms.models import Room; print(Room.objects.get(room_id={!r}).state)"

# Resolves once so many more pictures were shown; rejects when that takes too long. No string is
# evaluated in the page: the site's Content-Security-Policy would not have it.
_FRAMES = """
([count, seconds]) => new Promise((resolve, reject) => {
  const video = document.querySelector("[data-player-video]");
  const late = setTimeout(() => {
    const { paused, seeking, readyState, currentTime, buffered, playbackRate } = video;
    const ranges = [...Array(buffered.length).keys()].map((i) => [buffered.start(i), buffered.end(i)]);
    const { face } = document.querySelector("[data-player]").dataset;
    const found = { face, paused, seeking, readyState, currentTime, ranges, playbackRate };
    reject(new Error(`${count} pictures were still due: ${JSON.stringify(found)}`));
  }, seconds * 1000);
  const step = () => {
    count -= 1;
    if (count > 0) { video.requestVideoFrameCallback(step); return; }
    clearTimeout(late);
    resolve();
  };
  video.requestVideoFrameCallback(step);
})
"""


@dataclass(frozen=True, slots=True)
class LiveRoom:
    """A room, and where its streamer publishes."""

    site: Site
    room_id: str
    key: str

    @property
    def path(self) -> str:
        return f"/rooms/{self.room_id}/"

    @property
    def publish_url(self) -> str:
        return f"{self.site.rtmp_url}/{self.key}"

    def end(self) -> None:
        self.site.python(_END.format(self.room_id))

    def state(self) -> str:
        return self.site.python(_STATE.format(self.room_id)).strip()

    def wait_for_photograph(self) -> None:
        """Return once the worker has taken the picture that stands in for the moving one."""
        code = _PHOTOGRAPH.format(self.room_id)
        wait_until(
            lambda: self.site.python(code).strip() != "", timeout=240, what="a picture", every=2
        )

    def wait_until(self, state: str) -> None:
        wait_until(lambda: self.state() == state, timeout=20, what=f"the room to be {state}")


def open_room(site: Site) -> LiveRoom:
    """Open a room of a new streamer."""
    name = f"streamer{uuid.uuid4().hex[:8]}"
    room_id, key = json.loads(site.python(_OPEN.format(name=name)))
    return LiveRoom(site, room_id, key)


def wait_for_face(page: Page, face: str, *, timeout: float = 20) -> None:
    """Return once the player shows `face`."""
    page.wait_for_selector(f'[data-player][data-face="{face}"]', timeout=timeout * 1000)


def wait_for_pictures(page: Page, count: int = 15, *, timeout: float = 40) -> None:
    """Return once the viewer has seen `count` more pictures."""
    page.evaluate(_FRAMES, [count, timeout])


def video(page: Page, name: str) -> Any:
    """Return a property of the video element."""
    return page.evaluate(f"() => document.querySelector('[data-player-video]').{name}")


def wait_for_video(page: Page, name: str, *, value: object) -> None:
    """Return once a property of the video element is `value`."""
    code = """([name, value]) => new Promise((resolve, reject) => {
      const video = document.querySelector("[data-player-video]");
      const late = setTimeout(() => reject(new Error(`${name} is ${video[name]}`)), 40_000);
      const look = () => {
        if (video[name] !== value) { setTimeout(look, 20); return; }
        clearTimeout(late);
        resolve();
      };
      look();
    })"""
    page.evaluate(code, [name, value])
