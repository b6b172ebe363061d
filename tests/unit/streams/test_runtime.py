"""What the relay sees is passed on when it is news, and figures now and then."""

from __future__ import annotations

from dataclasses import replace

from pytest_django import Settings

from streair import ingest
from streams.relay.inspector import Report
from streams.runtime import Runtime, upstream_url

URL = upstream_url("live-1") or ""
REPORT = Report(video_codec="H.264", bitrate_kbps=2500, fps=30.0)


async def test_figures_that_wander_are_not_written_every_second() -> None:
    runtime = Runtime()

    runtime.described("room", URL, REPORT)
    runtime.described("room", URL, replace(REPORT, bitrate_kbps=2700, fps=29.9))

    assert runtime._reports == {"live-1": REPORT}


async def test_a_problem_is_news_at_once() -> None:
    runtime = Runtime()
    silent = replace(REPORT, problems=("no-audio",))

    runtime.described("room", URL, REPORT)
    runtime.described("room", URL, silent)

    assert runtime._reports == {"live-1": silent}


async def test_a_session_that_is_lost_is_forgotten() -> None:
    runtime = Runtime()

    runtime.described("room", URL, REPORT)
    runtime.lost("room", URL)

    assert runtime._told == {}


def test_a_stream_is_read_from_its_node(settings: Settings) -> None:
    settings.INGEST_NODES = ingest.parse(
        ["main", "hanoi=rtmp://h.example.org/live|http://10.0.0.7:8000/live|http://10.0.0.7:1"]
    )
    settings.RTMP_SERVER_URL = "rtmp://127.0.0.1:1935/live"

    assert upstream_url("live-1") == "rtmp://127.0.0.1:1935/live/live-1"
    assert upstream_url("live-1", "hanoi") == "http://10.0.0.7:8000/live/live-1.flv"
    assert upstream_url("live-1", "gone") is None


async def test_of_a_node_that_is_no_more_nothing_is_expected() -> None:
    runtime = Runtime()

    assert not await runtime.expect("room", "live-1", 0.1, node="gone")

    assert runtime.rooms.open_keys() == ()
    await runtime.stop()
