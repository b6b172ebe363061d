"""The owner ends a room that people watch."""

from __future__ import annotations

import time

import pytest

from tests.servers.process import wait_until
from tests.system.person import Person
from tests.system.streamer import Streamer
from tests.system.viewer import Viewer

pytestmark = pytest.mark.system

FPS = 30


def test_an_ended_room_ends_for_viewers_and_keeps_its_encoder_away(streamer: Streamer) -> None:
    site, room_id = streamer.site, streamer.room_id
    encoder = streamer.publish()
    streamer.wait_for("live")
    with (
        Person(site) as owner,
        Viewer(site, room_id) as one,
        Viewer(site, room_id) as two,
    ):
        owner.sign_in(streamer.name)
        one.see(FPS)
        two.see(FPS)

        owner.end_room(room_id)
        ended = time.monotonic()

        assert [one.end(), two.end()] == ["whole", "whole"]
        assert time.monotonic() - ended < 3, "two seconds, and one for a busy machine"
        assert encoder.wait(10) != 0
        with Viewer(site, room_id) as late:
            late.end()
            assert late.status == 404

        # OBS comes back by itself, again and again: that opens no other room.
        assert streamer.publish().wait(15) != 0
        seen = streamer.look()
        assert (seen["state"], seen["sessions"], seen["gone"]) == ("ended", [], ["room-ended"])
        assert [broadcast[4] for broadcast in seen["broadcasts"]] == [False]
        assert "Your stream has just been ended" in owner.studio()


def test_a_new_room_lets_the_encoder_in_again(streamer: Streamer) -> None:
    site = streamer.site
    streamer.publish()
    streamer.wait_for("live")
    with Person(site) as owner:
        owner.sign_in(streamer.name)
        owner.end_room(streamer.room_id)
        assert streamer.publish().wait(15) != 0

        again = owner.open_room("The second part")
        streamer.publish()

        wait_until(lambda: owner.state() == "live", timeout=20, what="the room to be live")
        with Viewer(site, again) as viewer:
            viewer.see(FPS)
        assert "Your stream has just been ended" not in owner.studio()
