"""The streamer's moderation log: who did what to whom in their rooms, as a page and as a table to keep."""

from __future__ import annotations

import csv
import json
from collections.abc import Iterator

from django.contrib.auth.decorators import login_required
from django.http import HttpResponse
from django.shortcuts import render
from django.views.decorators.cache import never_cache
from django.views.decorators.http import require_safe

from chat import selectors
from chat.models import Action, Deed
from rooms.requests import MemberRequest

_SHOWN = 50
_MOST_EXPORTED = 50_000
_LARGEST_ID = 2**63
# A spreadsheet takes what begins like this for a formula, and runs it.
_FORMULA = ("=", "+", "-", "@", "\t", "\r")
_COLUMNS = ("at", "action", "actor", "target", "room", "details")


@require_safe
@login_required
@never_cache
def log(request: MemberRequest) -> HttpResponse:
    """Show what was done in the reader's rooms, the newest first; `action` alone, `before` an entry."""
    action = _action(request)
    found = list(selectors.deeds_in(request.user.pk, action, before=_before(request))[: _SHOWN + 1])
    page = {
        "deeds": found[:_SHOWN],
        "older": found[_SHOWN - 1].pk if len(found) > _SHOWN else None,
        "actions": Action.choices,
        "action": action,
    }
    return render(request, "chat/log.html", page)


@require_safe
@login_required
@never_cache
def export(request: MemberRequest) -> HttpResponse:
    """Send it as CSV, in UTC: the newest entries, more than a year has."""
    deeds = selectors.deeds_in(request.user.pk, _action(request))[:_MOST_EXPORTED]
    lines = _lines(deeds.iterator(chunk_size=500))
    response = HttpResponse("".join(lines), content_type="text/csv; charset=utf-8")
    response["Content-Disposition"] = 'attachment; filename="moderation.csv"'
    return response


class _Echo:
    """A file that gives back what is written to it."""

    def write(self, text: str) -> str:
        return text


def _lines(deeds: Iterator[Deed]) -> Iterator[str]:
    writer = csv.writer(_Echo())
    yield writer.writerow(_COLUMNS)
    for deed in deeds:
        names = [each.username if each else "" for each in (deed.actor, deed.target)]
        room = deed.room.title if deed.room else ""
        details = json.dumps(deed.details, ensure_ascii=False) if deed.details else ""
        row = [deed.at.isoformat(), deed.action, *names, room, details]
        yield writer.writerow([f"'{cell}" if cell.startswith(_FORMULA) else cell for cell in row])


def _action(request: MemberRequest) -> str:
    action = request.GET.get("action", "")
    return action if action in Action.values else ""


def _before(request: MemberRequest) -> int | None:
    text = request.GET.get("before", "")
    is_id = text.isascii() and text.isdigit() and len(text) < 20 and int(text) < _LARGEST_ID
    return int(text) if is_id else None
