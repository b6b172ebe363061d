"""The two hooks after publish: one is told, the other may end a stream."""

from __future__ import annotations

import pytest
from django.utils.timezone import now

from rooms.models import RoomState
from streams import services
from streams.models import Publisher
from tests.hooks import bodies
from tests.hooks.conftest import Ask

pytestmark = pytest.mark.django_db


def test_a_goodbye_begins_the_grace(ask: Ask, key: str) -> None:
    session = ask("publish", bodies.publish(key))["Location"]
    services.first_keyframe(session=session, at=now())

    answers = [ask("done", bodies.done(key)).status_code for _ in range(2)]

    assert answers == [204, 204]
    gone = Publisher.objects.get()
    assert gone.gone_reason == Publisher.GoneReason.LEFT
    assert gone.room.state == RoomState.RECONNECTING


def test_a_goodbye_says_by_its_client_id_who_goes(ask: Ask, key: str) -> None:
    ask("publish", bodies.publish(key, client_id=1))

    ask("done", bodies.done(key, client_id=2))
    ask("done", bodies.done(key, args="clientid=1", client_id=3))

    assert Publisher.objects.get().gone is None


def test_an_update_lets_a_publisher_go_on(ask: Ask, key: str) -> None:
    ask("publish", bodies.publish(key))

    assert ask("update", bodies.update(key)).status_code == 204


def test_an_update_that_outran_its_publish_is_no_reason_to_drop(ask: Ask, key: str) -> None:
    assert ask("update", bodies.update(key)).status_code == 204


def test_an_update_ends_a_publisher_that_was_replaced(ask: Ask, key: str) -> None:
    ask("publish", bodies.publish(key, client_id=1))
    ask("publish", bodies.publish(key, client_id=2))

    assert ask("update", bodies.update(key, client_id=1)).status_code == 403
    assert ask("update", bodies.update(key, client_id=2)).status_code == 204
