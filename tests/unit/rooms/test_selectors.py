"""Which rooms are shown where, and in what order."""

from __future__ import annotations

from datetime import timedelta
from importlib import import_module

import pytest
from django.apps import apps
from django.utils.timezone import now

from accounts.models import User
from rooms import selectors
from rooms.models import EndReason, Room, RoomState
from streair.core.errors import NotFound
from tests.factories import CategoryFactory, RoomFactory, UserFactory

pytestmark = pytest.mark.django_db


def on_air(minutes: int, state: RoomState = RoomState.LIVE, **fields: object) -> Room:
    since = now() - timedelta(minutes=minutes)
    return RoomFactory(state=state, live_since=since, **fields)


def over(owner: User, *, hours: float, was_live: bool = True) -> Room:
    ended = now() - timedelta(hours=hours)
    return RoomFactory(
        owner=owner,
        state=RoomState.ENDED,
        live_since=ended - timedelta(hours=1) if was_live else None,
        ended_at=ended,
        end_reason=EndReason.OWNER,
    )


def test_rooms_on_air_are_listed_live_first_and_the_newest_first() -> None:
    away = on_air(5, RoomState.RECONNECTING)
    older, newer = on_air(90), on_air(2)
    RoomFactory()
    over(UserFactory(), hours=1)

    assert list(selectors.live_rooms()) == [newer, older, away]


def test_rooms_of_a_category_are_picked_by_its_slug() -> None:
    music = CategoryFactory(slug="chamber-music")
    concert = on_air(5, category=music)
    on_air(5)

    assert list(selectors.live_rooms(category="chamber-music")) == [concert]
    assert list(selectors.live_rooms(category="unknown")) == []


def test_beside_a_room_the_others_on_air_are_offered() -> None:
    here, other = on_air(5), on_air(9)

    assert list(selectors.other_live_rooms(here)) == [other]


def test_recently_ended_rooms_were_on_air_within_the_week() -> None:
    ada = UserFactory()
    earlier, later = over(ada, hours=30), over(ada, hours=2)
    over(ada, hours=1, was_live=False)
    over(ada, hours=24 * 8)

    assert list(selectors.recently_ended()) == [later, earlier]


def test_past_rooms_are_those_of_one_streamer_that_were_on_air() -> None:
    ada = UserFactory()
    earlier, later = over(ada, hours=30), over(ada, hours=2)
    over(ada, hours=1, was_live=False)
    over(UserFactory(), hours=1)
    RoomFactory(owner=ada)

    assert list(selectors.past_rooms(ada)) == [later, earlier]


@pytest.mark.parametrize("state", [RoomState.WAITING, RoomState.LIVE, RoomState.RECONNECTING])
def test_the_open_room_is_the_one_that_is_not_ended(state: RoomState) -> None:
    ada = UserFactory()
    over(ada, hours=1)
    RoomFactory()
    open_room = RoomFactory(owner=ada, state=state)

    assert selectors.open_room_of(ada) == open_room


def test_whose_rooms_have_all_ended_has_no_open_one_but_a_last_one() -> None:
    ada = UserFactory()
    over(ada, hours=5)
    last = over(ada, hours=1)

    assert selectors.open_room_of(ada) is None
    assert selectors.last_room_of(ada) == last
    assert selectors.last_room_of(UserFactory()) is None


def test_a_room_is_found_by_its_public_id_in_any_state_or_is_not_there() -> None:
    ended = over(UserFactory(), hours=1)

    assert selectors.room_for_viewer(ended.room_id) == ended
    with pytest.raises(NotFound) as missing:
        selectors.room_for_viewer(str(ended.pk))
    assert missing.value.code == "room-not-found"


def test_a_site_starts_with_categories_in_both_languages() -> None:
    # Tests that flush the database take them away, so the migration runs again: it may.
    import_module("rooms.migrations.0002_first_categories").add(apps, None)

    names = [(each.slug, each.name_vi, each.name_en) for each in selectors.categories()]

    assert names[0] == ("gaming", "Trò chơi", "Gaming")
    assert names[-1] == ("other", "Khác", "Other")
    assert len(names) == 8
