"""Language and theme: chosen once, kept in cookies, on the page one is on."""

from __future__ import annotations

import pytest
from django.test import Client

from tests.factories import UserFactory
from tests.pages.reading import read

pytestmark = pytest.mark.django_db

ENGLISH = {"Accept-Language": "en-GB,en;q=0.9,vi;q=0.8"}


def html_of(client: Client, url: str) -> dict[str, str]:
    """Return the attributes of <html>."""
    return next(attrs for tag, attrs in read(client.get(url)).tags if tag == "html")


@pytest.mark.parametrize("accepted", ["", "vi", "vi-VN,en;q=0.5", "fr", "de,en;q=0.9"])
def test_home_is_vietnamese_unless_english_comes_first(client: Client, accepted: str) -> None:
    assert client.get("/", headers={"Accept-Language": accepted}).status_code == 200
    assert html_of(client, "/")["lang"] == "vi"


def test_a_reader_of_english_is_taken_to_the_english_page_and_remembered(client: Client) -> None:
    answer = client.get("/?category=music", headers=ENGLISH)

    assert answer.status_code == 302
    assert answer.headers["Location"] == "/en/?category=music"
    assert "Accept-Language" in answer.headers["Vary"]
    assert client.cookies["language"].value == "en"
    assert html_of(client, "/en/")["lang"] == "en"


def test_who_chose_vietnamese_is_not_taken_away_again(client: Client) -> None:
    client.post("/i18n/language", {"language": "vi", "next": "/en/"})

    assert client.get("/", headers=ENGLISH).status_code == 200


def test_only_home_looks_at_the_browsers_language(client: Client) -> None:
    assert client.get("/sign-in/", headers=ENGLISH).status_code == 200


@pytest.mark.parametrize(
    ("language", "here", "there"),
    [
        ("en", "/@ada/?page=2", "/en/@ada/?page=2"),
        ("vi", "/en/sign-up/", "/sign-up/"),
        ("en", "https://elsewhere.example/", "/en/"),
        ("fr", "/sign-up/", "/sign-up/"),
    ],
)
def test_the_language_switch_stays_on_the_page(
    client: Client, language: str, here: str, there: str
) -> None:
    answer = client.post("/i18n/language", {"language": language, "next": here})

    assert answer.headers["Location"] == there


def test_pages_name_their_twins(client: Client) -> None:
    UserFactory(username="ada")

    links = read(client.get("/@ada/")).having("hreflang")

    assert [(link["hreflang"], link["href"]) for link in links] == [
        ("vi", "http://testserver/@ada/"),
        ("x-default", "http://testserver/@ada/"),
        ("en", "http://testserver/en/@ada/"),
    ]


@pytest.mark.parametrize("theme", ["dark", "light"])
def test_the_theme_is_on_the_page_before_it_is_drawn(client: Client, theme: str) -> None:
    client.post("/i18n/theme", {"theme": theme, "next": "/sign-in/"})

    assert html_of(client, "/sign-in/")["data-theme"] == theme


@pytest.mark.parametrize("theme", ["system", "", '"><script>'])
def test_without_a_theme_the_system_decides(client: Client, theme: str) -> None:
    client.post("/i18n/theme", {"theme": "dark"})
    client.post("/i18n/theme", {"theme": theme})

    assert "data-theme" not in html_of(client, "/sign-in/")


def test_a_made_up_theme_cookie_is_not_written_into_the_page(client: Client) -> None:
    client.cookies["theme"] = '"><script>'

    assert "data-theme" not in html_of(client, "/sign-in/")


@pytest.mark.parametrize("url", ["/i18n/language", "/i18n/theme"])
def test_choices_are_posted_with_a_token(url: str) -> None:
    assert Client().get(url).status_code == 405
    assert Client(enforce_csrf_checks=True).post(url, {"next": "/"}).status_code == 403


def test_the_theme_goes_with_the_account(client: Client) -> None:
    ada = UserFactory()
    client.force_login(ada)
    client.post("/i18n/theme", {"theme": "dark"})

    other = Client()
    other.force_login(ada)
    other.cookies["theme"] = "light"

    assert html_of(other, "/account/")["data-theme"] == "dark"

    client.post("/i18n/theme", {"theme": "system"})

    assert "data-theme" not in html_of(other, "/account/")
