"""Word lists at work: what becomes of messages, for whom, and when a change holds."""

from __future__ import annotations

from collections.abc import Callable
from typing import Any

import pytest
from django.db import connection
from django.test import override_settings
from django.test.utils import CaptureQueriesContext
from django.utils.timezone import now

from accounts.models import User
from chat import selectors, services
from chat.models import (
    HELD_FOR,
    Action,
    Deed,
    FilteredWord,
    HeldMessage,
    Message,
    Moderator,
    Restriction,
    WordList,
)
from chat.services import Draft, Held, Written, words, write
from rooms.models import EndReason, Room
from rooms.services import end_room
from streair.core.errors import Conflict, Invalid, NotAllowed, NotFound, StreAirError
from streair.core.ratelimit import Limit
from tests.factories import RoomFactory, UserFactory
from tests.published import published

pytestmark = pytest.mark.django_db


def forbid(room: Room, text: str, treatment: str = "hide", **more: Any) -> FilteredWord:
    return services.add_word(
        room=room, actor_id=room.owner.pk, text=text, treatment=treatment, **more
    )


def forbid_everywhere(text: str, treatment: str = "hide", seconds: int = 0) -> None:
    site = words.site_list()
    pattern = words.pattern_of(text)
    site.words.create(text=text, key=pattern.key, treatment=treatment, seconds=seconds)
    words.renew(site)


def say(room: Room, *authors: User, text: str) -> list[str]:
    """Write one message of each author; return "" for what is written, "held", or why not."""
    outcomes = write(room_id=room.room_id, drafts=[Draft(each.pk, text) for each in authors])
    return [code(outcome) for outcome in outcomes]


def code(outcome: Written | Held | StreAirError) -> str:
    if isinstance(outcome, StreAirError):
        return outcome.code
    return "held" if isinstance(outcome, Held) else ""


def moderator_of(room: Room) -> User:
    user = UserFactory()
    Moderator.objects.create(owner=room.owner, user=user)
    return user


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


# --- The lists ---


def test_an_entry_is_kept_as_it_was_written_and_written_down() -> None:
    room = RoomFactory()
    who = moderator_of(room)

    word = services.add_word(
        room=room,
        actor_id=who.pk,
        text=" Đụ  mẹ* ",
        treatment="hold",
        seconds=60,
        also_unmarked=True,
    )

    assert (word.text, word.key, word.seconds) == ("Đụ mẹ*", "đụ mẹ*", 0)
    assert (word.also_unmarked, word.added_by) == (True, who)
    assert selectors.words_of(room.owner_id) == [word]
    assert Deed.objects.get().action == Action.ADDED_WORD


@pytest.mark.parametrize(
    ("entry", "code"),
    [
        ({"text": ""}, "word-invalid"),
        ({"text": "*"}, "word-invalid"),
        ({"text": "x" * 61}, "word-invalid"),
        ({"text": "a*b"}, "word-invalid"),
        ({"treatment": "explode"}, "word-invalid"),
        ({"treatment": "time-out", "seconds": 0}, "bad-duration"),
        ({"treatment": "time-out", "seconds": 7}, "bad-duration"),
    ],
)
def test_what_is_no_entry_is_refused(entry: dict[str, Any], code: str) -> None:
    room = RoomFactory()

    with pytest.raises(Invalid) as refusal:
        services.add_word(
            room=room, actor_id=room.owner.pk, **{"text": "fine", "treatment": "hide", **entry}
        )

    assert refusal.value.code == code
    assert not FilteredWord.objects.exists()


def test_a_list_has_each_entry_once_and_only_so_many(monkeypatch: pytest.MonkeyPatch) -> None:
    room = RoomFactory()
    forbid(room, "hoà")
    monkeypatch.setattr(words, "MOST_WORDS", 2)

    with pytest.raises(Conflict) as twice:
        forbid(room, "HÒA")
    forbid(room, "two")
    with pytest.raises(Conflict) as full:
        forbid(room, "three")

    assert (twice.value.code, full.value.code) == ("word-listed-already", "too-many-words")


STEPS: dict[str, Callable[[Room, int], object]] = {
    "add": lambda room, who: services.add_word(room=room, actor_id=who, text="x", treatment="hide"),
    "remove": lambda room, who: services.remove_word(
        room=room, actor_id=who, word_id=FilteredWord.objects.get().pk
    ),
    "try": lambda room, who: services.try_words(room=room, actor_id=who, text="địt"),
}


@pytest.mark.parametrize("step", STEPS.values(), ids=STEPS)
def test_strangers_keep_off_the_list(step: Callable[[Room, int], object]) -> None:
    room, elsewhere = RoomFactory(), RoomFactory()
    forbid(room, "địt")

    for who in (UserFactory(), elsewhere.owner, moderator_of(elsewhere)):
        with pytest.raises(NotAllowed):
            step(room, who.pk)
    assert FilteredWord.objects.count() == 1


def test_an_entry_of_somebody_elses_list_is_not_found() -> None:
    room, elsewhere = RoomFactory(), RoomFactory()
    word = forbid(elsewhere, "địt")
    forbid(room, "x")

    with pytest.raises(NotFound):
        services.remove_word(room=room, actor_id=room.owner.pk, word_id=word.pk)


def test_a_sentence_is_tried_without_consequences() -> None:
    room = RoomFactory()
    forbid(room, "địt", "hold")
    before = Deed.objects.count()

    hit = services.try_words(room=room, actor_id=room.owner.pk, text="đ ị t")

    assert hit is not None
    assert (hit.text, hit.treatment) == ("địt", "hold")
    assert services.try_words(room=room, actor_id=room.owner.pk, text="đi") is None
    assert Deed.objects.count() == before
    assert not HeldMessage.objects.exists()


def test_there_is_one_list_of_the_site() -> None:
    forbid_everywhere("một")
    forbid_everywhere("hai")

    assert WordList.objects.count() == 1
    assert words.try_site_words("hai") is not None


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
