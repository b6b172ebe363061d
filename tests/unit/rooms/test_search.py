"""What finds a room: words of its title, owner, category and tags, marks and case aside."""

from __future__ import annotations

from importlib import import_module

import pytest
from django.apps import apps

from accounts.models import User
from rooms import selectors, services
from rooms.models import Room, RoomState
from rooms.search import words_of
from tests.factories import CategoryFactory, RoomFactory, UserFactory

pytestmark = pytest.mark.django_db


@pytest.fixture
def room() -> Room:
    owner = UserFactory(username="linh.nguyen", display_name="Linh Nguyễn")
    category = CategoryFactory(slug="chess", name_vi="Cờ vua", name_en="Chess")
    room = services.open_room(
        owner=owner, title="Trận đấu cuối", category=category, tags=["Đêm khuya", "blitz"]
    )
    services.go_live(room.pk)
    return room


def found(query: str = "", **filters: str) -> list[Room]:
    return list(selectors.live_rooms(query=query, **filters))


@pytest.mark.parametrize(
    "query",
    ["tran dau", "TRẬN", "đấu trận", "linh", "nguyen", "co vua", "chess", "blitz", "dem khuya", ""],
)
def test_a_room_is_found_by_what_it_is_called(room: Room, query: str) -> None:
    assert found(query) == [room]


@pytest.mark.parametrize("query", ["tran thua", "%", "_", "\\", "' OR 1=1 --", "tran%dau"])
def test_every_word_must_be_there_and_none_is_a_pattern(room: Room, query: str) -> None:
    assert found(query) == []


def test_a_tag_is_found_whatever_its_marks(room: Room) -> None:
    assert found(tag="đêm-khuya") == found(tag="dem-khuya") == [room]
    assert found(tag="dem") == []


def test_a_title_does_not_pass_for_a_tag(room: Room) -> None:
    services.change_room(room=room, title="#poker# tonight")

    assert found(tag="poker") == []
    assert found("#poker#") == [room]


def test_only_the_first_words_of_a_long_query_count() -> None:
    assert words_of(" ".join(f"w{n}" for n in range(50))) == [f"w{n}" for n in range(8)]


def test_a_change_of_title_is_found_at_once(room: Room) -> None:
    services.change_room(room=room, title="Ván mới")

    assert found("van moi") == [room]
    assert found("tran dau") == []


def test_a_streamers_new_name_is_found(room: Room) -> None:
    User.objects.filter(pk=room.owner_id).update(display_name="Thủy")
    room.owner.refresh_from_db()
    services.refresh_search_of_owner(room.owner)

    assert found("thuy") == [room]
    assert found("linh nguyen tran") == [room]  # The user name is what it was.


def test_a_categorys_new_name_is_found(room: Room) -> None:
    assert room.category is not None
    room.category.name_vi = "Cờ tướng"
    room.category.save()
    services.refresh_search_of_category(room.category)

    assert found("co tuong") == [room]


def test_rooms_from_before_there_were_searches_are_found() -> None:
    old = RoomFactory(title="Đá bóng", state=RoomState.LIVE, category=CategoryFactory())
    new = services.open_room(owner=UserFactory(), title="Đá bóng", category=old.category)
    assert old.search_key == ""

    import_module("rooms.migrations.0006_fill_search_key").fill(apps, None)

    old.refresh_from_db()
    assert old.search_key.startswith("da bong ")
    assert old.search_key.split()[3:] == new.search_key.split()[3:]
    assert found("da bong") == [old]
