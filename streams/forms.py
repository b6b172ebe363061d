"""Forms of the studio."""

from __future__ import annotations

from django import forms
from django.utils.translation import gettext_lazy as _

from streams import obs


class ObsProfileForm(forms.Form):
    """What goes into a profile for OBS."""

    quality = forms.ChoiceField(
        label=_("Picture"),
        choices=[
            (key, f"{each.name} · {each.video_kbps} kbit/s") for key, each in obs.QUALITIES.items()
        ],
        initial=obs.USUAL,
    )
    with_key = forms.BooleanField(
        label=_("With my stream key"),
        required=False,
        help_text=_("Then nothing has to be pasted. Give the file to nobody, and delete it later."),
    )
