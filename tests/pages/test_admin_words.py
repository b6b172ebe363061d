"""The site's word list in the administration."""

from __future__ import annotations

from typing import Any

import pytest
from django.test import Client

from accounts.models import AuditEntry, User
from chat import services
from chat.models import FilteredWord, HeldMessage, WordList
from chat.services import Draft, write
from streair.core.errors import StreAirError
from tests.factories import RoomFactory, UserFactory
from tests.pages.keepers import staff_with

pytestmark = pytest.mark.django_db

WORDS = "/admin/chat/filteredword/"
FORM = {"text": "địt", "treatment": "hide", "seconds": "0"}


def outcome(text: str) -> str:
    """Return the code with which a message is refused, or ""."""
    (found,) = write(room_id=RoomFactory().room_id, drafts=[Draft(UserFactory().pk, text)])
    return found.code if isinstance(found, StreAirError) else ""


def test_a_word_is_added_changed_and_removed_and_all_of_it_written_down(
    client: Client, keeper: User
) -> None:
    client.post(f"{WORDS}add/", FORM)
    word = FilteredWord.objects.get()
    assert (word.word_list.is_site, word.added_by, word.key) == (True, keeper, "địt")
    assert outcome("Đ.Ị.T") == "message-filtered"

    client.post(f"{WORDS}{word.pk}/change/", {**FORM, "text": "lồn", "also_unmarked": "on"})
    assert (outcome("địt"), outcome("lon")) == ("", "message-filtered")

    client.post(f"{WORDS}{word.pk}/delete/", {"post": "yes"})
    assert outcome("lon") == ""
    assert list(AuditEntry.objects.order_by("pk").values_list("action", flat=True)) == [
        "filteredword.added",
        "filteredword.changed",
        "filteredword.deleted",
    ]
    changed = AuditEntry.objects.get(action="filteredword.changed")
    assert changed.after is not None
    assert changed.after["text"] == "lồn"


def test_several_are_removed_at_once(client: Client, keeper: User) -> None:
    for text in ("một", "hai"):
        client.post(f"{WORDS}add/", {**FORM, "text": text})
    rows = [word.pk for word in FilteredWord.objects.all()]

    client.post(
        WORDS, {"action": "delete_selected", "_selected_action": rows, "post": "yes"}, follow=True
    )

    assert outcome("một hai") == ""
    assert AuditEntry.objects.filter(action="filteredword.deleted").count() == 2


@pytest.mark.parametrize(
    "change",
    [{"text": "*"}, {"text": "a*b"}, {"text": "ĐỊT"}, {"treatment": "time-out"}, {"text": ""}],
)
def test_what_is_no_entry_is_said_in_the_form(
    client: Client, keeper: User, change: dict[str, Any]
) -> None:
    client.post(f"{WORDS}add/", FORM)

    answer = client.post(f"{WORDS}add/", {**FORM, **change})

    assert answer.status_code == 200
    assert "errornote" in answer.content.decode()
    assert FilteredWord.objects.count() == 1


def test_a_sentence_is_tried_on_the_sites_list_alone(client: Client, keeper: User) -> None:
    client.post(f"{WORDS}add/", FORM)
    room = RoomFactory()
    services.add_word(room=room, actor_id=room.owner.pk, text="hai", treatment="hide")

    hit = client.get(WORDS, {"sentence": "<b> đ ị t"})
    miss = client.get(WORDS, {"sentence": "hai"})

    assert "<strong>địt</strong>" in hit.content.decode()
    assert "&lt;b&gt; đ ị t" in hit.content.decode()
    assert "<strong>" not in miss.content.decode().split("<output>")[1].split("</output>")[0]
    assert not HeldMessage.objects.exists()


def test_streamers_lists_are_none_of_the_administrations(client: Client, keeper: User) -> None:
    room = RoomFactory()
    word = services.add_word(room=room, actor_id=room.owner.pk, text="hai", treatment="hide")

    assert client.get(f"{WORDS}{word.pk}/change/").status_code == 302
    assert "hai" not in client.get(WORDS).content.decode().split("result_list")[-1]


def test_staff_without_the_right_keep_off(client: Client) -> None:
    client.force_login(staff_with("view_message"))

    assert client.get(WORDS).status_code == 403
    assert client.post(f"{WORDS}add/", FORM).status_code == 403
    assert not WordList.objects.exists()


def test_held_messages_are_shown_and_changed_by_nobody(client: Client, keeper: User) -> None:
    held = HeldMessage.objects.create(room=RoomFactory(), author=UserFactory(), text="hmm, well")

    page = client.get("/admin/chat/heldmessage/")

    assert "hmm, well" in page.content.decode()
    assert client.get(f"/admin/chat/heldmessage/{held.pk}/delete/").status_code == 403
