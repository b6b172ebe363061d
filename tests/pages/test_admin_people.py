"""What keepers do to people: for a reason, within their rank, written down."""

from __future__ import annotations

import pytest
from django.test import Client
from django.utils.timezone import now

from accounts.models import AuditEntry, User
from accounts.services import sign_in_app
from streams import services
from streams.models import StreamKey
from tests.factories import UserFactory
from tests.pages.keepers import PEOPLE, act, staff_with
from tests.pages.reading import read

pytestmark = pytest.mark.django_db


def test_a_person_is_kept_out_for_a_reason_that_is_written_down(
    client: Client, keeper: User
) -> None:
    ben, browser = UserFactory(username="ben"), Client()
    browser.force_login(ben)
    before = ben.token_version

    act(client, PEOPLE, "deactivate", ben, confirmed="yes", reason="Spam")

    ben.refresh_from_db()
    entry = AuditEntry.objects.get()
    assert not ben.is_active
    assert ben.token_version == before + 1
    assert browser.get("/studio/").status_code == 302
    assert (entry.actor_name, entry.action, entry.target_name) == (
        "keeper",
        "user.deactivated",
        "ben",
    )
    assert (entry.before, entry.after) == ({"is_active": True}, {"is_active": False})
    assert (entry.reason, entry.address) == ("Spam", "127.0.0.1")


def test_without_the_reason_it_asks_again(client: Client, keeper: User) -> None:
    ben = UserFactory()

    page = act(client, PEOPLE, "deactivate", ben, confirmed="yes", reason="  ")

    ben.refresh_from_db()
    assert "reason" in read(page).values
    assert ben.is_active


def test_a_second_time_nothing_is_done_nor_written(client: Client, keeper: User) -> None:
    ben = UserFactory()

    for _ in range(2):
        act(client, PEOPLE, "deactivate", ben, confirmed="yes", reason="Spam")
    for _ in range(2):
        act(client, PEOPLE, "reactivate", ben, confirmed="yes")

    names = list(AuditEntry.objects.order_by("pk").values_list("action", flat=True))
    assert names == ["user.deactivated", "user.reactivated"]


def test_nobody_locks_themselves_out(client: Client, keeper: User) -> None:
    page = act(client, PEOPLE, "deactivate", keeper, confirmed="yes", reason="Oops")

    keeper.refresh_from_db()
    assert keeper.is_active
    assert "errorlist" in page.content.decode() or 'class="error"' in page.content.decode()


def test_superusers_are_the_business_of_superusers(client: Client) -> None:
    chief = UserFactory(username="chief", is_superuser=True, is_staff=True)
    client.force_login(staff_with("change_user", "view_user"))

    for action in ("deactivate", "sign_out_everywhere", "rotate_key"):
        act(client, PEOPLE, action, chief, confirmed="yes", reason="Coup")
    form = client.post(f"{PEOPLE}{chief.pk}/change/", {"username": "fool", "email": "a@b.c"})
    password = client.get(f"{PEOPLE}{chief.pk}/password/")

    chief.refresh_from_db()
    assert (chief.is_active, chief.token_version, chief.username) == (True, 0, "chief")
    assert (form.status_code, password.status_code) == (403, 403)
    assert not AuditEntry.objects.exists()


def test_nobody_gives_themselves_rights(client: Client) -> None:
    staff = staff_with("change_user", "view_user")
    client.force_login(staff)
    form = {"username": staff.username, "email": staff.email, "is_superuser": "on"}

    client.post(f"{PEOPLE}{staff.pk}/change/", {**form, "display_name": "New", "bio": ""})

    staff.refresh_from_db()
    assert (staff.display_name, staff.is_superuser) == ("New", False)


def test_who_may_only_look_is_offered_nothing(client: Client) -> None:
    client.force_login(staff_with("view_user", "view_room"))
    ben = UserFactory()

    assert "sign_out_everywhere" not in client.get(PEOPLE).content.decode()
    act(client, PEOPLE, "deactivate", ben, confirmed="yes", reason="Spam")

    ben.refresh_from_db()
    assert ben.is_active


def test_everything_that_somebody_has_open_ends(client: Client, keeper: User) -> None:
    ben, browser = UserFactory(), Client()
    browser.force_login(ben)

    act(client, PEOPLE, "sign_out_everywhere", ben, confirmed="yes")

    assert browser.get("/studio/").status_code == 302
    assert AuditEntry.objects.get().action == "user.signed-out-everywhere"


def test_a_key_is_changed_without_being_seen(client: Client, keeper: User) -> None:
    ben = UserFactory()
    old = services.key_of(ben)

    page = act(client, PEOPLE, "rotate_key", ben, confirmed="yes").content.decode()

    new = services.key_of(ben)
    entry = AuditEntry.objects.get()
    assert new != old
    assert old not in page
    assert new not in page
    assert StreamKey.objects.get().digest not in page
    assert (entry.action, entry.before, entry.after) == ("stream-key.rotated", None, None)


def test_people_are_not_deleted_and_the_log_is_only_read(client: Client, keeper: User) -> None:
    ben = UserFactory()
    act(client, PEOPLE, "sign_out_everywhere", ben, confirmed="yes")
    log = f"/admin/accounts/auditentry/{AuditEntry.objects.get().pk}/"

    assert client.post(f"{PEOPLE}{ben.pk}/delete/", {"post": "yes"}).status_code == 403
    assert client.post(f"{log}delete/", {"post": "yes"}).status_code == 403
    assert client.post(f"{log}change/", {"action": "nothing"}).status_code == 403
    assert client.get(f"{log}change/").status_code == 200
    assert client.get("/admin/accounts/auditentry/add/").status_code == 403


def test_a_wish_to_be_deleted_is_taken_back(client: Client, keeper: User) -> None:
    ben = UserFactory(leaving_since=now())

    for _ in range(2):
        act(client, PEOPLE, "end_deletion", ben, confirmed="yes")

    ben.refresh_from_db()
    entry = AuditEntry.objects.get()
    assert ben.leaving_since is None
    assert (entry.action, entry.actor_name) == ("user.deletion-taken-back", "keeper")
    assert client.get(f"{PEOPLE}?leaving=asked").status_code == 200


def test_a_password_that_a_keeper_sets_ends_what_was_open(client: Client, keeper: User) -> None:
    ben, word = UserFactory(), "harbor-at-dawn"
    tokens = sign_in_app(ben, address="192.0.2.1", user_agent="An app")
    form = {"password1": word, "password2": word, "usable_password": "true"}

    for person in (ben, keeper):
        client.post(f"{PEOPLE}{person.pk}/password/", form)

    bearer = {"authorization": f"Bearer {tokens.access}"}
    assert Client().get("/api/users/me", headers=bearer).status_code == 401
    assert client.get("/admin/").status_code == 200, "keepers stay where they are"
    assert [entry.action for entry in AuditEntry.objects.all()] == ["user.password-set"] * 2
    assert word not in str(list(AuditEntry.objects.values()))


def test_another_address_has_yet_to_be_verified_and_a_name_stays(
    client: Client, keeper: User
) -> None:
    ben = UserFactory(username="ben", email_verified=True)
    form = {"username": "other", "email": "other@example.org", "display_name": "B", "bio": ""}

    client.post(f"{PEOPLE}{ben.pk}/change/", form)

    ben.refresh_from_db()
    assert (ben.username, ben.email, ben.email_verified) == ("ben", "other@example.org", False)
    assert AuditEntry.objects.get().after == {"email": "other@example.org", "display_name": "B"}
