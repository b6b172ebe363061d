"""The secrets of overlays: half in the database, half our signature."""

from __future__ import annotations

import pytest
from django.core import serializers
from django.test import override_settings

from accounts.models import User
from chat import services
from chat.models import OverlayLink
from chat.overlays import LONGEST, new_public_id, public_id_of, secret_of
from chat.selectors import overlay_rooms
from rooms.models import EndReason
from rooms.services import end_room
from tests.factories import RoomFactory, UserFactory


def test_a_secret_opens_what_it_was_made_for_and_nothing_else_does() -> None:
    mine, other = new_public_id(), new_public_id()
    secret = secret_of(mine)
    key, signature = secret.rsplit(".", 1)

    assert public_id_of(secret) == mine
    for wrong in (
        *("", mine, f"ov_{mine}", f"ov_{mine}.", key, secret[:-1], f"{secret}x", f"sa{secret[2:]}"),
        f"ov_{other}.{signature}",
        f"ov_{'a' * LONGEST}",
        secret.replace("ov_", "ov_ "),
    ):
        assert public_id_of(wrong) is None, wrong


def test_another_sites_key_makes_other_secrets() -> None:
    with override_settings(SECRET_KEY="another"):
        secret = secret_of("abc")

    assert public_id_of(secret) is None


@pytest.mark.django_db
def test_a_streamer_has_one_secret_until_it_is_renewed() -> None:
    owner, other = UserFactory(), UserFactory()

    first = services.overlay_secret(owner)

    assert services.overlay_secret(owner) == first
    assert services.overlay_secret(other) != first
    assert services.renew_overlay(owner) != first
    assert services.overlay_secret(owner) != first


@pytest.mark.django_db
def test_the_database_does_not_hold_the_secret() -> None:
    secret = services.overlay_secret(UserFactory())

    kept = serializers.serialize("json", OverlayLink.objects.all())

    assert secret not in kept
    assert secret.rsplit(".", 1)[1] not in kept


def shown_by(owner: User) -> str | None:
    """Return the room that the owner's overlay shows, or None when its link is over."""
    public_id = OverlayLink.objects.get(owner=owner).public_id
    return overlay_rooms([public_id]).get(public_id)


@pytest.mark.django_db
def test_an_overlay_shows_the_open_room_of_its_streamer_whoever_may_enter_it() -> None:
    owner = UserFactory()
    RoomFactory()
    services.overlay_secret(owner)
    assert shown_by(owner) == ""

    room = RoomFactory(owner=owner, visibility="password", password="x")
    assert shown_by(owner) == room.room_id
    end_room(room=room, reason=EndReason.OWNER, block_encoder=True)
    assert shown_by(owner) == ""
    following = RoomFactory(owner=owner)
    assert shown_by(owner) == following.room_id


@pytest.mark.django_db
@pytest.mark.parametrize("change", [{"is_active": False}, {"leaving_since": "2026-01-01T00:00Z"}])
def test_the_overlay_of_who_is_locked_out_or_leaves_is_over(change: dict[str, object]) -> None:
    owner = UserFactory()
    services.overlay_secret(owner)

    User.objects.filter(pk=owner.pk).update(**change)

    assert shown_by(owner) is None


@pytest.mark.django_db
def test_many_overlays_are_looked_up_in_one_query(django_assert_num_queries: object) -> None:
    for _ in range(3):
        services.overlay_secret(RoomFactory().owner)
    public_ids = list(OverlayLink.objects.values_list("public_id", flat=True))

    with django_assert_num_queries(1):  # type: ignore[operator]
        found = overlay_rooms(public_ids)

    assert len(found) == 3
