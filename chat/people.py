"""What chat adds to accounts and rooms: they know nothing of messages (AppConfig.ready)."""

from __future__ import annotations

from typing import Any

from django.utils.translation import gettext_lazy as _

from accounts import registry
from accounts.models import User
from chat import selectors, services
from chat.models import HeldMessage, Message
from rooms import bans, moderators, report_targets
from rooms.models import ReportKind
from streair.core.errors import NotFound

_LARGEST_ID = 2**63


def register() -> None:
    """Tell the apps below of us."""
    bans.finds_banned(selectors.banned)
    moderators.finds_moderators(selectors.is_moderator)
    report_targets.finds_targets(ReportKind.MESSAGE, _message)
    registry.adds_to_export("messages", _messages)
    registry.adds_to_export("held_messages", _held_messages)
    registry.reacts_to_leaving(_drop_held)
    registry.reacts_to_erasing(_erase_held)
    registry.reacts_to_erasing(services.forget_overlay)
    registry.reacts_to_erasing(services.forget_rules)


def _message(target_id: str) -> report_targets.Target:
    """Return the message that is reported; its words are kept with the report."""
    found = None
    if target_id.isascii() and target_id.isdigit() and int(target_id[:20]) < _LARGEST_ID:
        found = Message.objects.filter(pk=int(target_id[:20])).first()
    if found is None:
        raise NotFound(_("There is no such message."), code="message-not-found")
    return report_targets.Target(str(found.pk), found.text, found.room_id)


def _messages(user: User) -> list[dict[str, Any]]:
    fields = ("room__room_id", "text", "sent", "state")
    return list(Message.objects.filter(author=user).order_by("pk").values(*fields))


def _held_messages(user: User) -> list[dict[str, Any]]:
    fields = ("room__room_id", "text", "held", "state")
    return list(HeldMessage.objects.by(user.pk).order_by("pk").values(*fields))


def _drop_held(user: User) -> None:
    services.drop_held(user.pk)


def _erase_held(user: User) -> None:
    HeldMessage.objects.by(user.pk).delete()
