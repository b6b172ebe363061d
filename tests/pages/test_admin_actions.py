"""What holds for every page of the administration: it asks first, it is fast, it writes everything down."""

from __future__ import annotations

import pytest
from django.test import Client
from pytest_django import DjangoAssertNumQueries

from accounts.models import AuditEntry, User
from rooms.models import Room
from rooms.services import report
from streams import services
from tests.factories import CategoryFactory, PublisherFactory, RoomFactory
from tests.pages.keepers import PEOPLE, REPORTS, ROOMS, act
from tests.pages.reading import read

pytestmark = pytest.mark.django_db


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


def test_it_speaks_the_language_of_its_reader(client: Client, keeper: User) -> None:
    vietnamese = client.get("/admin/")
    english = client.get("/admin/", headers={"accept-language": "en"})
    back = client.post("/i18n/language", {"language": "en", "next": "/admin/rooms/room/"})
    chosen = client.get("/admin/")

    assert read(vietnamese).having("lang")[0]["lang"] == "vi"
    assert "Log out" in english.content.decode()
    assert back["Location"] == "/admin/rooms/room/"
    assert read(chosen).having("lang")[0]["lang"] == "en"
