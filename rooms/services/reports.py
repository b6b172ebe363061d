"""Reporting something to whoever runs the site."""

from __future__ import annotations

from django.db import IntegrityError, transaction
from django.utils.timezone import now
from django.utils.translation import gettext as _

from accounts import audit
from accounts.models import User
from rooms.models import Report, ReportKind, ReportReason
from rooms.report_targets import find_target
from streair.core.errors import Conflict, Invalid
from streair.core.ratelimit import Limit, spend
from streair.core.texts import has_controls, some_lines

LONGEST_TEXT = 1000
REPORTS = Limit("reports", 20, 60 * 60)


def report(*, reporter: User, kind: str, target_id: str, reason: str, text: str = "") -> Report:
    """Write down what `reporter` says about a room (its id), a user (their name) or a message (its id).

    Raises Invalid, NotFound, TooFast after twenty in an hour, and Conflict ("report-open-already")
    while an earlier one about the same thing waits.
    """
    text = _judge(kind, reason, text)
    target = find_target(kind, target_id)
    spend(REPORTS, f"user:{reporter.pk}")
    try:
        with transaction.atomic():
            return Report.objects.create(
                reporter=reporter,
                kind=kind,
                target_id=target.id,
                target_text=target.text[:500],
                room_id=target.room_pk,
                reason=reason,
                text=text,
            )
    except IntegrityError as exc:
        raise Conflict(
            _("You have reported this already. Somebody will look at it."),
            code="report-open-already",
        ) from exc


@transaction.atomic
def close_report(row: Report, *, by: User, note: str, address: str = "") -> None:
    """Write down that somebody dealt with a report, and how. Does nothing the second time."""
    waiting = Report.objects.filter(pk=row.pk, handled__isnull=True)
    if waiting.update(handled=now(), handled_by=by):
        audit.record("report.closed", target=row, actor=by, reason=note, address=address)


def _judge(kind: str, reason: str, text: str) -> str:
    errors: dict[str, list[str]] = {}
    for name, given, known in (
        ("kind", kind, ReportKind.values),
        ("reason", reason, ReportReason.values),
    ):
        if given not in known:
            errors[name] = [_("Choose one of: %(names)s.") % {"names": ", ".join(known)}]
    if has_controls(text):
        errors["text"] = [_("There are characters in here that nobody can read.")]
    clean = some_lines(text)
    if len(clean) > LONGEST_TEXT:
        errors["text"] = [_("Use at most %(longest)d characters.") % {"longest": LONGEST_TEXT}]
    if errors:
        raise Invalid(_("This cannot be reported like this."), errors=errors)
    return clean
