"""The streamer's moderation log."""

from __future__ import annotations

import csv
from typing import Any

import pytest
from django.test import Client

from chat import services
from chat.models import Deed
from tests.factories import RoomFactory, UserFactory
from tests.pages.reading import read

pytestmark = pytest.mark.django_db

LOG, EXPORT = "/en/studio/moderation/", "/studio/moderation.csv"


def exported(client: Client, query: str = "") -> list[dict[str, str]]:
    answer: Any = client.get(f"{EXPORT}{query}")
    assert answer.headers["Content-Type"].startswith("text/csv")
    return list(csv.DictReader(answer.content.decode().splitlines()))


def test_a_streamer_reads_and_exports_what_was_done_in_their_rooms_and_nobody_elses(
    client: Client,
) -> None:
    room, other = RoomFactory(), RoomFactory()
    eve, bob = UserFactory(username="eve"), UserFactory(username="bob")
    for each, user, reason in ((room, eve, "=1+1"), (other, bob, "secret")):
        services.ban(room=each, actor_id=each.owner_id, user_id=user.pk, seconds=600, reason=reason)
    services.time_out(
        room=room, actor_id=room.owner_id, user_id=bob.pk, seconds=60, reason="<b>loud"
    )
    client.force_login(room.owner)

    text = client.get(LOG).content.decode()
    assert "@eve" in text
    assert "&lt;b&gt;loud" in text
    assert "secret" not in text
    assert "@eve" not in client.get(f"{LOG}?action=timed-out").content.decode()

    rows = exported(client)
    assert [(row["action"], row["target"]) for row in rows] == [
        ("timed-out", "bob"),
        ("banned", "eve"),
    ]
    assert rows[0]["actor"] == room.owner.username
    assert [row["target"] for row in exported(client, "?action=banned")] == ["eve"]


def test_the_log_comes_in_pages_and_odd_questions_are_answered(client: Client) -> None:
    room = RoomFactory()
    Deed.objects.bulk_create(
        Deed(owner=room.owner, room=room, action="cleared", details={"reason": f"entry{number}."})
        for number in range(60)
    )
    client.force_login(room.owner)

    first = client.get(LOG)
    (link,) = [attrs["href"] for attrs in read(first).having("rel") if attrs["rel"] == "next"]
    second = client.get(f"{LOG}{link}").content.decode()

    assert "entry10." in first.content.decode()
    assert "entry9." not in first.content.decode()
    assert "entry9." in second
    assert "entry10." not in second
    for query in ("?before=x", f"?before={2**70}", "?action=nonsense", "?before=-1"):
        assert client.get(f"{LOG}{query}").status_code == 200


def test_names_that_are_formulas_are_no_formulas_in_the_table(client: Client) -> None:
    room = RoomFactory(title="=HYPERLINK(1)")
    services.clear_chat(room=room, actor_id=room.owner_id)
    client.force_login(room.owner)

    assert [row["room"] for row in exported(client)] == ["'=HYPERLINK(1)"]


def test_strangers_are_asked_to_sign_in(client: Client) -> None:
    for path in (LOG, EXPORT):
        assert client.get(path).status_code == 302
