"""What a streamer asks of those who write, and agreeing to it."""

from __future__ import annotations

from django.db import transaction
from django.utils.translation import gettext as _

from accounts.models import User
from chat.models import Agreement, ChatRules
from rooms.models import Room
from streair.core.errors import Conflict, Invalid
from streair.core.texts import some_lines, without_controls

LONGEST = 500
MOST_LINES = 12


@transaction.atomic
def set_rules(owner: User, text: str) -> ChatRules:
    """Set the rules of a streamer's rooms; empty, there are none. Everybody is asked anew. Raises Invalid."""
    text = some_lines(without_controls(text))
    if len(text) > LONGEST or text.count("\n") >= MOST_LINES:
        raise Invalid(_("Rules have at most 500 characters, in 12 lines."))
    rules, is_new = ChatRules.objects.select_for_update().get_or_create(
        owner=owner, defaults={"text": text}
    )
    if not is_new and rules.text != text:
        rules.text, rules.edition = text, rules.edition + 1
        rules.save(update_fields=["text", "edition"])
    return rules


def agree(*, room: Room, user_id: int, edition: int) -> None:
    """Remember that somebody agreed; twice is as good as once. Raises Conflict for rules that are no more."""
    rules = ChatRules.objects.filter(owner_id=room.owner_id, edition=edition).exclude(text="")
    if not rules.exists():
        raise Conflict(_("The rules have changed. Read them again."), code="rules-changed")
    Agreement.objects.update_or_create(
        rules_id=room.owner_id, user_id=user_id, defaults={"edition": edition}
    )


def forget_rules(user: User) -> None:
    """Forget what somebody asked of others, and agreed to."""
    ChatRules.objects.filter(owner=user).delete()
    Agreement.objects.filter(user=user).delete()
