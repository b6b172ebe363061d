"""What holds for every page: the policy, no inline code, no secrets, labels, both languages."""

from __future__ import annotations

import re
from collections import Counter
from pathlib import Path

import pytest
from django.conf import settings
from django.test import Client
from django.utils.timezone import now

from accounts.models import User
from rooms.models import RoomState
from rooms.templatetags.rooms import _ICONS
from streams import services
from tests.factories import PublisherFactory, RoomFactory, UserFactory
from tests.pages.reading import read

pytestmark = pytest.mark.django_db

PAGES = ["/", "/sign-up/", "/sign-in/", "/@ada/", "/@ben/", "/studio/", "/studio/key/", "/nowhere/"]
PAGES += ["/account/", "/account/delete/", "/account/password/forgot/"]
PAGES += ["/live/", "/search/?q=ada", "/categories/gaming/", "/tags/cats/"]
PAGES += ["/following/"]
PAGES += ["/terms/", "/rules/", "/styleguide/"]
PAGES += ["/rooms/ada-is-live/report/", "/rooms/ben-waits/report/"]
PAGES += ["/rooms/locked/", "/rooms/for-adults/", "/?q=cats&tag=cats"]
PAGES += ["/rooms/ada-is-live/", "/rooms/ben-waits/", "/studio/rooms/ada-is-live/end/"]
PAGES += [
    "/rooms/ada-is-live/chat/",
    "/rooms/locked/chat/",
    "/overlay/chat/",
    "/studio/overlay/renew/",
]
# What pages fetch and put into themselves.
PARTS = ["/following/rail"]
URLS = [f"{language}{page}" for language in ("", "/en") for page in (*PAGES, *PARTS)]
WHOLE = [url for url in URLS if not url.endswith(tuple(PARTS))]

_ROOT = Path(settings.BASE_DIR)


@pytest.fixture
def ada() -> User:
    ada = UserFactory(username="ada")
    room = RoomFactory(owner=ada, room_id="ada-is-live", state=RoomState.LIVE, live_since=now())
    PublisherFactory(room=room, keyframe=now(), problems=["no-video"])
    RoomFactory(owner=UserFactory(username="ben"), room_id="ben-waits")
    RoomFactory(room_id="locked", visibility="password", password="x")
    RoomFactory(room_id="for-adults", is_mature=True)
    return ada


@pytest.fixture(params=["a stranger", "ada"])
def browser(request: pytest.FixtureRequest, client: Client, ada: User) -> Client:
    if request.param == "ada":
        client.force_login(ada)
    return client


@pytest.mark.parametrize("url", URLS)
def test_no_page_needs_what_the_policy_forbids(browser: Client, url: str) -> None:
    answer = browser.get(url, follow=True)

    policy = answer.headers["Content-Security-Policy"]
    assert read(answer).inline == []
    assert "unsafe" not in policy
    assert "default-src 'none'" in policy
    assert answer.headers["Permissions-Policy"].startswith("camera=()")
    assert answer.headers["X-Frame-Options"] == "DENY"


@pytest.mark.parametrize("url", URLS)
def test_no_page_holds_a_key_or_a_session_name(browser: Client, ada: User, url: str) -> None:
    key = services.key_of(ada)

    text = browser.get(url, follow=True).content.decode()

    assert key not in text
    assert not re.search(r"sk_[0-9a-z]{8}", text)
    assert "live-" not in re.sub(r"live-(badge|now|room|title)|[a-z]+-live", "", text)


@pytest.mark.parametrize("url", WHOLE)
def test_pages_are_sound(browser: Client, url: str) -> None:
    page = read(browser.get(url, follow=True))

    assert [name for name, count in Counter(page.ids).items() if count > 1] == []
    assert [tag for tag, _ in page.tags].count("h1") == 1
    assert [attrs["id"] for tag, attrs in page.tags if tag == "main"] == ["main"]
    pointed = [
        name
        for attrs in page.having("aria-labelledby")
        for name in attrs["aria-labelledby"].split()
    ]
    pointed += [attrs["for"] for attrs in page.having("for")]
    assert [name for name in pointed if name not in page.ids] == []


@pytest.mark.parametrize("url", ["/nowhere/", "/rooms/none/", "/@nobody/"])
def test_a_missing_page_is_in_the_readers_language_and_look(client: Client, url: str) -> None:
    vi, en = client.get(url), client.get(f"/en{url}")

    assert (vi.status_code, en.status_code) == (404, 404)
    assert "Ở đây không có gì đang phát" in vi.content.decode()
    assert "Nothing on the air here" in en.content.decode()


def test_a_made_up_host_gets_a_page_that_asks_for_nothing(client: Client) -> None:
    answer = client.get("/", headers={"host": "elsewhere.example"})

    assert answer.status_code == 400
    assert read(answer).inline == []


def test_programs_get_errors_as_json(client: Client) -> None:
    answer = client.get("/rooms/none/", headers={"Accept": "application/json"})

    assert answer.status_code == 404
    assert answer.json()["code"] == "room-not-found"


def test_every_icon_that_a_page_names_is_in_the_sprite() -> None:
    drawn = set(re.findall(r'<symbol id="([^"]+)"', (_ROOT / "static/icons.svg").read_text()))
    named = set()
    for folder, pattern in [("templates", "*.html"), ("rooms/templatetags", "*.py")]:
        for path in (_ROOT / folder).rglob(pattern):
            text = path.read_text()
            named |= set(re.findall(r'{% icon "([^"]+)"', text))
            named |= set(re.findall(r'(?:icon=|% field \S+ )"([^"]+)"', text))
    assert (named | set(_ICONS.values()) | {"shapes", "radio"}) - drawn == set()
