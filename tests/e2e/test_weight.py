"""Pages stay light: what home and a room on air may cost, with all files as production has them."""

from __future__ import annotations

import pytest
from playwright.sync_api import Page

from tests.e2e.browsers import Browsers
from tests.e2e.live import LiveRoom, wait_for_pictures
from tests.e2e.weighing import WATCH_PAINTS, Weight, weigh

pytestmark = pytest.mark.e2e

REQUESTS = 12
BYTES = 200_000
SCRIPT_BYTES = 110_000
SHIFT = 0.02


def opened(
    browsers: Browsers, path: str, *, width: int, locale: str = "vi-VN"
) -> tuple[Page, Weight]:
    """Open a page as somebody who was never here; return it when it stands."""
    blank = browsers.open(
        "about:blank",
        init=WATCH_PAINTS,
        viewport={"width": width, "height": 800},
        locale=locale,
        reduced_motion="reduce",
    )
    shows_video = "/rooms/" in path
    weight = weigh(
        blank,
        path,
        ready=lambda page: (
            wait_for_pictures(page, 5) if shows_video else page.wait_for_load_state()
        ),
    )
    return blank, weight


@pytest.mark.parametrize("width", [375, 1440])
@pytest.mark.parametrize("language", ["", "/en"])
@pytest.mark.parametrize("name", ["home", "watch"])
def test_a_page_is_light_and_stands_still(
    browsers: Browsers, live_room: LiveRoom, name: str, language: str, width: int
) -> None:
    path = language + {"home": "/", "watch": live_room.path}[name]

    page, weight = opened(browsers, path, width=width)

    report = "\n".join(weight.lines())
    assert weight.requests <= REQUESTS, report
    assert weight.total <= BYTES, report
    assert weight.scripts <= SCRIPT_BYTES, report
    paints = page.evaluate("() => window.paints")
    assert paints["shift"] < SHIFT, paints


def test_files_may_be_kept_for_ever_and_pages_never(
    browsers: Browsers, live_room: LiveRoom
) -> None:
    page = browsers.open("about:blank")
    seen: dict[str, str] = {}
    page.on("response", lambda each: seen.update({each.url: each.headers.get("cache-control", "")}))

    page.goto(live_room.path)
    wait_for_pictures(page, 2)

    kept = {url: how for url, how in seen.items() if "/static/" in url}
    assert len(kept) > 5
    assert set(kept.values()) == {"max-age=315360000, public, immutable"}
    assert [url for url in seen if url not in kept and "immutable" in seen[url]] == []
