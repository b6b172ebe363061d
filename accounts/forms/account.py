"""Forms of the account page; services judge what is in them."""

from __future__ import annotations

from datetime import timedelta
from typing import Any
from urllib.parse import urlsplit

from django import forms
from django.utils.timezone import now
from django.utils.translation import gettext_lazy as _

from accounts.forms.doors import NewPasswordForm, TakingForm
from accounts.models import User
from streair.core.api.scopes import Scope

_DAYS = [
    ("30", _("30 days")),
    ("90", _("90 days")),
    ("365", _("One year")),
    ("", _("Until revoked")),
]


def _own_password(label: Any) -> forms.CharField:
    return forms.CharField(
        label=label,
        max_length=512,
        strip=False,
        widget=forms.PasswordInput(attrs={"autocomplete": "current-password"}),
    )


class ProfileForm(TakingForm):
    """What others read about somebody."""

    display_name = forms.CharField(label=_("Display name"), max_length=50, required=False)
    bio = forms.CharField(
        label=_("About me"),
        max_length=500,
        required=False,
        widget=forms.Textarea(attrs={"rows": 4}),
    )
    links = forms.CharField(
        label=_("Links"),
        required=False,
        max_length=2000,
        help_text=_("One on each line: a name, then the address. At most 5."),
        widget=forms.Textarea(
            attrs={"rows": 3, "placeholder": "Blog https://example.org", "spellcheck": "false"}
        ),
    )

    @classmethod
    def of(cls, user: User) -> ProfileForm:
        """Return the form with what is there."""
        links = "\n".join(f"{link['title']} {link['url']}" for link in user.links)
        return cls(initial={"display_name": user.display_name, "bio": user.bio, "links": links})

    def clean_links(self) -> list[dict[str, str]]:
        """Read the lines; an address alone is called after its host."""
        found = []
        for line in self.cleaned_data["links"].splitlines():
            title, _space, url = line.strip().rpartition(" ")
            if url:
                found.append({"title": title.strip() or _host(url), "url": url})
        return found


class PictureForm(TakingForm):
    """A picture to be sent."""

    file = forms.FileField(
        label=_("Picture"),
        widget=forms.FileInput(attrs={"accept": "image/jpeg,image/png,image/webp,image/gif"}),
    )


class EmailForm(TakingForm):
    """Another address."""

    email = forms.EmailField(
        label=_("New e-mail"),
        max_length=254,
        widget=forms.EmailInput(attrs={"autocomplete": "email"}),
    )
    password = _own_password(_("Your password"))


class PasswordForm(NewPasswordForm):
    """Another password."""

    current = _own_password(_("Your password now"))
    field_order = ["current", "password"]


class TokenForm(TakingForm):
    """A token to be made."""

    name = forms.CharField(label=_("What is it for?"), max_length=60)
    scopes = forms.MultipleChoiceField(
        label=_("It may"), choices=Scope.choices, widget=forms.CheckboxSelectMultiple
    )
    days = forms.ChoiceField(label=_("It works for"), choices=_DAYS, required=False, initial="90")

    def values(self) -> dict[str, Any]:
        """Return what the service takes."""
        days = self.cleaned_data["days"]
        return {
            "name": self.cleaned_data["name"],
            "scopes": self.cleaned_data["scopes"],
            "expires": now() + timedelta(days=int(days)) if days else None,
        }


class DeleteForm(TakingForm):
    """The password, to make sure."""

    password = _own_password(_("Your password"))


def _host(url: str) -> str:
    try:
        return urlsplit(url).hostname or url
    except ValueError:
        return url
