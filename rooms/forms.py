"""Forms about rooms."""

from __future__ import annotations

import re
from typing import Any

from django import forms
from django.utils.translation import gettext_lazy as _

from rooms import selectors
from rooms.models import Category, ReportReason, Room, Visibility
from streair.core.errors import Invalid, StreAirError


class TagsField(forms.CharField):
    """Tags as people write them: parted by commas or by `#`."""

    def clean(self, value: Any) -> list[str]:
        """Return the pieces; the service judges them."""
        return [piece for piece in re.split(r"[,#\n]", super().clean(value)) if piece.strip()]


class RoomForm(forms.Form):
    """What a room says about itself and whom it lets in; `rooms.services` judges it."""

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
    tags = TagsField(
        label=_("Tags"),
        max_length=200,
        required=False,
        help_text=_("Up to five, with commas between them."),
        widget=forms.TextInput(attrs={"autocomplete": "off", "autocapitalize": "none"}),
    )
    description = forms.CharField(
        label=_("Description"),
        max_length=4000,  # Windows ends lines with two characters; the service counts one.
        required=False,
        widget=forms.Textarea(attrs={"rows": 4, "maxlength": 2000}),
    )
    visibility = forms.ChoiceField(
        label=_("Who may watch"), choices=Visibility.choices, required=False
    )
    password = forms.CharField(
        label=_("Password of the room"),
        max_length=100,
        required=False,
        strip=False,
        help_text=_("Only for rooms with a password. Leave it empty to keep the one there is."),
        widget=forms.TextInput(attrs={"autocomplete": "off", "spellcheck": "false"}),
    )
    is_mature = forms.BooleanField(
        label=_("For adults only"),
        required=False,
        help_text=_("Viewers are asked once whether they are adults."),
    )

    hides_viewers = forms.BooleanField(
        label=_("Hide how many watch"),
        required=False,
        help_text=_("You still see it here."),
    )

    def __init__(self, *args: Any, **kwargs: Any) -> None:
        super().__init__(*args, **kwargs)
        choice = self.fields["category"]
        assert isinstance(choice, forms.ModelChoiceField)
        choice.queryset = selectors.categories()

    def clean(self) -> dict[str, Any]:
        """Leave out who may watch when the form does not say: then nothing about it changes."""
        return {
            name: value
            for name, value in self.cleaned_data.items()
            if value or name != "visibility"
        }

    @staticmethod
    def values_of(room: Room | None) -> dict[str, Any]:
        """Return what the form starts with for `room`."""
        if room is None:
            return {}
        return {
            "title": room.title,
            "category": room.category_id,
            "tags": ", ".join(room.tags),
            "description": room.description,
            # Whoever opens a new room chooses a new password, or lets everybody in.
            "visibility": room.visibility if room.is_open or not room.is_locked else None,
            "is_mature": room.is_mature,
            "hides_viewers": room.hides_viewers,
        }

    def take(self, refusal: Invalid) -> None:
        """Show what the service did not accept beside the fields it is about."""
        for name, sentences in refusal.errors.items():
            for sentence in sentences:
                self.add_error(name if name in self.fields else None, sentence)


class PasswordForm(forms.Form):
    """What somebody at the door of a locked room says."""

    password = forms.CharField(
        label=_("Password of the room"),
        max_length=400,
        strip=False,
        widget=forms.PasswordInput(attrs={"autocomplete": "off"}),
    )


class ReportForm(forms.Form):
    """What a viewer says is wrong; `rooms.services.report` judges it."""

    reason = forms.ChoiceField(label=_("What is wrong?"), choices=ReportReason.choices)
    text = forms.CharField(
        label=_("What should we know?"),
        required=False,
        widget=forms.Textarea(attrs={"rows": 3, "maxlength": 1000}),
    )

    def take(self, refused: StreAirError) -> None:
        """Show what the service did not accept: beside its field, else above the form."""
        errors = refused.errors or {"": [str(refused)]}
        for name, sentences in errors.items():
            for sentence in sentences:
                self.add_error(name if name in self.fields else None, sentence)
