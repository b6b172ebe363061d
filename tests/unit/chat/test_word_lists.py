"""Word lists themselves: what may stand on one, who may change it, and how it is tried."""

from __future__ import annotations

from collections.abc import Callable
from typing import Any

import pytest

from chat import selectors, services
from chat.models import Action, Deed, FilteredWord, HeldMessage, WordList
from chat.services import words
from rooms.models import Room
from streair.core.errors import Conflict, Invalid, NotAllowed, NotFound
from tests.factories import RoomFactory, UserFactory
from tests.unit.chat.forbidden import forbid, forbid_everywhere
from tests.unit.chat.moderators import moderator_of

pytestmark = pytest.mark.django_db


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
