"""Locked out, leaving, erased: what ends, what stays, what the worker does."""

from __future__ import annotations

from datetime import timedelta
from pathlib import Path
from typing import Any

import pytest
from django.test import Client
from django.utils.timezone import now

from accounts import audit, services
from accounts.models import AuditEntry, User
from rooms.models import EndReason, Room, RoomState
from rooms.services import end_room, open_room, open_room_like_last
from streair.core.errors import NotAllowed
from streams.keys import new_stream_key
from streams.problems import Refusal
from streams.services import Refused, admit_publisher
from tests.api.accounts.people import App
from tests.api.accounts.test_pictures import picture
from tests.factories import RoomFactory, StreamKeyFactory, UserFactory

pytestmark = pytest.mark.django_db


def test_who_is_locked_out_is_signed_out_and_off_air() -> None:
    ada, admin = UserFactory(), UserFactory(is_superuser=True)
    room = RoomFactory(owner=ada, state=RoomState.LIVE, live_since=now())
    app = App(ada)

    services.deactivate(ada, by=admin, reason="Spam")
    services.deactivate(ada, by=admin)

    assert app.ask("get", "users/me").status_code == 401
    room.refresh_from_db()
    assert (room.state, room.end_reason) == (RoomState.ENDED, EndReason.ADMIN)
    services.reactivate(ada, by=admin)
    ada.refresh_from_db()
    assert ada.is_active
    # What was ended stays ended.
    assert app.ask("get", "users/me").status_code == 401


def test_who_is_leaving_opens_no_room_and_sends_no_picture() -> None:
    secret = new_stream_key()
    key = StreamKeyFactory(key=secret, owner__leaving_since=now())

    with pytest.raises(NotAllowed) as refused:
        open_room(owner=key.owner, title="Still here")
    with pytest.raises(Refused) as sent_away:
        admit_publisher(key=secret, address="192.0.2.1", client_id=1, boot="b", encoder="OBS")

    assert refused.value.code == "account-leaving"
    assert sent_away.value.reason == Refusal.INACTIVE
    assert not Room.objects.exists()


def test_who_comes_back_is_not_erased() -> None:
    ada = UserFactory(leaving_since=now() - timedelta(days=20))

    services.restore(ada, address="")

    assert services.erase_due(at=now()) == 0
    assert ada.leaving_since is None


@pytest.mark.django_db(transaction=True)
def test_pictures_are_erased_too(settings: Any, tmp_path: Path) -> None:
    settings.MEDIA_ROOT = tmp_path
    ada = UserFactory()
    services.set_picture(ada, services.Kind.AVATAR, picture())
    User.objects.filter(pk=ada.pk).update(leaving_since=now() - timedelta(days=20))

    assert services.erase_due(at=now()) == 1

    assert [path for path in tmp_path.rglob("*") if path.is_file()] == []


def test_messages_of_who_was_erased_are_a_deleted_users() -> None:
    ada = UserFactory(leaving_since=now() - timedelta(days=20))

    services.erase_due(at=now())

    ada.refresh_from_db()
    assert ada.shown_name not in {"", ada.username}
    assert Client().get(f"/@{ada.username}/").status_code == 404


def over(room: Room) -> Room:
    return end_room(room=room, reason=EndReason.OWNER, block_encoder=False)


def test_a_name_is_nowhere_any_more_once_its_owner_is_erased() -> None:
    ada = UserFactory(username="ada_lovelace", email="ada@example.org")
    admin = UserFactory(username="keeper", is_superuser=True)
    by_itself = over(open_room_like_last(owner=ada))
    chosen = over(open_room(owner=ada, title="About engines"))
    for room in (by_itself, chosen):
        audit.record("room.ended", target=room, actor=ada, address="192.0.2.1")
    audit.record("user.deactivated", target=ada, actor=admin, address="192.0.2.9")
    masked = {"email": "a…@example.org"}
    audit.record("user.email-changed", target=ada, actor=ada, before=masked, after=masked)
    User.objects.filter(pk=ada.pk).update(leaving_since=now() - timedelta(days=20))

    services.erase_due(at=now())

    titles = dict(Room.objects.values_list("pk", "title"))
    assert titles == {by_itself.pk: "Stream của người dùng đã xoá", chosen.pk: "About engines"}
    log = list(AuditEntry.objects.values())
    assert "ada" not in str(log).replace("deactivated", "")
    assert "example.org" not in str(log)
    mine = [each for each in log if each["actor_id"] == ada.pk]
    assert {(each["actor_name"], each["address"]) for each in mine} == {(f"deleted-{ada.pk}", None)}
    # What others did, and from where, stays.
    assert [each["address"] for each in log if each["actor_id"] == admin.pk] == ["192.0.2.9"]


@pytest.mark.parametrize("gone", [{"leaving_since": now()}, {"is_active": False}])
def test_a_room_of_who_left_is_not_there_even_by_its_link(gone: dict[str, Any]) -> None:
    room = over(open_room(owner=UserFactory(), title="Mine"))
    addresses = (f"/api/rooms/{room.room_id}", f"/en/rooms/{room.room_id}/")
    before = [Client().get(address).status_code for address in addresses]

    User.objects.filter(pk=room.owner_id).update(**gone)

    assert before == [200, 200]
    for address in addresses:
        answer = Client().get(address)
        assert answer.status_code == 404
        assert room.owner.username not in answer.content.decode()
    User.objects.filter(pk=room.owner_id).update(erased=now())
    assert Client().get(addresses[0]).status_code == 200, "it is nobody's now"


def test_a_password_that_an_administrator_sets_ends_everything(admin_client: Client) -> None:
    ada = UserFactory(username="ada")
    app = App(ada)

    answer = admin_client.post(
        f"/admin/accounts/user/{ada.pk}/password/",
        {"password1": "harbor-at-dawn", "password2": "harbor-at-dawn"},
    )

    assert answer.status_code == 302
    assert app.ask("get", "users/me").status_code == 401
    assert User.objects.get(pk=ada.pk).check_password("harbor-at-dawn")


def test_what_is_changed_by_hand_fits_together() -> None:
    services.sign_up(username="mai", email="mai@example.org", password="harbor-at-dawn")
    ada = UserFactory(username="ada", email_verified=True)

    ada.username = "adam"
    services.complete(ada, ["username", "email"])
    assert (ada.skeleton, ada.email_verified) == ("adam", False)
    ada.username = "ma1"
    services.complete(ada, ["username"])
    assert ada.skeleton == ""
