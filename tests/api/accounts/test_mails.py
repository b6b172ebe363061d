"""Links in mails: verifying an address, changing it, getting a new password."""

from __future__ import annotations

from concurrent.futures import ThreadPoolExecutor
from datetime import UTC, datetime, timedelta
from threading import Barrier
from typing import Any

import pytest
import time_machine
from django.core.mail.backends.base import BaseEmailBackend
from django.db import connection

from accounts import limits
from accounts.models import AuditEntry, User
from streair.jobs.models import QueuedTask
from tests.api.accounts.people import App
from tests.factories import UserFactory
from tests.mailbox import do_what_waits, link_in, mailed

pytestmark = pytest.mark.django_db(transaction=True)

NEWCOMER = {"username": "linh", "email": "linh@example.org", "password": "harbor-at-dawn"}


def signed_up(**fields: str) -> tuple[App, str]:
    """Return a newcomer, and the link that verifies their address."""
    answer = App().ask("post", "auth/register", {**NEWCOMER, **fields})
    return App(token=answer.json()["token"]), link_in(mailed()[-1])


def test_a_newcomer_verifies_their_address_once() -> None:
    app, link = signed_up()

    answers = [App().ask("post", "auth/email/verify", {"token": link}) for _ in range(2)]

    assert [answer.status_code for answer in answers] == [204, 422]
    assert answers[1].json()["code"] == "link-invalid"
    assert app.ask("get", "users/me").json()["emailVerified"] is True


def test_mails_are_in_the_readers_language(settings: Any) -> None:
    settings.CLIENT_URL = "https://live.example.org"
    App().client.post(
        "/api/auth/register", NEWCOMER, "application/json", headers={"accept-language": "en"}
    )
    App().client.post("/api/auth/register", {**NEWCOMER, "username": "mai"}, "application/json")

    english, vietnamese = mailed()

    assert "https://live.example.org/en/account/email/confirm/" in english.body
    assert "https://live.example.org/account/email/confirm/" in vietnamese.body
    assert english.subject == "Confirm your e-mail address"


def test_an_address_that_two_have_typed_belongs_to_who_verifies_it_first() -> None:
    _squatter, first = signed_up(username="squatter")
    _rightful, second = signed_up(username="rightful")

    assert App().ask("post", "auth/email/verify", {"token": second}).status_code == 204
    answer = App().ask("post", "auth/email/verify", {"token": first})

    assert (answer.status_code, answer.json()["code"]) == (409, "email-taken")
    assert not User.objects.get(username="squatter").email_verified


def test_the_link_is_sent_again_unless_there_is_no_need() -> None:
    app, first = signed_up()

    assert app.ask("post", "auth/email/resend").status_code == 202
    assert len(mailed()) == 2
    App().ask("post", "auth/email/verify", {"token": first})
    assert app.ask("post", "auth/email/resend").status_code == 202
    assert len(mailed()) == 2
    for _ in range(limits.MAILS.count - 2):
        app.ask("post", "auth/email/resend")
    assert app.ask("post", "auth/email/resend").status_code == 429


def test_another_address_is_ones_own_once_its_link_is_opened() -> None:
    ada = UserFactory(username="ada", email="old@example.org", email_verified=True)
    app = App(ada)
    body = {"email": "new@example.org", "password": "secret-word"}

    assert app.ask("post", "auth/email", body).status_code == 202
    assert app.ask("get", "users/me").json()["email"] == "old@example.org"
    (message,) = mailed("new@example.org")
    assert App().ask("post", "auth/email/verify", {"token": link_in(message)}).status_code == 204

    me = app.ask("get", "users/me").json()
    assert (me["email"], me["emailVerified"]) == ("new@example.org", True)
    assert len(mailed("old@example.org")) == 1
    entry = AuditEntry.objects.get(action="user.email-changed")
    assert (entry.before, entry.after) == ({"email": "o…@example.org"}, {"email": "n…@example.org"})


def test_only_the_latest_link_for_another_address_works() -> None:
    app = App(UserFactory())
    links = []
    for email in ("mistyped@example.org", "right@example.org"):
        app.ask("post", "auth/email", {"email": email, "password": "secret-word"})
        links.append(link_in(mailed(email)[0]))
    wrong, right = links

    assert App().ask("post", "auth/email/verify", {"token": wrong}).status_code == 422
    assert App().ask("post", "auth/email/verify", {"token": right}).status_code == 204


@pytest.mark.parametrize(
    ("body", "field"),
    [
        ({"email": "new@example.org", "password": "wrong"}, "password"),
        ({"email": "nowhere", "password": "secret-word"}, "email"),
    ],
)
def test_an_address_that_will_not_do_is_refused(body: dict[str, str], field: str) -> None:
    answer = App(UserFactory()).ask("post", "auth/email", body)

    assert (answer.status_code, list(answer.json()["errors"])) == (422, [field])
    assert mailed() == []


def test_somebody_elses_address_looks_like_any_other() -> None:
    UserFactory(email="known@example.org", email_verified=True)
    app = App(UserFactory())

    answers = [
        app.ask("post", "auth/email", {"email": email, "password": "secret-word"})
        for email in ("known@example.org", "unknown@example.org")
    ]

    assert [(answer.status_code, answer.content) for answer in answers] == [(202, b"")] * 2


def test_a_forgotten_password_is_replaced_by_a_link_that_works_once() -> None:
    ada = UserFactory(username="ada")
    app = App(ada)

    App().ask("post", "auth/password-reset", {"email": "ADA@example.org"})
    link = link_in(mailed("ada@example.org")[0])
    body = {"token": link, "password": "harbor-at-dawn"}
    weak = App().ask("post", "auth/password-reset/confirm", {**body, "password": "1"})
    answers = [App().ask("post", "auth/password-reset/confirm", body) for _ in range(2)]

    assert (weak.status_code, list(weak.json()["errors"])) == (422, ["password"])
    assert [answer.status_code for answer in answers] == [204, 422]
    assert app.ask("get", "users/me").status_code == 401
    login = {"username": "ada", "password": "harbor-at-dawn"}
    assert App().ask("post", "auth/login", login).json()["user"]["emailVerified"] is True
    assert AuditEntry.objects.filter(action="user.password-reset").count() == 1


def test_of_two_who_use_a_link_at_once_one_gets_through() -> None:
    UserFactory(username="ada")
    App().ask("post", "auth/password-reset", {"email": "ada@example.org"})
    link = link_in(mailed()[0])
    together = Barrier(4)

    def attempt(number: int) -> int:
        together.wait(timeout=20)
        try:
            body = {"token": link, "password": f"harbor-at-dawn-{number}"}
            return int(App().ask("post", "auth/password-reset/confirm", body).status_code)
        finally:
            connection.close()

    with ThreadPoolExecutor(4) as threads:
        assert sorted(threads.map(attempt, range(4))) == [204, 422, 422, 422]


def test_the_answer_does_not_say_whether_an_address_is_known(
    django_assert_num_queries: Any,
) -> None:
    UserFactory(email="known@example.org", email_verified=True)
    UserFactory(email="gone@example.org", is_active=False)

    answers = []
    for email in ("known@example.org", "unknown@example.org", "gone@example.org", "not one"):
        with django_assert_num_queries(3):
            answers.append(App().ask("post", "auth/password-reset", {"email": email}))

    assert {(answer.status_code, answer.content) for answer in answers} == {(202, b"")}
    assert [message.to for message in mailed()] == [["known@example.org"]]


def test_a_reset_goes_to_the_owner_of_an_address_alone() -> None:
    UserFactory(username="squatter", email="ada@example.org")
    UserFactory(username="owner", email="ada@example.org", email_verified=True)

    App().ask("post", "auth/password-reset", {"email": "ada@example.org"})

    (message,) = mailed()
    App().ask(
        "post",
        "auth/password-reset/confirm",
        {"token": link_in(message), "password": "harbor-at-dawn"},
    )
    assert User.objects.get(username="owner").check_password("harbor-at-dawn")
    assert User.objects.get(username="squatter").check_password("secret-word")


def test_resets_are_limited_for_each_address() -> None:
    for _ in range(limits.RESET_BY_ACCOUNT.count):
        App().ask("post", "auth/password-reset", {"email": "nobody@example.org"})

    answer = App().ask("post", "auth/password-reset", {"email": "Nobody@example.org"})

    assert answer.status_code == 429


@pytest.mark.parametrize(("purpose", "hours"), [("email", 73), ("password", 3)])
def test_links_get_too_old(purpose: str, hours: int) -> None:
    _app, link = signed_up()
    path, body = "auth/email/verify", {"token": link}
    if purpose == "password":
        App().ask("post", "auth/password-reset", {"email": NEWCOMER["email"]})
        body = {"token": link_in(mailed()[-1]), "password": "another-at-dawn"}
        path = "auth/password-reset/confirm"

    with time_machine.travel(datetime.now(UTC) + timedelta(hours=hours), tick=False):
        assert App().ask("post", path, body).json()["code"] == "link-invalid"
    assert App().ask("post", path, body).status_code == 204


@pytest.mark.parametrize("token", ["x", "a:b:c", "::", "é", "WzEsMF0:1abcde:x"])
def test_links_that_are_none_of_ours_do_nothing(token: str) -> None:
    for path in ("auth/email/verify", "auth/password-reset/confirm"):
        answer = App().ask("post", path, {"token": token, "password": "harbor-at-dawn"})
        assert (answer.status_code, answer.json()["code"]) == (422, "link-invalid")


def test_a_link_that_was_changed_anywhere_does_nothing() -> None:
    _app, link = signed_up()
    changed = {
        link[:at] + ("A" if letter != "A" else "B") + link[at + 1 :]
        for at, letter in enumerate(link)
        # The last letter of base64 holds bits that say nothing.
        if at < len(link) - 1
    }

    for token in changed:
        answer = App().ask("post", "auth/email/verify", {"token": token})
        assert (answer.status_code, answer.json()["code"]) == (422, "link-invalid"), token
    assert App().ask("post", "auth/email/verify", {"token": link}).status_code == 204


@pytest.mark.parametrize("change", ["email", "password", "everywhere"])
def test_a_link_for_a_new_password_ends_with_what_it_was_sent_for(change: str) -> None:
    ada = UserFactory(username="ada", email="old@example.org", email_verified=True)
    app = App(ada)
    App().ask("post", "auth/password-reset", {"email": "old@example.org"})
    link = link_in(mailed("old@example.org")[0])

    if change == "email":
        app.ask("post", "auth/email", {"email": "new@example.org", "password": "secret-word"})
        body = {"token": link_in(mailed("new@example.org")[0])}
        assert App().ask("post", "auth/email/verify", body).status_code == 204
    elif change == "password":
        body = {"current": "secret-word", "password": "harbor-at-dawn"}
        assert app.ask("put", "auth/password", body).status_code == 200
    else:
        assert app.ask("post", "auth/logout-everywhere").status_code == 204

    body = {"token": link, "password": "another-at-dawn"}
    answer = App().ask("post", "auth/password-reset/confirm", body)
    # Signing out everywhere says nothing about the address: its owner may still choose a new password.
    assert answer.status_code == (204 if change == "everywhere" else 422)


def test_each_link_is_good_for_its_own_purpose_only() -> None:
    _app, link = signed_up()

    body = {"token": link, "password": "another-at-dawn"}
    assert App().ask("post", "auth/password-reset/confirm", body).status_code == 422


class Broken(BaseEmailBackend):
    """A mail server that is away."""

    def send_messages(self, messages: Any) -> int:
        raise ConnectionRefusedError("smtp://user:hunter2@mail refused")


def test_a_mail_server_that_is_away_keeps_nobody_from_an_account(
    settings: Any, caplog: pytest.LogCaptureFixture
) -> None:
    settings.EMAIL_BACKEND = f"{__name__}.Broken"

    answer = App().ask("post", "auth/register", NEWCOMER)
    do_what_waits()

    assert answer.status_code == 201
    assert "send_mail did not work" in caplog.text
    assert "hunter2" not in caplog.text + QueuedTask.objects.get().traceback


def test_a_mail_to_a_mistyped_address_is_not_written_once_another_was_given() -> None:
    app = App(UserFactory())
    for email in ("mistyped@example.org", "right@example.org"):
        app.ask("post", "auth/email", {"email": email, "password": "secret-word"})

    assert [message.to for message in mailed()] == [["right@example.org"]]
