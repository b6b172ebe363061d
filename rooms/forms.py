"""Forms about rooms."""

from __future__ import annotations

from typing import Any

from django import forms
from django.utils.translation import gettext_lazy as _

from rooms import selectors
from rooms.models import Category, Room
from streair.core.errors import Invalid


class RoomForm(forms.Form):
    """What a room says about itself; `rooms.services` judges it."""

    title = forms.CharField(
        label=_("Title"),
        max_length=140,
        widget=forms.TextInput(attrs={"autocomplete": "off"}),
    )
    category = forms.ModelChoiceField(
        label=_("Category"),
        queryset=Category.objects.none(),
        required=False,
        empty_label=_("No category"),
    )
    description = forms.CharField(
        label=_("Description"),
        max_length=2000,
        required=False,
        widget=forms.Textarea(attrs={"rows": 4}),
    )

    def __init__(self, *args: Any, **kwargs: Any) -> None:
        super().__init__(*args, **kwargs)
        choice = self.fields["category"]
        assert isinstance(choice, forms.ModelChoiceField)
        choice.queryset = selectors.categories()

    @staticmethod
    def values_of(room: Room | None) -> dict[str, Any]:
        """Return what the form starts with for `room`."""
        if room is None:
            return {}
        return {
            "title": room.title,
            "category": room.category_id,
            "description": room.description,
        }

    def take(self, refusal: Invalid) -> None:
        """Show what the service did not accept beside the fields it is about."""
        for name, sentences in refusal.errors.items():
            for sentence in sentences:
                self.add_error(name if name in self.fields else None, sentence)
