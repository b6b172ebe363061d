"""Forms for signing up and in."""

from __future__ import annotations

from typing import Any

from django import forms
from django.contrib.auth import authenticate
from django.http import HttpRequest
from django.utils.translation import gettext_lazy as _

from accounts.models import User
from streair.core.errors import StreAirError


class TakingForm(forms.Form):
    """A form whose service judges what is in it."""

    def take(self, refusal: StreAirError) -> None:
        """Show what the service did not accept beside the fields it is about."""
        for name, sentences in refusal.errors.items():
            for sentence in sentences:
                self.add_error(name if name in self.fields else None, sentence)
        if not refusal.errors:
            self.add_error(None, str(refusal))


class SignUpForm(TakingForm):
    """What a newcomer tells about themselves; `accounts.services.sign_up` judges it."""

    username = forms.CharField(
        label=_("User name"),
        max_length=30,
        help_text=_("3 to 30 letters without marks, digits, “_” and “.”. Others see it."),
        widget=forms.TextInput(
            attrs={"autocomplete": "username", "autocapitalize": "none", "spellcheck": "false"}
        ),
    )
    # The service says all that is wrong at once; an EmailField would speak before it, and alone.
    email = forms.CharField(
        label=_("E-mail"),
        max_length=254,
        widget=forms.EmailInput(attrs={"autocomplete": "email"}),
    )
    password = forms.CharField(
        label=_("Password"),
        max_length=512,
        strip=False,
        help_text=_("At least 8 characters, and not one that everybody uses."),
        widget=forms.PasswordInput(attrs={"autocomplete": "new-password"}),
    )


class ForgotForm(forms.Form):
    """The address to which a link goes."""

    email = forms.EmailField(
        label=_("E-mail"),
        max_length=254,
        widget=forms.EmailInput(attrs={"autocomplete": "email"}),
    )


class NewPasswordForm(TakingForm):
    """A new password."""

    password = forms.CharField(
        label=_("New password"),
        max_length=512,
        strip=False,
        help_text=_("At least 8 characters, and not one that everybody uses."),
        widget=forms.PasswordInput(attrs={"autocomplete": "new-password"}),
    )


class SignInForm(forms.Form):
    """Name or e-mail, and password."""

    name = forms.CharField(
        label=_("User name or e-mail"),
        max_length=254,
        widget=forms.TextInput(
            attrs={"autocomplete": "username", "autocapitalize": "none", "spellcheck": "false"}
        ),
    )
    password = forms.CharField(
        label=_("Password"),
        max_length=512,
        strip=False,
        widget=forms.PasswordInput(attrs={"autocomplete": "current-password"}),
    )

    def __init__(
        self, request: HttpRequest, data: Any = None, *, initial: dict[str, Any] | None = None
    ) -> None:
        super().__init__(data, initial=initial)
        self._request = request
        self.user: User | None = None

    def clean(self) -> dict[str, Any]:
        """Find out who this is, and say no more than that it did not work."""
        values = self.cleaned_data
        if not self.errors:
            user = authenticate(self._request, username=values["name"], password=values["password"])
            if user is None:
                raise forms.ValidationError(
                    _("This name and this password do not belong together.")
                )
            assert isinstance(user, User), "our backend returns our users"
            self.user = user
        return values
