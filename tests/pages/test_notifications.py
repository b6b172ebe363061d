"""What one is told of: chosen on the account page, ended from a mail."""

from __future__ import annotations

import re
from typing import Any

import pytest
from django.test import Client

from accounts.models import Follow, User
from accounts.services import stop_link
from accounts.views import account
from tests.factories import UserFactory

pytestmark = pytest.mark.django_db


@pytest.fixture
def ada() -> User:
    return UserFactory(username="ada", email_verified=True)


@pytest.fixture
def browser(client: Client, ada: User) -> Client:
    client.force_login(ada)
    return client


def choose(browser: Client, **fields: Any) -> Any:
    return browser.post("/en/account/notifications/", fields)


def test_one_chooses_how_one_is_told_and_of_whom(browser: Client, ada: User) -> None:
    linh, ben = UserFactory(username="linh"), UserFactory(username="ben")
    for person in (linh, ben):
        Follow.objects.create(follower=ada, followed=person)

    answer = choose(browser, by_mail="on", shown=[linh.pk, ben.pk], wanted=[ben.pk])

    assert answer["Location"] == "/en/account/#notifications"
    ada.refresh_from_db()
    assert (ada.notify_on_site, ada.notify_by_mail) == (False, True)
    assert dict(Follow.objects.values_list("followed__username", "notifies")) == {
        "linh": False,
        "ben": True,
    }


def test_whom_the_form_did_not_have_stays_as_they_are(browser: Client, ada: User) -> None:
    linh = UserFactory()
    Follow.objects.create(follower=ada, followed=linh)

    choose(browser, on_site="on", wanted=["x", "", "99"])

    assert Follow.objects.get().notifies


def test_nobody_changes_what_others_are_told(browser: Client) -> None:
    ben, linh = UserFactory(), UserFactory()
    Follow.objects.create(follower=ben, followed=linh)

    choose(browser, shown=[linh.pk])

    ben.refresh_from_db()
    assert ben.notify_on_site
    assert Follow.objects.get().notifies


def test_whoever_follows_many_leafs_through_them(
    browser: Client, ada: User, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr(account, "_MOST_BELLS", 2)
    for name in ("first", "second", "third"):
        Follow.objects.create(follower=ada, followed=UserFactory(username=name))

    pages = [browser.get("/en/account/").content.decode()]
    [link] = re.findall(r'href="(\S+\?followed-before=\d+)#notifications"', pages[0])
    pages.append(browser.get(link).content.decode())

    shown = [re.findall(r'class="soft">@(\w+)</span>', page) for page in pages]
    assert shown == [["third", "second"], ["first"]]
    # Saving comes back to where one is.
    saved = choose(browser, **{"followed-before": link.rpartition("=")[2]})
    assert saved["Location"] == f"{link}#notifications"


@pytest.mark.parametrize("before", ["x", "-1", "9" * 40, "\u0663"])
def test_a_place_that_there_is_not_is_no_error(browser: Client, ada: User, before: str) -> None:
    Follow.objects.create(follower=ada, followed=UserFactory(username="linh"))

    assert "@linh" in browser.get("/en/account/", {"followed-before": before}).content.decode()


@pytest.mark.parametrize(("url", "is_offered"), [("https://x.example", True), ("", False)])
def test_mails_are_offered_where_there_are_any(
    browser: Client, ada: User, settings: Any, url: str, is_offered: bool
) -> None:
    settings.CLIENT_URL = url

    assert ('name="by_mail"' in browser.get("/en/account/").content.decode()) is is_offered


def test_a_link_in_a_mail_ends_them_without_a_sign_in(ada: User) -> None:
    User.objects.filter(pk=ada.pk).update(notify_by_mail=True)
    stranger, url = Client(), f"/en/account/notifications/stop/{stop_link(ada)}/"

    # Programs that look into mails change nothing.
    assert stranger.get(url).status_code == 200
    assert User.objects.get(pk=ada.pk).notify_by_mail

    answer = stranger.post(url, {"List-Unsubscribe": "One-Click"})

    assert answer.status_code == 200
    assert not User.objects.get(pk=ada.pk).notify_by_mail
    assert stranger.post(url).status_code == 200


def test_mail_programs_need_no_token_of_a_form(ada: User) -> None:
    strict = Client(enforce_csrf_checks=True)

    assert strict.post(f"/account/notifications/stop/{stop_link(ada)}/").status_code == 200


@pytest.mark.parametrize("token", ["x", "x" * 400, "é", "1:abc:def"])
def test_a_link_that_nobody_signed_does_nothing(ada: User, token: str) -> None:
    for answer in (
        Client().get(f"/en/account/notifications/stop/{token}/"),
        Client().post(f"/en/account/notifications/stop/{token}/"),
    ):
        assert answer.status_code == 422


def test_the_language_goes_with_the_account(browser: Client, ada: User) -> None:
    browser.post("/i18n/language", {"language": "en", "next": "/account/"})
    browser.post("/i18n/language", {"language": "klingon", "next": "/account/"})

    ada.refresh_from_db()
    assert ada.language == "en"


def test_the_page_has_language_and_theme(browser: Client) -> None:
    page = browser.get("/en/account/").content.decode()

    assert 'id="look"' in page
    assert 'value="/en/account/#look"' in page
