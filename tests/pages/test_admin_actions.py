"""What keepers do in the administration: asked first, done by services, written down."""

from __future__ import annotations

import io
from pathlib import Path
from typing import Any

import pytest
from django.contrib.auth.models import Permission
from django.core.files.uploadedfile import SimpleUploadedFile
from django.test import Client
from django.utils.timezone import now
from PIL import Image
from pytest_django import DjangoAssertNumQueries

from accounts.models import AuditEntry, User
from accounts.services import sign_in_app
from rooms.models import Category, EndReason, Room, RoomState
from rooms.services import report
from streair.core import administration
from streams import services
from streams.models import Publisher, StreamKey
from tests.api.world import picture
from tests.factories import CategoryFactory, PublisherFactory, RoomFactory, UserFactory
from tests.pages.reading import read

pytestmark = pytest.mark.django_db

PEOPLE = "/admin/accounts/user/"
ROOMS = "/admin/rooms/room/"
REPORTS = "/admin/rooms/report/"


@pytest.fixture
def keeper(client: Client) -> User:
    keeper = UserFactory(username="keeper", is_staff=True, is_superuser=True)
    client.force_login(keeper)
    return keeper


def staff_with(*permissions: str) -> User:
    staff = UserFactory(is_staff=True)
    staff.user_permissions.set(Permission.objects.filter(codename__in=permissions))
    return staff


def act(client: Client, url: str, action: str, *rows: Any, **form: str) -> Any:
    """Choose `action` for these rows, as the list's form does."""
    form = {"action": action, **form}
    return client.post(url, {**form, "_selected_action": [row.pk for row in rows]}, follow=True)


ACTIONS = [
    (PEOPLE, "deactivate"),
    (PEOPLE, "reactivate"),
    (PEOPLE, "sign_out_everywhere"),
    (PEOPLE, "end_deletion"),
    (PEOPLE, "rotate_key"),
    (ROOMS, "feature"),
    (ROOMS, "unfeature"),
    (ROOMS, "end_stream"),
]


@pytest.mark.parametrize(("url", "action"), ACTIONS)
def test_every_action_asks_first(client: Client, keeper: User, url: str, action: str) -> None:
    room = RoomFactory()
    row = room if url == ROOMS else room.owner

    page = act(client, url, action, row)

    assert read(page).values["confirmed"] == "yes"
    assert read(page).inline == []
    assert str(row) in page.content.decode()
    room.refresh_from_db()
    assert room.is_open
    assert not AuditEntry.objects.exists()


def test_no_action_does_without_asking(client: Client, keeper: User) -> None:
    RoomFactory()
    offered = set()
    for url in (PEOPLE, ROOMS):
        page = client.get(url).content.decode()
        offered |= {(url, name) for _url, name in ACTIONS if f'value="{name}"' in page}
        assert page.count("<option value=") >= 2

    assert offered == set(ACTIONS)


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


def test_a_stream_is_ended_for_a_reason(client: Client, keeper: User) -> None:
    publisher = PublisherFactory()
    room = publisher.room

    act(client, ROOMS, "end_stream", room, confirmed="yes", reason="Not ours to show")

    room.refresh_from_db()
    publisher.refresh_from_db()
    entry = AuditEntry.objects.get()
    assert (room.state, room.end_reason) == (RoomState.ENDED, EndReason.ADMIN)
    assert publisher.gone_reason == Publisher.GoneReason.ROOM_ENDED
    assert (entry.action, entry.reason) == ("room.ended", "Not ours to show")
    assert (entry.before, entry.after) == ({"state": "waiting"}, {"state": "ended"})


def test_a_crowd_is_not_changed_at_once(
    client: Client, keeper: User, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr(administration, "MOST_AT_ONCE", 2)
    RoomFactory.create_batch(3)

    act(client, ROOMS, "end_stream", *Room.objects.all(), confirmed="yes", reason="All of them")

    assert Room.objects.open().count() == 3


def test_forms_are_written_down_and_passwords_are_not(client: Client, keeper: User) -> None:
    category = CategoryFactory(slug="cooking", name_en="Cookng")
    form = {"slug": "cooking", "name_vi": category.name_vi, "name_en": "Cooking", "position": "0"}
    client.post(f"/admin/rooms/category/{category.pk}/change/", form)
    word = "a-Secret-word-9"
    form = {"username": "newcomer", "email": "new@example.org", "usable_password": "true"}
    client.post("/admin/accounts/user/add/", {**form, "password1": word, "password2": word})

    changed, added = AuditEntry.objects.order_by("pk")
    assert (changed.action, changed.before, changed.after) == (
        "category.changed",
        {"name_en": "Cookng"},
        {"name_en": "Cooking"},
    )
    assert added.action == "user.added"
    assert word not in str(added.after)


def test_people_are_not_deleted_and_the_log_is_only_read(client: Client, keeper: User) -> None:
    ben = UserFactory()
    act(client, PEOPLE, "sign_out_everywhere", ben, confirmed="yes")
    log = f"/admin/accounts/auditentry/{AuditEntry.objects.get().pk}/"

    assert client.post(f"{PEOPLE}{ben.pk}/delete/", {"post": "yes"}).status_code == 403
    assert client.post(f"{log}delete/", {"post": "yes"}).status_code == 403
    assert client.post(f"{log}change/", {"action": "nothing"}).status_code == 403
    assert client.get(f"{log}change/").status_code == 200
    assert client.get("/admin/accounts/auditentry/add/").status_code == 403


@pytest.mark.parametrize("rows", [1, 60])
def test_lists_ask_the_database_the_same_however_long_they_are(
    client: Client, keeper: User, rows: int, django_assert_max_num_queries: DjangoAssertNumQueries
) -> None:
    for publisher in PublisherFactory.create_batch(rows):
        services.key_of(publisher.room.owner)
        services.first_keyframe(session=publisher.session, at=publisher.admitted)
    for room in Room.objects.all():
        report(reporter=room.owner, kind="room", target_id=room.room_id, reason="spam")
    for ben in User.objects.exclude(pk=keeper.pk)[:60]:
        act(client, PEOPLE, "sign_out_everywhere", ben, confirmed="yes")

    lists = [PEOPLE, ROOMS, "/admin/streams/broadcast/", "/admin/streams/publisher/"]
    lists += [
        REPORTS,
        "/admin/streams/streamkey/",
        "/admin/rooms/category/",
        "/admin/accounts/auditentry/",
    ]
    for url in lists:
        with django_assert_max_num_queries(9):
            assert client.get(f"{url}?q=person").status_code == 200


def test_rooms_show_who_watches(client: Client, keeper: User) -> None:
    from rooms import viewer_board

    publisher = PublisherFactory()
    services.first_keyframe(session=publisher.session, at=publisher.admitted)
    viewer_board.post({publisher.room.room_id: 4711})

    page = client.get(f"{ROOMS}?now=live").content.decode()
    viewer_board.post({publisher.room.room_id: 0})

    assert "4711" in page or "4.711" in page


def test_it_speaks_the_language_of_its_reader(client: Client, keeper: User) -> None:
    vietnamese = client.get("/admin/")
    english = client.get("/admin/", headers={"accept-language": "en"})
    back = client.post("/i18n/language", {"language": "en", "next": "/admin/rooms/room/"})
    chosen = client.get("/admin/")

    assert read(vietnamese).having("lang")[0]["lang"] == "vi"
    assert "Log out" in english.content.decode()
    assert back["Location"] == "/admin/rooms/room/"
    assert read(chosen).having("lang")[0]["lang"] == "en"


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


def test_rooms_are_shown_first_and_among_others(client: Client, keeper: User) -> None:
    room = RoomFactory()

    states = []
    for action in ("feature", "feature", "unfeature"):
        act(client, ROOMS, action, room, confirmed="yes")
        room.refresh_from_db()
        states.append(room.is_featured)

    assert states == [True, True, False]
    assert [entry.action for entry in AuditEntry.objects.all()] == ["room.featured"] * 2


def test_a_report_is_closed_once_with_a_note(client: Client, keeper: User) -> None:
    room = RoomFactory()
    row = report(reporter=UserFactory(), kind="room", target_id=room.room_id, reason="spam")

    for _ in range(2):
        act(client, REPORTS, "close", row, confirmed="yes", reason="Room was ended")

    row.refresh_from_db()
    entry = AuditEntry.objects.get()
    assert row.handled is not None
    assert row.handled_by == keeper
    assert (entry.action, entry.reason) == ("report.closed", "Room was ended")
    assert client.get(f"{REPORTS}?dealt=yes").status_code == 200
    assert client.get(f"{REPORTS}{row.pk}/change/").status_code == 200


@pytest.mark.parametrize("data", [b"<svg/>", b"GIF89a", picture()[:40]])
def test_a_cover_that_is_no_picture_is_refused(client: Client, keeper: User, data: bytes) -> None:
    form = {"slug": "cooking", "name_vi": "Nấu ăn", "name_en": "Cooking", "position": "0"}
    file = SimpleUploadedFile("cover.png", data, content_type="image/png")

    answer = client.post("/admin/rooms/category/add/", {**form, "cover": file})

    assert answer.status_code == 200
    assert not Category.objects.filter(slug="cooking").exists()


def test_a_cover_is_made_anew(client: Client, keeper: User, settings: Any, tmp_path: Path) -> None:
    settings.MEDIA_ROOT = tmp_path
    form = {"slug": "cooking", "name_vi": "Nấu ăn", "name_en": "Cooking", "position": "0"}
    file = SimpleUploadedFile("../x.png", picture(), content_type="image/png")

    client.post("/admin/rooms/category/add/", {**form, "cover": file})

    cover = Category.objects.get(slug="cooking").cover
    answer = client.get(cover.url)
    body = b"".join(answer)
    answer.close()
    with Image.open(io.BytesIO(body)) as made:
        assert (made.format, made.size) == ("WEBP", (600, 800))
