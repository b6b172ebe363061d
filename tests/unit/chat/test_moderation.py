"""Keeping order: who may do what to whom, what it changes, and what is written down of it."""

from __future__ import annotations

from collections.abc import Callable
from datetime import timedelta
from typing import Any

import pytest
from django.utils.timezone import now

from accounts.models import User
from chat import selectors, services
from chat.models import Action, Chat, Deed, Message, MessageState, Moderator, Restriction, Scope
from chat.permissions import Standing
from chat.services import Modes
from rooms import bans
from rooms.models import Room
from streair.core.errors import Invalid, NotAllowed, NotFound
from tests.factories import MessageFactory, RoomFactory, UserFactory
from tests.published import published

pytestmark = pytest.mark.django_db

Step = Callable[..., Any]

ON_PEOPLE: dict[str, Step] = {
    "time out": lambda **who: services.time_out(seconds=60, **who),
    "ban": services.ban,
    "forgive": services.forgive,
}


def person(room: Room, who: str) -> User:
    """Return somebody of this standing in `room`."""
    if who == "owner":
        return room.owner
    user = UserFactory(is_staff=who == "admin")
    if who == "moderator":
        Moderator.objects.create(owner=room.owner, user=user)
    return user


def standing(room: Room, user: User) -> Standing:
    return selectors.standings(room.owner_id, [user.pk])[user.pk]


def open_to_all() -> dict[str, Any]:
    """Return the modes of a chat that lets everything pass."""
    return selectors.modes_of(None)


def actions() -> list[str]:
    return [deed.action for deed in Deed.objects.order_by("pk")]


@pytest.mark.parametrize("step", ON_PEOPLE.values(), ids=ON_PEOPLE)
@pytest.mark.parametrize(
    ("actor", "target"),
    [
        ("viewer", "viewer"),
        ("viewer", "owner"),
        ("moderator", "moderator"),
        ("moderator", "owner"),
        ("moderator", "admin"),
        ("owner", "admin"),
        ("admin", "admin"),
    ],
)
def test_nobody_acts_on_an_equal_or_higher(step: Step, actor: str, target: str) -> None:
    room = RoomFactory()
    who, whom = person(room, actor), person(room, target)
    message = MessageFactory(room=room, author=whom)

    with published() as heard, pytest.raises(NotAllowed):
        step(room=room, actor_id=who.pk, user_id=whom.pk)

    assert heard == []
    assert not Restriction.objects.exists()
    assert not Deed.objects.exists()
    message.refresh_from_db()
    assert message.state == MessageState.SHOWN


@pytest.mark.parametrize("step", ON_PEOPLE.values(), ids=ON_PEOPLE)
def test_a_moderator_of_another_streamer_does_nothing_here(step: Step) -> None:
    room, elsewhere, viewer = RoomFactory(), RoomFactory(), UserFactory()

    with pytest.raises(NotAllowed):
        step(room=room, actor_id=person(elsewhere, "moderator").pk, user_id=viewer.pk)
    with pytest.raises(NotAllowed):
        step(room=room, actor_id=elsewhere.owner.pk, user_id=viewer.pk)


@pytest.mark.parametrize("step", ON_PEOPLE.values(), ids=ON_PEOPLE)
def test_nothing_is_done_to_nobody(step: Step) -> None:
    room = RoomFactory()

    with pytest.raises(NotFound):
        step(room=room, actor_id=room.owner.pk, user_id=10**9)


def test_a_timeout_keeps_from_writing_for_a_while_in_all_rooms_of_the_streamer() -> None:
    room, ada = RoomFactory(), UserFactory()
    who = person(room, "moderator")

    with published() as heard:
        services.time_out(room=room, actor_id=who.pk, user_id=ada.pk, seconds=600, reason=" caps ")

    bar = standing(room, ada).bar
    assert bar is not None
    assert bar.until is not None
    assert timedelta(seconds=590) < bar.until - now() <= timedelta(seconds=600)
    assert bar.reason == "caps"
    assert [(event, data) for _, event, data in heard] == [
        ("chat.rights", {"roomId": room.room_id, "userId": ada.pk})
    ]
    deed = Deed.objects.get()
    assert (deed.action, deed.actor, deed.target) == (Action.TIMED_OUT, who, ada)
    assert deed.details == {"scope": "chat", "seconds": 600, "reason": "caps"}


def test_a_ban_hides_what_was_said_here_and_nothing_else() -> None:
    room, ada = RoomFactory(), UserFactory()
    mine = MessageFactory(room=room, author=ada)
    other = MessageFactory(room=room)
    elsewhere = MessageFactory(author=ada)

    with published() as heard:
        services.ban(room=room, actor_id=room.owner.pk, user_id=ada.pk, reason="spam")

    hidden = {"roomId": room.room_id, "userId": ada.pk, "lastMessageId": other.pk}
    assert (room.group, "messages-hidden", hidden) in heard
    assert [each.pk for each in selectors.history(room.pk)] == [other.pk]
    assert [each.pk for each in selectors.history(elsewhere.room.pk)] == [elsewhere.pk]
    assert Message.objects.get(pk=mine.pk).text == mine.text
    assert not standing(room, ada).is_shut_out


def test_a_ban_from_the_room_shuts_out() -> None:
    room, ada = RoomFactory(), UserFactory()

    services.ban(room=room, actor_id=room.owner.pk, user_id=ada.pk, scope=Scope.ROOM)

    assert standing(room, ada).is_shut_out
    with pytest.raises(NotAllowed):
        bans.check(room, ada.pk)
    bans.check(RoomFactory(), ada.pk)
    bans.check(room, None)


def test_forgiving_lifts_everything_and_says_whether_there_was_something() -> None:
    room, ada = RoomFactory(), UserFactory()
    for scope in Scope:
        services.ban(room=room, actor_id=room.owner.pk, user_id=ada.pk, scope=scope)
    other = RoomFactory()
    services.ban(room=other, actor_id=other.owner.pk, user_id=ada.pk)

    assert services.forgive(room=room, actor_id=room.owner.pk, user_id=ada.pk)
    assert not services.forgive(room=room, actor_id=room.owner.pk, user_id=ada.pk)

    assert standing(room, ada).bar is None
    assert standing(other, ada).bar is not None


@pytest.mark.parametrize(
    ("actor", "allowed"), [("moderator", False), ("owner", True), ("admin", True)]
)
def test_only_the_streamer_appoints_and_dismisses(actor: str, allowed: bool) -> None:
    room, ada = RoomFactory(), UserFactory()
    who = person(room, actor)

    if not allowed:
        for step in (services.appoint, services.dismiss):
            with pytest.raises(NotAllowed):
                step(room=room, actor_id=who.pk, user_id=ada.pk)
        return
    assert services.appoint(room=room, actor_id=who.pk, user_id=ada.pk)
    assert not services.appoint(room=room, actor_id=who.pk, user_id=ada.pk)
    assert standing(room, ada).can_moderate
    assert services.dismiss(room=room, actor_id=who.pk, user_id=ada.pk)
    assert not standing(room, ada).can_moderate
    assert actions() == [Action.APPOINTED, Action.DISMISSED]


def test_a_moderator_stays_one_from_room_to_room_and_may_leave() -> None:
    room = RoomFactory()
    who = person(room, "moderator")
    next_room = RoomFactory(owner=room.owner, state="ended", ended_at=now())

    assert standing(next_room, who).can_moderate
    assert services.dismiss(room=room, actor_id=who.pk, user_id=who.pk)
    assert not standing(next_room, who).can_moderate


def test_a_restriction_does_not_hold_for_who_keeps_order() -> None:
    room, ada = RoomFactory(), UserFactory()
    services.ban(room=room, actor_id=room.owner.pk, user_id=ada.pk)

    services.appoint(room=room, actor_id=room.owner.pk, user_id=ada.pk)

    assert standing(room, ada).bar is None


def test_modes_change_one_by_one_and_are_told() -> None:
    room = RoomFactory(title="Evening")
    who = person(room, "moderator")

    with published() as heard:
        services.change_modes(room=room, actor_id=who.pk, modes=Modes(slow_seconds=30))
        services.change_modes(room=room, actor_id=who.pk, modes=Modes(links_off=True))
        services.change_modes(room=room, actor_id=who.pk, modes=Modes(links_off=True))

    told = [data["modes"] for _, event, data in heard if event == "room-updated"]
    assert told == [
        {**open_to_all(), "slowSeconds": 30},
        {**open_to_all(), "slowSeconds": 30, "linksOff": True},
    ]
    assert heard[0][2]["title"] == "Evening"
    assert actions() == [Action.CHANGED_MODES] * 2


@pytest.mark.parametrize("seconds", [-1, 601])
def test_slow_mode_has_a_sensible_length(seconds: int) -> None:
    room = RoomFactory()

    with pytest.raises(Invalid):
        services.change_modes(room=room, actor_id=room.owner.pk, modes=Modes(slow_seconds=seconds))


def test_viewers_change_no_modes() -> None:
    room, ada = RoomFactory(), UserFactory()

    with pytest.raises(NotAllowed):
        services.change_modes(room=room, actor_id=ada.pk, modes=Modes(links_off=True))
    with pytest.raises(NotAllowed):
        services.panic(room=room, actor_id=ada.pk, is_on=True)

    assert not Chat.objects.exists()


def test_the_panic_button_sets_strict_modes_and_brings_back_what_held() -> None:
    room = RoomFactory()
    services.change_modes(room=room, actor_id=room.owner.pk, modes=Modes(5, emoji_only=True))

    for _ in range(2):
        services.panic(room=room, actor_id=room.owner.pk, is_on=True)
    strict = selectors.modes_of(Chat.objects.get())
    for _ in range(2):
        services.panic(room=room, actor_id=room.owner.pk, is_on=False)
    calm = selectors.modes_of(Chat.objects.get())

    assert strict == {**open_to_all(), "slowSeconds": 30, "linksOff": True, "panic": True}
    assert calm == {**open_to_all(), "slowSeconds": 5, "emojiOnly": True}
    assert actions() == [Action.CHANGED_MODES, Action.PANICKED, Action.CALMED]


def test_a_card_says_more_to_who_keeps_order() -> None:
    room, ada, bob = RoomFactory(), UserFactory(username="ada"), UserFactory()
    MessageFactory(room=room, author=ada)
    MessageFactory(author=ada)
    services.time_out(room=room, actor_id=room.owner.pk, user_id=ada.pk, seconds=60, reason="caps")
    services.time_out(room=room, actor_id=room.owner.pk, user_id=bob.pk, seconds=60)

    to_bob = selectors.card(room, reader_id=bob.pk, user_id=ada.pk)
    to_owner = selectors.card(room, reader_id=room.owner.pk, user_id=ada.pk)

    assert to_bob == {
        "userId": ada.pk,
        "username": "ada",
        "displayName": "ada",
        "role": "",
        "joined": ada.date_joined.isoformat(),
        "messages": 1,
        "canAct": False,
        "canAppoint": False,
    }
    assert (to_owner["canAct"], to_owner["canAppoint"]) == (True, True)
    assert to_owner["barred"]["reason"] == "caps"
    assert [(deed["action"], deed["by"]) for deed in to_owner["deeds"]] == [
        ("timed-out", room.owner.username)
    ]
    with pytest.raises(NotFound):
        selectors.card(room, reader_id=bob.pk, user_id=10**9)
