"""Chats in the administration: what was said, who is kept out, what moderators did."""

from __future__ import annotations

from django.contrib import admin
from django.utils.translation import gettext_lazy as _

from accounts import audit
from chat import services
from chat.admin_words import FilteredWordAdmin, HeldMessageAdmin
from chat.models import Deed, Message, MessageState, Moderator, Restriction
from streair.core.administration import Deed as Doing
from streair.core.administration import Question, ReadOnly, asks

__all__ = [
    "DeedAdmin",
    "FilteredWordAdmin",
    "HeldMessageAdmin",
    "MessageAdmin",
    "ModeratorAdmin",
    "RestrictionAdmin",
]

_LONGEST = 80
_REMOVE = Question(
    _("Remove from the chat"),
    _("Nobody sees these messages any more, but for those who keep order."),
    needs_reason=True,
)


@asks(_REMOVE)
def remove(message: Message, doing: Doing) -> None:
    """Take a message away, as whoever runs the site."""
    if message.state != MessageState.SHOWN:
        return
    services.delete_message(room=message.room, actor_id=doing.by.pk, message_id=message.pk)
    audit.record(
        "message.removed",
        target=message,
        actor=doing.by,
        before={"state": MessageState.SHOWN},
        after={"state": MessageState.DELETED},
        reason=doing.reason,
        address=doing.address,
    )


@admin.register(Message)
class MessageAdmin(ReadOnly):
    """What was said, the latest first, whatever became of it."""

    list_display = ["sent", "author", "room", "short", "state"]
    list_filter = ["state", "sent"]
    list_select_related = ["author", "room"]
    search_fields = ["=room__room_id", "=author__username"]
    search_help_text = _("A room's id, or the author's user name.")
    ordering = ["-pk"]
    sortable_by = ["sent"]
    actions = [remove]
    fields = ["room", "author", "role", "text", "sent", "reply_to"]
    fields += ["state", "removed", "removed_by"]

    @admin.display(description=_("text"))
    def short(self, message: Message) -> str:
        """The beginning of the text."""
        text = message.text
        return text if len(text) <= _LONGEST else f"{text[:_LONGEST]}…"


@admin.register(Restriction)
class RestrictionAdmin(ReadOnly):
    """Who is kept out, by whom and until when."""

    list_display = ["user", "owner", "scope", "since", "until", "reason", "by"]
    list_filter = ["scope"]
    list_select_related = ["user", "owner", "by"]
    search_fields = ["=user__username", "=owner__username"]
    ordering = ["-pk"]


@admin.register(Moderator)
class ModeratorAdmin(ReadOnly):
    """Who keeps order for whom."""

    list_display = ["user", "owner", "appointed"]
    list_select_related = ["user", "owner"]
    search_fields = ["=user__username", "=owner__username"]
    ordering = ["-pk"]


@admin.register(Deed)
class DeedAdmin(ReadOnly):
    """What moderators did."""

    list_display = ["at", "action", "actor", "target", "owner", "room"]
    list_filter = ["action", "at"]
    list_select_related = ["actor", "target", "owner", "room"]
    search_fields = ["=actor__username", "=target__username", "=owner__username"]
    ordering = ["-pk"]
    sortable_by = ["at"]
