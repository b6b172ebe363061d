"""Modes that ask who somebody is: followers, verified addresses, accounts of some age."""

from __future__ import annotations

from collections.abc import Collection
from dataclasses import dataclass
from datetime import datetime

from django.db.models import FilteredRelation, Q
from django.utils.translation import gettext as _
from django.utils.translation import ngettext

from accounts.models import User
from chat import limits
from chat.services.ledger import OpenChat
from streair.core.errors import NotAllowed, StreAirError


@dataclass(frozen=True, slots=True)
class Facts:
    """What these modes ask of somebody."""

    is_verified: bool
    joined: datetime
    followed: datetime | None


@dataclass(frozen=True, slots=True)
class Gate:
    """Who may come in of those who want to write now."""

    chat: OpenChat
    people: dict[int, Facts]
    at: datetime

    def refusal(self, user_id: int) -> StreAirError | None:
        """Return why somebody may not write yet, or None when they may."""
        facts = self.people[user_id]
        if self.chat.verified_only and not facts.is_verified:
            sentence = _("Only people with a verified e-mail address may write here right now.")
            return NotAllowed(sentence, code="verified-only")
        age = limits.seconds_short(facts.joined, self.chat.account_age_minutes, self.at)
        if age:
            sentence = _("Your account is too new to write here. %(wait)s to go.")
            return NotAllowed(
                sentence % {"wait": _wait(age)}, code="account-too-new", retry_after=age
            )
        return self._not_following(facts) if self.chat.followers_only else None

    def _not_following(self, facts: Facts) -> StreAirError | None:
        if facts.followed is None:
            sentence = _("Only followers may write here right now.")
            return NotAllowed(sentence, code="followers-only")
        short = limits.seconds_short(facts.followed, self.chat.followers_minutes, self.at)
        if not short:
            return None
        sentence = _("You have not followed for long enough to write here. %(wait)s to go.")
        return NotAllowed(
            sentence % {"wait": _wait(short)}, code="followers-only", retry_after=short
        )


def is_closed(chat: OpenChat) -> bool:
    """Whether any of the modes is on."""
    return bool(chat.followers_only or chat.verified_only or chat.account_age_minutes)


def gate_of(chat: OpenChat, ids: Collection[int], at: datetime) -> Gate | None:
    """Return the gate before these people, or None, without a question, while none of the modes is on."""
    if not is_closed(chat):
        return None
    follows = FilteredRelation("following", condition=Q(following__followed_id=chat.owner_id))
    rows = (
        User.objects.filter(pk__in=ids)
        .annotate(follows=follows)
        .values_list("pk", "email_verified", "date_joined", "follows__created")
    )
    return Gate(chat, {pk: Facts(*facts) for pk, *facts in rows}, at)


def _wait(seconds: int) -> str:
    if seconds < 60:
        text = ngettext("%(count)d second", "%(count)d seconds", seconds)
        return text % {"count": seconds}
    if seconds < 3600:
        minutes = -(-seconds // 60)
        return ngettext("%(count)d minute", "%(count)d minutes", minutes) % {"count": minutes}
    hours = -(-seconds // 3600)
    return ngettext("%(count)d hour", "%(count)d hours", hours) % {"count": hours}
