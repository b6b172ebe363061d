"""Encoders at a real nginx-rtmp with the whole site behind it."""

from __future__ import annotations

import signal
import urllib.request

import pytest

from tests.servers.clips import Clip
from tests.servers.site import Site
from tests.system.streamer import Streamer

pytestmark = pytest.mark.system


def stat(site: Site) -> str:
    with urllib.request.urlopen(f"{site.sidecar_url}/stat", timeout=3) as answer:
        return str(answer.read().decode())


def test_an_encoder_with_the_right_key_goes_live_and_is_described(streamer: Streamer) -> None:
    streamer.publish()

    streamer.wait_for("live")
    seen = streamer.wait_until(lambda seen: seen["broadcasts"][0][0] == "H.264", timeout=10)
    assert seen["broadcasts"] == [["H.264", 640, 360, 0, True]]


@pytest.mark.parametrize("given", ["wrong", "{key}x", "{key}?name={key}", "x?name={key}", ""])
def test_any_other_key_is_refused_at_once(streamer: Streamer, given: str) -> None:
    encoder = streamer.publish(given.format(key=streamer.key) or "-")

    assert encoder.wait(10) != 0
    assert streamer.look()["state"] == "waiting"
    assert streamer.look()["sessions"] == []


def test_what_follows_a_question_mark_is_nobody_else(streamer: Streamer) -> None:
    encoder = streamer.publish(f"{streamer.key}?name=victim")

    assert encoder.wait(10) != 0
    assert "victim" not in stat(streamer.site)


def test_harmless_arguments_are_let_be(streamer: Streamer) -> None:
    streamer.publish(f"{streamer.key}?bandwidthtest=0")

    streamer.wait_for("live")


def test_the_key_shows_nowhere_in_the_sidecar(streamer: Streamer) -> None:
    streamer.publish()
    [session] = streamer.wait_for("live")["sessions"]

    shown = stat(streamer.site)

    assert session in shown
    assert streamer.key not in shown


def test_a_second_encoder_with_the_same_key_takes_over(streamer: Streamer) -> None:
    first = streamer.publish()
    before = streamer.wait_for("live")

    streamer.publish()

    assert first.wait(10) != 0
    seen = streamer.wait_until(
        lambda seen: seen["state"] == "live" and seen["sessions"] != before["sessions"]
    )
    assert seen["gone"] == ["replaced"]
    assert [broadcast[3] for broadcast in seen["broadcasts"]] == [1]


def test_a_frozen_encoder_does_not_keep_the_next_one_out(streamer: Streamer) -> None:
    frozen = streamer.publish()
    before = streamer.wait_for("live")
    frozen.signal(signal.SIGSTOP)

    streamer.publish()

    seen = streamer.wait_until(
        lambda seen: seen["state"] == "live" and seen["sessions"] != before["sessions"], timeout=8
    )
    assert seen["gone"] == ["replaced"]


def test_a_frozen_encoder_is_found_out(streamer: Streamer) -> None:
    frozen = streamer.publish()
    streamer.wait_for("live")

    frozen.signal(signal.SIGSTOP)

    streamer.wait_for("reconnecting", timeout=15)


def test_an_encoder_that_leaves_and_returns_goes_on_with_its_broadcast(streamer: Streamer) -> None:
    first = streamer.publish()
    streamer.wait_for("live")
    first.kill()
    streamer.wait_for("reconnecting", timeout=5)

    streamer.publish()

    seen = streamer.wait_for("live")
    assert [broadcast[3:] for broadcast in seen["broadcasts"]] == [[1, True]]


def test_a_changed_key_ends_the_encoder_that_uses_the_old_one(streamer: Streamer) -> None:
    encoder = streamer.publish()
    streamer.wait_for("live")

    changed = streamer.rotate_key()

    assert encoder.wait(10) != 0
    assert streamer.publish(streamer.key).wait(10) != 0
    streamer.publish(changed)
    assert streamer.wait_for("live")["gone"] == ["key-rotated"]


def test_an_ended_room_ends_its_encoder_and_keeps_it_out(streamer: Streamer) -> None:
    encoder = streamer.publish()
    streamer.wait_for("live")

    streamer.end()

    assert encoder.wait(10) != 0
    assert streamer.publish().wait(10) != 0
    seen = streamer.look()
    assert (seen["state"], seen["sessions"], seen["gone"]) == ("ended", [], ["room-ended"])


@pytest.mark.parametrize(
    ("clip", "problem"),
    [
        (Clip(audio=None), "no-audio"),
        (Clip(video=None), "no-video"),
        (Clip(video="flv"), "unsupported-video"),
    ],
)
def test_what_does_not_play_is_told_within_five_seconds(
    streamer: Streamer, clip: Clip, problem: str
) -> None:
    streamer.publish(clip=clip)
    streamer.wait_until(lambda seen: bool(seen["sessions"]))

    streamer.wait_until(lambda seen: problem in seen["problems"], timeout=5)
