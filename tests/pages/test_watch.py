"""The watch page: one room in each of its states."""

from __future__ import annotations

from datetime import timedelta

import pytest
from django.db import connection
from django.test import Client
from django.test.utils import CaptureQueriesContext
from django.utils.timezone import now

from rooms.models import EndReason, Room, RoomState
from streams import services
from tests.factories import CategoryFactory, RoomFactory, UserFactory
from tests.pages.reading import read

pytestmark = pytest.mark.django_db


def room_in(state: RoomState, **fields: object) -> Room:
    times: dict[str, object] = {}
    if state != RoomState.WAITING:
        times["live_since"] = now() - timedelta(minutes=40)
    if state == RoomState.RECONNECTING:
        times["interrupted_since"] = now()
    if state == RoomState.ENDED:
        times |= {"ended_at": now() - timedelta(minutes=5), "end_reason": EndReason.IDLE}
    return RoomFactory(state=state, **times, **fields)


@pytest.mark.parametrize(
    ("state", "badge"),
    [
        (RoomState.WAITING, "Chờ stream"),
        (RoomState.LIVE, "Trực tiếp"),
        (RoomState.RECONNECTING, "Đang kết nối lại"),
        (RoomState.ENDED, "Đã kết thúc"),
    ],
)
def test_anybody_sees_how_the_room_stands(client: Client, state: RoomState, badge: str) -> None:
    room = room_in(state)

    answer = client.get(f"/rooms/{room.room_id}/")

    page = read(answer)
    shown = page.having("data-live-badge")[0]
    assert answer.status_code == 200
    assert shown["data-state"] == state
    assert shown[f"data-text-{state}"] == badge
    assert page.having("data-watch")[0]["data-room-id"] == room.room_id
    assert page.having("data-player")[0]["data-state"] == state


def test_the_page_tells_what_the_streamer_wrote_as_text_with_links(client: Client) -> None:
    owner = UserFactory(username="linh", display_name="Linh")
    description = "Công thức: https://example.org/ca-kho\n<b>đậm</b>"
    room = room_in(
        RoomState.LIVE,
        owner=owner,
        title="Cá kho tộ",
        description=description,
        category=CategoryFactory(name_vi="Nấu ăn"),
    )

    answer = client.get(f"/rooms/{room.room_id}/")

    text = answer.content.decode()
    assert "Cá kho tộ" in text
    assert "Nấu ăn" in text
    assert 'href="https://example.org/ca-kho" rel="nofollow"' in text
    assert "<b>đậm" not in text
    assert "/@linh/" in read(answer).links


def test_the_owner_has_a_way_to_the_studio_and_others_have_not(client: Client) -> None:
    room = room_in(RoomState.LIVE)
    main = f"/rooms/{room.room_id}/"
    client.force_login(UserFactory())
    stranger = read(client.get(main)).links.count("/studio/")
    client.force_login(room.owner)

    assert read(client.get(main)).links.count("/studio/") == stranger + 1


@pytest.mark.parametrize("room_id", ["unknown", "1", "a" * 300])
def test_an_unknown_room_is_not_found(client: Client, room_id: str) -> None:
    answer = client.get(f"/rooms/{room_id}/")

    assert answer.status_code == 404
    assert "Không có phòng nào ở địa chỉ này." in answer.content.decode()


def test_the_stream_key_is_not_on_the_page_not_even_the_owners(client: Client) -> None:
    room = room_in(RoomState.LIVE)
    key = services.key_of(room.owner)
    client.force_login(room.owner)

    text = client.get(f"/rooms/{room.room_id}/").content.decode()

    assert key not in text
    assert key[-4:] + '"' not in text


def test_more_rooms_beside_it_cost_no_more_queries(client: Client) -> None:
    room, _other = room_in(RoomState.LIVE), room_in(RoomState.LIVE, category=CategoryFactory())

    def queries() -> int:
        with CaptureQueriesContext(connection) as captured:
            assert client.get(f"/rooms/{room.room_id}/").status_code == 200
        return len(captured)

    with_one = queries()
    for _ in range(2):
        room_in(RoomState.LIVE, category=CategoryFactory())

    assert queries() == with_one


def test_links_and_the_player_for_other_pages_stand_on_the_page_to_be_copied(
    client: Client,
) -> None:
    room = room_in(RoomState.LIVE, owner=UserFactory(username="linh"))

    page = read(client.get(f"/rooms/{room.room_id}/"))

    values = {attrs["id"]: attrs.get("value", "") for attrs in page.having("id")}
    assert values["share-link"].endswith(f"/rooms/{room.room_id}/")
    assert values["share-channel"].endswith("/@linh/")
    assert "share-frame" in values


@pytest.mark.parametrize("fields", [{"visibility": "unlisted"}, {"is_mature": True}])
def test_what_other_sites_may_not_show_has_no_player_for_them(
    client: Client, fields: dict[str, object]
) -> None:
    room = room_in(RoomState.LIVE, **fields)
    client.force_login(room.owner)

    page = read(client.get(f"/rooms/{room.room_id}/"))

    assert "share-link" in page.ids
    assert "share-frame" not in page.ids


def test_a_stream_that_is_over_leads_to_what_is_on(client: Client) -> None:
    room, other = room_in(RoomState.ENDED), room_in(RoomState.LIVE)

    text = client.get(f"/rooms/{room.room_id}/").content.decode()

    face = text.split('data-player-face="ended"')[1].split("</ul>")[0]
    assert f"/rooms/{other.room_id}/" in face


def test_the_last_picture_stands_until_it_moves(client: Client) -> None:
    room = room_in(RoomState.LIVE, picture="rooms/ab/abcdef")

    [picture] = read(client.get(f"/rooms/{room.room_id}/")).having("fetchpriority")

    assert picture["src"] == room.large_picture
    assert room.card_picture in picture["srcset"]
