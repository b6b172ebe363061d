"""Finding something to watch: the stage of the home page, the search, lists that go on."""

from __future__ import annotations

from collections.abc import Iterator

import pytest
from playwright.sync_api import expect

from streair.browsing import ON_A_PAGE
from tests.e2e.browsers import Browsers
from tests.e2e.live import LiveRoom

pytestmark = pytest.mark.e2e

_SECONDS = 40_000

_MANY = """
from accounts.models import User
from django.utils.timezone import now
from rooms.models import Room
for number in range({count}):
    name = f"crowd{{number}}"
    owner = User.objects.filter(username=name).first() or User.objects.create_user(
        username=name, email=f"{{name}}@example.org", password="a-Secret-word")
    Room.objects.create(
        owner=owner, title=f"Bếp đông {{number}}", state="live", live_since=now(),
        search_key=f"bep dong {{number}} {{name}}")
"""

_NO_MORE = """
from rooms.models import Room
Room.objects.filter(owner__username__startswith="crowd").delete()
"""


def test_the_stage_moves_without_a_word(browsers: Browsers, live_room: LiveRoom) -> None:
    page = browsers.open("/")

    expect(page.locator("[data-preview][data-moving]")).to_be_visible(timeout=_SECONDS)
    video = page.locator("[data-preview-video]")
    assert video.evaluate("video => video.muted")
    page.locator("[data-preview-toggle]").click()
    expect(page.locator("[data-preview][data-moving]")).to_have_count(0)


def test_the_stage_stands_still_for_who_wants_calm(browsers: Browsers, live_room: LiveRoom) -> None:
    page = browsers.open("/", reduced_motion="reduce")

    toggle = page.locator("[data-preview-toggle]")
    expect(toggle).to_be_visible(timeout=_SECONDS)
    expect(toggle).to_have_attribute("data-on", "false")
    toggle.click()

    expect(page.locator("[data-preview][data-moving]")).to_be_visible(timeout=_SECONDS)


def test_without_scripts_there_are_pictures_and_a_search(
    browsers: Browsers, live_room: LiveRoom
) -> None:
    page = browsers.open("/", java_script_enabled=False)

    expect(page.locator("[data-preview] .cover")).to_be_visible()
    page.fill("#site-search", "live")
    page.locator("#site-search").press("Enter")

    expect(page.locator("main")).to_contain_text("Live")
    assert page.url.endswith("/search/?q=live")


def test_suggestions_are_chosen_by_keyboard(browsers: Browsers, live_room: LiveRoom) -> None:
    page = browsers.open("/")
    box = page.locator("#site-search")

    page.keyboard.press("/")
    expect(box).to_be_focused()
    box.press_sequentially("live")

    options = page.get_by_role("option")
    expect(options.first).to_be_visible(timeout=_SECONDS)
    expect(box).to_have_attribute("aria-expanded", "true")
    box.press("Escape")
    expect(options.first).to_be_hidden()
    box.press_sequentially(" ")
    expect(options.first).to_be_visible(timeout=_SECONDS)
    box.press("ArrowDown")
    expect(options.first).to_have_attribute("aria-selected", "true")
    chosen = options.first.get_attribute("id")
    expect(box).to_have_attribute("aria-activedescendant", str(chosen))
    box.press("Enter")

    expect(page.locator("[data-watch]")).to_be_visible(timeout=_SECONDS)


@pytest.fixture
def crowd(live_room: LiveRoom) -> Iterator[int]:
    """So many rooms on air as a page holds, and some; they leave the site to the others again."""
    count = ON_A_PAGE + 6
    live_room.site.python(_MANY.format(count=count))
    yield count
    live_room.site.python(_NO_MORE)


def test_a_long_list_goes_on_by_itself(browsers: Browsers, crowd: int) -> None:
    page = browsers.open("/live/?sort=newest")
    cards = page.locator("[data-more-list] > [data-room-id]")
    expect(cards).to_have_count(ON_A_PAGE)

    page.locator("[data-more]").scroll_into_view_if_needed()

    expect(page.locator("[data-more]")).to_have_count(0, timeout=_SECONDS)
    assert cards.count() >= crowd
    ids = cards.evaluate_all("cards => cards.map((card) => card.dataset.roomId)")
    assert len(set(ids)) == len(ids)
