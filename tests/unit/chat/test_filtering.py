"""Word lists at work: what becomes of messages, for whom, and when a change holds."""

from __future__ import annotations

import pytest
from django.db import connection
from django.test import override_settings
from django.test.utils import CaptureQueriesContext
from django.utils.timezone import now

from accounts.models import User
from chat import services
from chat.models import HELD_FOR, Action, Deed, HeldMessage, Message, Moderator, Restriction
from chat.services import Draft, Held, Written, write
from rooms.models import EndReason, Room
from rooms.services import end_room
from streair.core.errors import StreAirError
from streair.core.ratelimit import Limit
from tests.factories import RoomFactory, UserFactory
from tests.published import published
from tests.unit.chat.forbidden import forbid, forbid_everywhere

pytestmark = pytest.mark.django_db


def say(room: Room, *authors: User, text: str) -> list[str]:
    """Write one message of each author; return "" for what is written, "held", or why not."""
    outcomes = write(room_id=room.room_id, drafts=[Draft(each.pk, text) for each in authors])
    return [code(outcome) for outcome in outcomes]


def code(outcome: Written | Held | StreAirError) -> str:
    if isinstance(outcome, StreAirError):
        return outcome.code
    return "held" if isinstance(outcome, Held) else ""


def test_a_word_is_refused_and_written_down_and_only_its_author_is_told() -> None:
    room, ada = RoomFactory(), UserFactory()
    forbid(room, "địt")

    with published() as heard:
        outcomes = say(room, ada, text="Đ.Ị.T nhé")

    assert outcomes == ["message-filtered"]
    assert heard == []
    assert not Message.objects.exists()
    deed = Deed.objects.get(action=Action.HID)
    assert (deed.actor, deed.target, deed.room) == (None, ada, room)
    assert deed.details == {"text": "Đ.Ị.T nhé", "word": "địt"}
    assert say(room, ada, text="đi thôi") == [""]


def test_a_word_times_its_author_out_and_the_next_message_of_the_same_moment_too() -> None:
    room, ada, bob = RoomFactory(), UserFactory(), UserFactory()
    forbid(room, "địt", "time-out", seconds=600)
    drafts = [Draft(ada.pk, "địt"), Draft(ada.pk, "what?"), Draft(bob.pk, "hello")]

    with published() as heard:
        outcomes = write(room_id=room.room_id, drafts=drafts)

    assert list(map(code, outcomes)) == ["timed-out", "timed-out", ""]
    assert isinstance(outcomes[0], StreAirError)
    assert outcomes[0].retry_after == 600
    assert [(name, data["userId"]) for _, name, data in heard] == [("chat.rights", ada.pk)]
    assert Restriction.objects.get().user == ada
    assert Deed.objects.get(action=Action.TIMED_OUT).details["seconds"] == 600
    assert say(room, ada, text="sorry") == ["timed-out"]


def test_a_held_message_is_no_message_and_moderators_are_told() -> None:
    room, ada = RoomFactory(), UserFactory(username="ada")
    forbid(room, "hmm", "hold")

    with published() as heard:
        assert say(room, ada, text="hmm, well") == ["held"]

    assert not Message.objects.exists()
    held = HeldMessage.objects.get()
    assert (held.room, held.author, held.text, held.word) == (room, ada, "hmm, well", "hmm")
    ((group, name, data),) = heard
    assert (group, name) == (room.group, "message-held")
    assert (data["heldId"], data["username"], data["message"]) == (held.pk, "ada", "hmm, well")
    assert Deed.objects.get(action=Action.HELD).target == ada


@pytest.mark.parametrize("treatment", ["hold", "hide", "time-out"])
@pytest.mark.parametrize("who", ["owner", "moderator", "admin"])
def test_who_keeps_order_is_free_of_the_rooms_list(who: str, treatment: str) -> None:
    room = RoomFactory()
    user = room.owner if who == "owner" else UserFactory(is_staff=who == "admin")
    if who == "moderator":
        Moderator.objects.create(owner=room.owner, user=user)
    forbid(room, "địt", treatment, seconds=60)

    assert say(room, user, text="địt") == [""]


@pytest.mark.parametrize(
    ("who", "treatment", "outcome"),
    [
        ("owner", "hide", "message-filtered"),
        ("moderator", "hide", "message-filtered"),
        ("owner", "time-out", "message-filtered"),
        ("owner", "hold", "held"),
        ("admin", "hide", ""),
    ],
)
def test_nobody_but_administrators_is_free_of_the_sites_list(
    who: str, treatment: str, outcome: str
) -> None:
    room = RoomFactory()
    user = room.owner if who == "owner" else UserFactory(is_staff=who == "admin")
    if who == "moderator":
        Moderator.objects.create(owner=room.owner, user=user)
    forbid_everywhere("địt", treatment, 60)

    assert say(room, user, text="địt") == [outcome]
    assert not Restriction.objects.exists()


def test_the_sites_list_holds_everywhere_and_the_strictest_wins() -> None:
    room, elsewhere = RoomFactory(), RoomFactory()
    forbid(room, "địt", "hold")
    forbid_everywhere("địt*")

    assert say(room, UserFactory(), text="địt") == ["message-filtered"]
    assert say(elsewhere, UserFactory(), text="địt") == ["message-filtered"]
    # What stands on it is not told to the streamer.
    assert {deed.details["word"] for deed in Deed.objects.filter(action=Action.HID)} == {""}


def test_a_list_holds_in_all_rooms_of_the_streamer_and_in_nobody_elses() -> None:
    room = RoomFactory()
    forbid(room, "địt")
    end_room(room=room, reason=EndReason.OWNER, block_encoder=False)
    later = RoomFactory(owner=room.owner)

    assert say(later, UserFactory(), text="địt") == ["message-filtered"]
    assert say(RoomFactory(), UserFactory(), text="địt") == [""]


def test_each_change_holds_from_the_next_message_on() -> None:
    room, ada = RoomFactory(), UserFactory()
    first = forbid(room, "một")
    assert say(room, ada, text="hai") == [""]

    forbid(room, "hai")
    assert say(room, ada, text="hai") == ["message-filtered"]

    services.remove_word(room=room, actor_id=room.owner.pk, word_id=first.pk)
    assert say(room, ada, text="một") == [""]


def test_a_list_costs_a_message_no_question() -> None:
    room, ada = RoomFactory(), UserFactory()
    say(room, ada, text="first")
    with CaptureQueriesContext(connection) as without:
        assert say(room, ada, text="hello") == [""]
    forbid(room, "địt")
    forbid_everywhere("lồn")
    say(room, ada, text="puts the lists together")

    with CaptureQueriesContext(connection) as with_lists:
        assert say(room, ada, text="hello again") == [""]

    assert len(with_lists) == len(without)


def test_of_one_person_three_messages_wait_and_of_a_room_so_many(
    monkeypatch: pytest.MonkeyPatch,
) -> None:
    room, ada = RoomFactory(), UserFactory()
    forbid(room, "hmm", "hold")
    monkeypatch.setattr("chat.services.filtering.MOST_HELD", 4)

    assert say(room, *[ada] * 4, text="hmm") == ["held", "held", "held", "too-many-held"]
    assert say(room, UserFactory(), text="hmm") == ["held"]
    assert say(room, UserFactory(), text="hmm") == ["too-many-held"]
    assert HeldMessage.objects.count() == 4


def test_who_tries_again_and_again_is_slowed_down(monkeypatch: pytest.MonkeyPatch) -> None:
    room, ada = RoomFactory(), UserFactory()
    # Long enough for no window to end meanwhile.
    monkeypatch.setattr("chat.services.filtering._REFUSED", Limit("chat-filtered", 5, 86_400))
    forbid(room, "địt")

    outcomes = say(room, *[ada] * 7, text="địt")

    assert outcomes == ["message-filtered"] * 5 + ["too-fast"] * 2
    assert Deed.objects.filter(action=Action.HID).count() == 5


def test_what_was_held_long_ago_is_forgotten() -> None:
    room = RoomFactory()
    forbid(room, "hmm", "hold")
    old = HeldMessage.objects.create(room=room, author=UserFactory(), text="x")
    HeldMessage.objects.filter(pk=old.pk).update(held=now() - 8 * HELD_FOR)

    say(room, UserFactory(), text="hmm")

    assert not HeldMessage.objects.filter(pk=old.pk).exists()


@override_settings(RATE_LIMIT_ENABLED=False)
def test_a_message_that_is_held_quotes_only_what_is_here() -> None:
    room, ada = RoomFactory(), UserFactory()
    forbid(room, "hmm", "hold")
    here = Message.objects.create(room=room, author=ada, text="here")
    there = Message.objects.create(room=RoomFactory(), author=ada, text="there")
    drafts = [Draft(ada.pk, "hmm", here.pk), Draft(ada.pk, "hmm", there.pk)]

    write(room_id=room.room_id, drafts=drafts)

    assert list(HeldMessage.objects.order_by("pk").values_list("reply_to", flat=True)) == [
        here.pk,
        None,
    ]
