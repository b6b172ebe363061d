"""The overlay's page, and how its owner gets the link to it."""

from __future__ import annotations

from urllib.parse import parse_qs, urlsplit

import pytest
from django.test import Client

from accounts.models import User
from chat import services
from chat.models import OverlayLink
from tests.factories import UserFactory
from tests.pages.reading import read

pytestmark = pytest.mark.django_db

JSON = {"Accept": "application/json"}
USUAL = {"size": 22, "look": "outline", "fade": 0, "grow": "up"}


@pytest.fixture
def ada(client: Client) -> User:
    ada = UserFactory()
    client.force_login(ada)
    return ada


def test_the_page_is_the_same_for_everybody_and_tells_nobody_of_itself(client: Client) -> None:
    answer = client.get("/overlay/chat/?size=28")
    page = read(answer)

    assert answer.status_code == 200
    assert answer["Referrer-Policy"] == "no-referrer"
    assert answer["X-Robots-Tag"] == "noindex"
    assert answer["X-Frame-Options"] == "DENY"
    assert page.inline == []
    assert page.links == []
    assert "sessionid" not in answer.cookies


def test_the_owner_gets_the_link_with_what_was_chosen(client: Client, ada: User) -> None:
    chosen = {"size": 36, "look": "dark", "fade": 30, "grow": "up", "hide": "@nightbot, b"}

    link = client.post("/studio/overlay/", chosen, headers=JSON).json()["link"]

    parts = urlsplit(link)
    assert (parts.scheme, parts.netloc, parts.path) == ("http", "testserver", "/overlay/chat/")
    # What is usual is left out, and the secret is where browsers keep it to themselves.
    assert parse_qs(parts.query) == {
        "size": ["36"],
        "look": ["dark"],
        "fade": ["30"],
        "hide": ["nightbot,b"],
    }
    assert parts.fragment == services.overlay_secret(ada)


def test_usual_choices_and_nonsense_make_a_plain_link(client: Client, ada: User) -> None:
    for given in (USUAL, {"size": "huge"}, {}):
        link = client.post("/studio/overlay/", given, headers=JSON).json()["link"]
        assert urlsplit(link).query == ""


def test_without_scripts_a_page_shows_the_link(client: Client, ada: User) -> None:
    answer = client.post("/studio/overlay/", {**USUAL, "size": 28})

    secret = services.overlay_secret(ada)
    assert f"/overlay/chat/?size=28#{secret}" in answer.content.decode()
    assert "no-store" in answer["Cache-Control"]


def test_no_other_page_holds_the_secret(client: Client, ada: User) -> None:
    secret = services.overlay_secret(ada)

    for path in ("/studio/", "/studio/overlay/renew/", "/overlay/chat/", "/account/"):
        text = client.get(path).content.decode()
        assert secret not in text
        assert "ov_" not in text


def test_a_new_link_is_asked_for_twice_and_ends_the_old_one(client: Client, ada: User) -> None:
    old = services.overlay_secret(ada)

    client.get("/studio/overlay/renew/")
    assert services.overlay_secret(ada) == old
    answer = client.post("/studio/overlay/renew/")

    assert (answer.status_code, answer["Location"]) == (302, "/studio/")
    assert services.overlay_secret(ada) != old


def test_strangers_are_asked_to_sign_in_and_get_their_own(client: Client) -> None:
    owner = UserFactory()
    secret = services.overlay_secret(owner)

    for path in ("/studio/overlay/", "/studio/overlay/renew/"):
        assert client.post(path)["Location"].startswith("/sign-in/")
    client.force_login(UserFactory())
    theirs = client.post("/studio/overlay/", {"owner": owner.pk}, headers=JSON).json()["link"]
    client.post("/studio/overlay/renew/", {"owner": owner.pk})

    assert secret not in theirs
    assert services.overlay_secret(owner) == secret


def test_a_form_of_another_site_does_nothing() -> None:
    strict = Client(enforce_csrf_checks=True)
    strict.force_login(UserFactory())

    assert strict.post("/studio/overlay/").status_code == 403
    assert strict.post("/studio/overlay/renew/").status_code == 403
    assert not OverlayLink.objects.exists()


def test_a_link_to_the_form_only_leads_to_the_studio(client: Client, ada: User) -> None:
    assert client.get("/studio/overlay/")["Location"] == "/studio/"
    assert not OverlayLink.objects.exists()
