"""Questions in SQL, the same for both databases."""

from __future__ import annotations

from datetime import timedelta

import pytest
from django.utils.timezone import now

from rooms.models import Room
from streair.core import sql
from tests.factories import RoomFactory

pytestmark = pytest.mark.django_db

_TITLES = "SELECT title FROM {rooms} WHERE title IN {titles} AND created < {then} ORDER BY title"


def test_values_lists_times_and_tables_stand_where_they_are_named() -> None:
    for title in ("a", "100 %", "it's {then}"):
        RoomFactory(title=title)
    titles = ["a", "it's {then}", "nobody's"]

    later, earlier = (now() + timedelta(minutes=minutes) for minutes in (1, -1))
    found = sql.answered(sql.ask(_TITLES, rooms=Room, titles=titles, then=later))
    assert found == [("a",), ("it's {then}",)]
    assert sql.answered(sql.ask(_TITLES, rooms=Room, titles=titles, then=earlier)) == []


def test_what_is_not_given_is_said() -> None:
    with pytest.raises(KeyError, match="titles"):
        sql.answered(sql.ask(_TITLES, rooms=Room, then=now()))
