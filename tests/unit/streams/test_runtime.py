"""What the relay sees is passed on when it is news, and figures now and then."""

from __future__ import annotations

from dataclasses import replace

from streams.relay.inspector import Report
from streams.runtime import Runtime, upstream_url

URL = upstream_url("live-1")
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
