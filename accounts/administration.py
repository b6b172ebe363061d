"""Forms of the administration write the audit log as services do."""

from __future__ import annotations

from collections.abc import Iterable
from typing import Any

from django import forms
from django.contrib import admin
from django.db.models import Model, QuerySet
from django.http import HttpRequest

from accounts import audit
from accounts.models import User
from streair.core.addresses import address_of_request


class Audited(admin.ModelAdmin):  # type: ignore[type-arg]
    """Writes down what was changed by hand: which fields, from what to what. Never a password."""

    unspoken = frozenset({"password", "password1", "password2", "usable_password"})

    def save_model(self, request: HttpRequest, obj: Model, form: Any, change: bool) -> None:
        """Save the row and write it down, in the request's transaction."""
        super().save_model(request, obj, form, change)
        names = [name for name in form.changed_data if name not in self.unspoken]
        before = {name: _plain(form.initial.get(name)) for name in names} if change else None
        after = {name: _plain(form.cleaned_data.get(name)) for name in names}
        self._record(request, obj, "changed" if change else "added", before=before, after=after)

    def delete_model(self, request: HttpRequest, obj: Model) -> None:
        """Write down what is taken away, and take it away."""
        self._record(request, obj, "deleted")
        super().delete_model(request, obj)

    def delete_queryset(self, request: HttpRequest, queryset: QuerySet[Any]) -> None:
        """Write down each of the rows, and take them away."""
        for row in queryset:
            self._record(request, row, "deleted")
        super().delete_queryset(request, queryset)

    def _record(self, request: HttpRequest, row: Model, what: str, **fields: Any) -> None:
        assert isinstance(request.user, User), "only people come here"
        audit.record(
            f"{self.opts.model_name}.{what}",
            target=row,
            actor=request.user,
            address=address_of_request(request),
            **fields,
        )


def _plain(value: Any) -> Any:
    """Return a form's value as JSON can hold it."""
    if value is None or isinstance(value, bool | int | float):
        return value
    if isinstance(value, Model):
        return str(value)
    if isinstance(value, Iterable) and not isinstance(value, str | bytes | forms.Form):
        return [str(item) for item in value]
    return str(value)[:500]
