"""What the pages of the administration share: lists of any length, actions that ask first, rows nobody edits."""

from __future__ import annotations

from collections.abc import Callable, Iterable, Sequence
from dataclasses import dataclass
from typing import Any, ClassVar

from django.contrib import admin, messages
from django.contrib.admin import helpers
from django.core.paginator import Paginator
from django.db import transaction
from django.db.models import Model, QuerySet
from django.http import HttpRequest
from django.template.response import TemplateResponse
from django.utils.functional import Promise, cached_property
from django.utils.translation import gettext as _
from django.utils.translation import ngettext

from streair.core.addresses import address_of_request
from streair.core.errors import StreAirError

# Nobody turns that many pages; counting further takes the database ever longer.
MOST_COUNTED = 100_000
# An action is done row by row, each with its entry in the audit log.
MOST_AT_ONCE = 100

Text = str | Promise


class BoundedPaginator(Paginator):  # type: ignore[type-arg]
    """Counts no further than anybody would turn pages."""

    @cached_property
    def count(self) -> int:
        """Return how many rows there are, MOST_COUNTED at most."""
        rows = self.object_list
        assert isinstance(rows, QuerySet), "lists of the administration are query sets"
        return rows.order_by()[:MOST_COUNTED].count()


class BigTable(admin.ModelAdmin):  # type: ignore[type-arg]
    """A list that stays fast however many rows there are."""

    paginator = BoundedPaginator
    show_full_result_count = False
    list_per_page = 50
    list_max_show_all = 200

    def has_keep_permission(self, request: HttpRequest, obj: Model | None = None) -> bool:
        """Whether they may use the actions, also where rows cannot be edited by hand."""
        return request.user.has_perm(f"{self.opts.app_label}.change_{self.opts.model_name}")


class ReadOnly(BigTable):
    """Rows that only services write."""

    def has_add_permission(self, request: HttpRequest) -> bool:
        """Nothing is made by hand."""
        return False

    def has_change_permission(self, request: HttpRequest, obj: Model | None = None) -> bool:
        """Nothing is changed by hand."""
        return False

    def has_delete_permission(self, request: HttpRequest, obj: Model | None = None) -> bool:
        """Nothing is taken away by hand."""
        return False


@dataclass(frozen=True, slots=True)
class Deed:
    """Who does something to rows, from where, and why."""

    by: Any  # The signed-in user; which class that is, the kernel does not know.
    address: str
    reason: str


@dataclass(frozen=True, slots=True)
class Question:
    """What is asked before an action: `sentence`, and whether a reason has to be given."""

    label: Text
    sentence: Text
    needs_reason: bool = False


Act = Callable[[Any, Deed], object]
Action = Callable[[Any, HttpRequest, QuerySet[Any]], TemplateResponse | None]


def asks(question: Question, *, permission: str = "keep") -> Callable[[Act], Action]:
    """Make an action of a function that does something to one row: it is done once it was confirmed.

    What a service refuses (StreAirError) is told, row by row; the other rows go on.
    """

    def make(act: Act) -> Action:
        def action(page: Any, request: HttpRequest, rows: QuerySet[Any]) -> TemplateResponse | None:
            chosen = list(rows.order_by("pk")[: MOST_AT_ONCE + 1])
            if len(chosen) > MOST_AT_ONCE:
                _tell_too_many(request)
                return None
            reason = request.POST.get("reason", "").strip()[:500]
            if request.POST.get("confirmed") and (reason or not question.needs_reason):
                deed = Deed(by=request.user, address=address_of_request(request), reason=reason)
                may = [row for row in chosen if _may(page, request, permission, row)]
                _do(request, act, may, deed, refused=len(chosen) - len(may))
                return None
            return _ask(page, request, question, chosen, action=act.__name__)

        action.__name__ = act.__name__
        # What `admin.action` would set, lazy texts included.
        action.allowed_permissions = [permission]  # type: ignore[attr-defined]
        action.short_description = question.label  # type: ignore[attr-defined]
        return action

    return make


def _may(page: Any, request: HttpRequest, permission: str, row: Model) -> bool:
    allowed: bool = getattr(page, f"has_{permission}_permission")(request, row)
    return allowed


def _do(request: HttpRequest, act: Act, rows: Sequence[Model], deed: Deed, *, refused: int) -> None:
    done = 0
    for row in rows:
        try:
            with transaction.atomic():
                act(row, deed)
            done += 1
        except StreAirError as error:
            messages.error(request, f"{row}: {error}")
    if done:
        said = ngettext("Done for %(count)d entry.", "Done for %(count)d entries.", done)
        messages.success(request, said % {"count": done})
    if refused:
        said = ngettext(
            "%(count)d entry is not yours to change.",
            "%(count)d entries are not yours to change.",
            refused,
        )
        messages.error(request, said % {"count": refused})


def _tell_too_many(request: HttpRequest) -> None:
    said = _("Choose at most %(most)d entries at once.") % {"most": MOST_AT_ONCE}
    messages.warning(request, said)


def _ask(
    page: Any, request: HttpRequest, question: Question, rows: Iterable[Model], *, action: str
) -> TemplateResponse:
    context: dict[str, Any] = {
        **page.admin_site.each_context(request),
        "title": question.label,
        "question": question,
        "rows": rows,
        "action": action,
        "opts": page.opts,
        "action_checkbox_name": helpers.ACTION_CHECKBOX_NAME,
        "media": page.media,
    }
    request.current_app = page.admin_site.name
    return TemplateResponse(request, "admin/confirm_action.html", context)


class Quick(admin.SimpleListFilter):
    """A filter of a few named choices that asks the database for nothing."""

    choices_by_name: ClassVar[dict[str, tuple[Text, Callable[[Any], Any]]]] = {}

    def lookups(self, request: HttpRequest, model_admin: Any) -> list[tuple[str, Any]]:
        """Return the choices."""
        return [(name, label) for name, (label, _narrow) in self.choices_by_name.items()]

    def queryset(self, request: HttpRequest, queryset: QuerySet[Any]) -> QuerySet[Any]:
        """Return the rows of the choice that was made."""
        chosen = self.choices_by_name.get(self.value() or "")
        return chosen[1](queryset) if chosen else queryset
