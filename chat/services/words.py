"""Word lists: a streamer's, which hold in all of their rooms, and the site's."""

from __future__ import annotations

from collections.abc import Iterable

from django.db import transaction
from django.utils.translation import gettext as _

from chat.models import Action, FilteredWord, Treatment, WordList
from chat.models.words import Seconds, new_edition
from chat.services.checks import check_moderates, log
from chat.services.filtering import entry_of
from chat.text import MAX_CHARACTERS
from chat.words import Entry, Matcher, Pattern, parse
from rooms.models import Room
from streair.core.errors import Conflict, Invalid, NotFound

MOST_WORDS = 500


@transaction.atomic
def add_word(
    *,
    room: Room,
    actor_id: int,
    text: str,
    treatment: str,
    seconds: int = 0,
    also_unmarked: bool = False,
) -> FilteredWord:
    """Put an entry on the list of the room's streamer. Raises Invalid and Conflict."""
    check_moderates(room, actor_id)
    pattern = pattern_of(text)
    seconds = checked_seconds(treatment, seconds)
    WordList.objects.get_or_create(owner_id=room.owner_id)
    words = WordList.objects.select_for_update().get(owner_id=room.owner_id)
    check_room_for(words, pattern)
    word = FilteredWord.objects.create(
        word_list=words,
        text=" ".join(text.split()),
        key=pattern.key,
        treatment=treatment,
        seconds=seconds,
        also_unmarked=also_unmarked and pattern.is_marked,
        added_by_id=actor_id,
    )
    renew(words)
    log(room, actor_id, Action.ADDED_WORD, word=word.text, treatment=treatment, seconds=seconds)
    return word


@transaction.atomic
def remove_word(*, room: Room, actor_id: int, word_id: int) -> None:
    """Take an entry off the list of the room's streamer. Raises NotFound."""
    check_moderates(room, actor_id)
    words = WordList.objects.select_for_update().filter(owner_id=room.owner_id).first()
    word = words.words.filter(pk=word_id).first() if words else None
    if words is None or word is None:
        raise NotFound(_("There is no such word on the list."), code="word-not-found")
    word.delete()
    renew(words)
    log(room, actor_id, Action.REMOVED_WORD, word=word.text)


def try_words(*, room: Room, actor_id: int, text: str) -> Entry | None:
    """Return which entry of the streamer's list a sentence would meet, or None. Nothing is done."""
    check_moderates(room, actor_id)
    return _tried(FilteredWord.objects.filter(word_list__owner_id=room.owner_id), text)


def try_site_words(text: str) -> Entry | None:
    """Return which entry of the site's list a sentence would meet, or None."""
    return _tried(FilteredWord.objects.filter(word_list__is_site=True), text)


def site_list() -> WordList:
    """Return the site's list, locked until the transaction ends; made when there is none yet."""
    WordList.objects.get_or_create(is_site=True)
    return WordList.objects.select_for_update().get(is_site=True)


def renew(words: WordList) -> None:
    """Let every process see, with the next message, that the list has changed."""
    words.edition = new_edition()
    words.save(update_fields=["edition"])


def pattern_of(text: str) -> Pattern:
    """Return what an entry forbids, or raise Invalid."""
    pattern = parse(text)
    if pattern is None:
        sentence = _(
            "An entry is a word or phrase of at most 60 characters. * stands for more letters at its"
            " beginning or end; with it, two letters are the least."
        )
        raise Invalid(sentence, code="word-invalid", errors={"text": [sentence]})
    return pattern


def checked_seconds(treatment: str, seconds: int) -> int:
    """Return for how long the author is timed out, or raise Invalid."""
    if treatment not in Treatment.values:
        raise Invalid(_("Choose what happens to such messages."), code="word-invalid")
    if treatment != Treatment.TIME_OUT:
        return 0
    if seconds not in Seconds.values or not seconds:
        raise Invalid(_("Choose for how long."), code="bad-duration")
    return seconds


def check_room_for(words: WordList, pattern: Pattern, *, but: int = 0) -> None:
    """Raise Conflict when the list is full, or has this entry already (which is not `but`)."""
    others = words.words.exclude(pk=but)
    if others.filter(key=pattern.key).exists():
        raise Conflict(_("This is on the list already."), code="word-listed-already")
    if others.count() >= MOST_WORDS:
        sentence = _("There are at most %(most)d entries on a list.") % {"most": MOST_WORDS}
        raise Conflict(sentence, code="too-many-words")


def _tried(words: Iterable[FilteredWord], text: str) -> Entry | None:
    return Matcher(map(entry_of, words)).find(text[:MAX_CHARACTERS])
