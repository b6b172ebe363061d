"""The account page, and the pages behind the links in mails."""

from __future__ import annotations

import re
from typing import Any

import pytest
from django.core.files.uploadedfile import SimpleUploadedFile
from django.test import Client

from accounts import links
from accounts.models import PersonalToken, SignIn, User
from accounts.services import sign_in_app
from tests.api.accounts.test_pictures import picture
from tests.factories import UserFactory
from tests.mailbox import mailed
from tests.pages.reading import read

pytestmark = pytest.mark.django_db


@pytest.fixture
def ada() -> User:
    return UserFactory(username="ada")


@pytest.fixture
def browser(client: Client, ada: User) -> Client:
    client.force_login(ada)
    return client


def send(browser: Client, path: str, **fields: Any) -> Any:
    return browser.post(f"/en/account/{path}", fields)


@pytest.mark.parametrize(
    "path",
    [
        *("", "profile/", "pictures/avatar/", "email/", "email/resend/", "password/", "tokens/"),
        *("sign-ins/x/end/", "tokens/x/revoke/", "export/", "delete/", "restore/"),
        "sign-out-everywhere/",
    ],
)
def test_a_stranger_is_asked_to_sign_in(client: Client, path: str) -> None:
    for answer in (client.get(f"/account/{path}"), client.post(f"/account/{path}")):
        assert answer.headers["Location"].startswith("/sign-in/?next=/account/")


@pytest.mark.parametrize("path", ["profile/", "email/", "tokens/", "export/", "restore/"])
def test_who_comes_back_from_signing_in_finds_the_form(browser: Client, path: str) -> None:
    assert browser.get(f"/account/{path}").headers["Location"] == "/account/"


def test_forms_need_their_token(ada: User) -> None:
    browser = Client(enforce_csrf_checks=True)
    browser.force_login(ada)

    assert send(browser, "profile/", bio="x").status_code == 403


def test_a_profile_is_saved_and_read_again(browser: Client, ada: User) -> None:
    answer = send(
        browser,
        "profile/",
        display_name="Ada L.",
        bio="Hello",
        links="My blog https://example.org/\nhttps://example.net",
    )

    assert answer.headers["Location"] == "/en/account/"
    ada.refresh_from_db()
    assert ada.links == [
        {"title": "My blog", "url": "https://example.org/"},
        {"title": "example.net", "url": "https://example.net"},
    ]
    page = read(browser.get("/en/account/"))
    assert page.values["display_name"] == "Ada L."


def test_what_is_wrong_stands_beside_its_field_and_changes_nothing(browser: Client) -> None:
    answer = send(browser, "profile/", display_name="StreAir", bio="", links="x")

    assert answer.status_code == 422
    page = answer.content.decode()
    assert "This name would pass for the site or its staff." in page
    assert "Begin links with https:// or http://." in page
    assert read(answer).values["display_name"] == "StreAir"
    # The header greets with what is stored.
    assert "<strong>ada</strong>" in page


def test_a_picture_is_shown_wherever_the_person_is(
    browser: Client, ada: User, settings: Any, tmp_path: Any
) -> None:
    settings.MEDIA_ROOT = tmp_path
    file = SimpleUploadedFile("me.png", picture())

    assert send(browser, "pictures/avatar/", file=file).status_code == 302

    ada.refresh_from_db()
    assert ada.avatar_url in browser.get("/en/@ada/").content.decode()
    send(browser, "pictures/avatar/", remove="1")
    assert ada.avatar_url not in browser.get("/en/@ada/").content.decode()


def test_links_and_banner_stand_on_the_channel(
    browser: Client, settings: Any, tmp_path: Any
) -> None:
    settings.MEDIA_ROOT = tmp_path
    send(browser, "pictures/banner/", file=SimpleUploadedFile("b.png", picture()))
    send(
        browser,
        "profile/",
        bio="See https://example.org/me\n<b>bold</b>",
        links="Blog https://example.net/",
    )

    page = browser.get("/en/@ada/").content.decode()

    assert User.objects.get().banner_url in page
    assert 'href="https://example.net/" rel="nofollow ugc noopener">Blog</a>' in page
    assert '<a href="https://example.org/me" rel="nofollow">' in page
    assert "&lt;b&gt;bold&lt;/b&gt;" in page
    assert "<script>" not in page


def test_a_picture_that_is_none_is_refused(browser: Client) -> None:
    for fields in ({}, {"file": SimpleUploadedFile("x.svg", b"<svg/>")}):
        assert send(browser, "pictures/banner/", **fields).status_code == 422


def test_a_password_is_changed_and_only_this_browser_stays(browser: Client, ada: User) -> None:
    other = Client()
    other.force_login(ada)
    wrong = send(browser, "password/", current="x", password="harbor-at-dawn")

    answer = send(browser, "password/", current="secret-word", password="harbor-at-dawn")

    assert wrong.status_code == 422
    assert "This is not your password." in wrong.content.decode()
    assert answer.status_code == 302
    assert browser.get("/account/").status_code == 200
    assert other.get("/account/").status_code == 302


def test_a_token_is_shown_once(browser: Client) -> None:
    answer = send(browser, "tokens/", name="Dock", scopes=["chat:read", "chat:write"], days="30")

    secret = re.search(r"sa_[0-9a-z]{32}", answer.content.decode())
    assert answer.status_code == 200
    assert secret is not None
    page = browser.get("/en/account/").content.decode()
    assert secret[0] not in page
    assert f"sa_…{secret[0][-4:]}" in page
    row = PersonalToken.objects.get()
    assert row.expires is not None
    send(browser, f"tokens/{row.public_id}/revoke/")
    assert not PersonalToken.objects.exists()
    assert send(browser, "tokens/", name="", days="1").status_code == 422


def test_places_are_listed_and_ended(browser: Client, ada: User) -> None:
    sign_in_app(ada, address="", user_agent="An <b>app</b>")

    page = browser.get("/en/account/").content.decode()

    assert "An &lt;b&gt;app&lt;/b&gt;" in page
    app = SignIn.objects.get(kind="app")
    assert send(browser, f"sign-ins/{app.public_id}/end/").status_code == 302
    here = SignIn.objects.get(kind="browser")
    assert send(browser, f"sign-ins/{here.public_id}/end/").headers["Location"] == "/en/"
    assert browser.get("/account/").status_code == 302


def test_many_places_are_folded_and_can_all_be_ended(browser: Client, ada: User) -> None:
    for number in range(7):
        sign_in_app(ada, address="", user_agent=f"App {number}")

    page = browser.get("/en/account/").content.decode()

    shown, _, folded = page[page.index('id="sign-ins"') :].partition("<details>")
    folded = folded.partition("</details>")[0]
    assert (shown.count("/end/"), folded.count("/end/")) == (5, 3)
    assert "here</span>" in shown


def test_a_strangers_place_cannot_be_ended(browser: Client) -> None:
    other = UserFactory()
    sign_in_app(other, address="", user_agent="")
    row = SignIn.objects.get(user=other)

    assert send(browser, f"sign-ins/{row.public_id}/end/").status_code == 404
    row.refresh_from_db()
    assert row.revoked is None


def test_signing_out_everywhere_ends_this_one_too(browser: Client, ada: User) -> None:
    other = Client()
    other.force_login(ada)

    assert send(browser, "sign-out-everywhere/").headers["Location"] == "/en/sign-in/"

    assert [each.get("/account/").status_code for each in (browser, other)] == [302, 302]


def test_a_browser_is_written_down_once_and_strangers_never(
    browser: Client, django_assert_num_queries: Any
) -> None:
    browser.get("/")
    with django_assert_num_queries(len_of_home(browser)):
        browser.get("/")

    Client().get("/")
    assert SignIn.objects.count() == 1


def len_of_home(browser: Client) -> int:
    """Return how many queries home costs once the browser is known."""
    from django.db import connection
    from django.test.utils import CaptureQueriesContext

    with CaptureQueriesContext(connection) as queries:
        browser.get("/")
    assert not [query for query in queries if "signin" in query["sql"]]
    return len(queries)


def test_signing_out_ends_the_entry(browser: Client) -> None:
    browser.get("/")
    browser.post("/sign-out/")

    assert SignIn.objects.get().revoked is not None


def test_a_session_from_before_is_listed(browser: Client) -> None:
    SignIn.objects.all().delete()

    browser.get("/account/")

    assert SignIn.objects.get().kind == "browser"


def test_ones_data_is_handed_out(browser: Client) -> None:
    assert send(browser, "export/")["Content-Type"] == "application/zip"


def test_leaving_asks_first_and_can_be_taken_back(browser: Client, ada: User) -> None:
    assert browser.get("/en/account/delete/").status_code == 200
    assert send(browser, "delete/", password="x").status_code == 422
    assert send(browser, "delete/", password="secret-word").headers["Location"] == "/en/"
    assert browser.get("/account/").status_code == 302

    answer = browser.post("/en/sign-in/", {"name": "ada", "password": "secret-word"})
    assert answer.headers["Location"] == "/en/account/"
    assert "Restore the account" in browser.get("/en/account/").content.decode()
    opened = browser.post("/en/studio/rooms/", {"title": "Still here"})
    assert opened.status_code == 403
    assert send(browser, "restore/").status_code == 302
    ada.refresh_from_db()
    assert ada.leaving_since is None


# --- Behind the links in mails ---


def test_a_forgotten_password_goes_by_mail(client: Client, ada: User) -> None:
    known = client.post("/en/account/password/forgot/", {"email": "ada@example.org"})
    unknown = client.post("/en/account/password/forgot/", {"email": "x@example.org"})
    (message,) = mailed()
    found = re.search(r"(/en/account/password/new/\S+/)", str(message.body))
    assert found is not None

    assert known.headers["Location"] == unknown.headers["Location"] == "/en/sign-in/"
    assert client.get(found[1]).status_code == 200
    assert client.post(found[1], {"password": "1"}).status_code == 422
    assert client.post(found[1], {"password": "harbor-at-dawn"}).status_code == 302
    for answer in (client.get(found[1]), client.post(found[1], {"password": "harbor-at-noon"})):
        assert answer.status_code == 422
        assert "/en/account/password/forgot/" in answer.content.decode()
    ada.refresh_from_db()
    assert ada.check_password("harbor-at-dawn")
    assert ada.email_verified


def test_looking_at_a_link_does_not_use_it(client: Client, ada: User) -> None:
    link = links.new(links.Purpose.EMAIL, ada, email=ada.email)
    path = f"/en/account/email/confirm/{link}/"

    client.get(path)
    assert not User.objects.get().email_verified

    assert client.post(path).headers["Location"] == "/en/"
    assert User.objects.get().email_verified
    assert client.post(path).status_code == 422


def test_the_mail_for_an_address_is_sent_again(browser: Client) -> None:
    assert send(browser, "email/resend/").headers["Location"] == "/en/account/"
    assert send(browser, "email/", email="new@example.org", password="x").status_code == 422
    ok = send(browser, "email/", email="new@example.org", password="secret-word")
    assert ok.headers["Location"] == "/en/account/"
