"""How an overlay is to look: what a streamer chooses in the studio."""

from __future__ import annotations

from urllib.parse import urlencode

from django import forms
from django.utils.translation import gettext_lazy as _


class OverlayForm(forms.Form):
    """Choices that go into the link; js/chat/overlay-options.js reads them there."""

    size = forms.TypedChoiceField(
        label=_("Font size"),
        coerce=int,
        choices=[(18, "18"), (22, "22"), (28, "28"), (36, "36"), (48, "48")],
        initial=22,
    )
    look = forms.ChoiceField(
        label=_("Looks"),
        choices=[
            ("outline", _("Outlined")),
            ("dark", _("Dark box")),
            ("light", _("Light box")),
        ],
        initial="outline",
    )
    fade = forms.TypedChoiceField(
        label=_("Messages fade out"),
        coerce=int,
        choices=[
            (0, _("Never")),
            (10, _("After 10 seconds")),
            (30, _("After 30 seconds")),
            (60, _("After a minute")),
            (300, _("After 5 minutes")),
        ],
        initial=0,
    )
    grow = forms.ChoiceField(
        label=_("New messages appear"),
        choices=[("up", _("Below")), ("down", _("Above"))],
        initial="up",
    )
    commands = forms.BooleanField(label=_("Show bots' commands (!…)"), required=False)
    hide = forms.CharField(label=_("Hide messages of (user names)"), max_length=200, required=False)

    def query(self) -> str:
        """Return what was chosen, as it goes into the link; what is usual is left out."""
        chosen = {
            name: value
            for name, value in self.cleaned_data.items()
            if value not in ("", False) and value != self.fields[name].initial
        }
        if "commands" in chosen:
            chosen["commands"] = "show"
        if "hide" in chosen:
            chosen["hide"] = ",".join(chosen["hide"].replace(",", " ").replace("@", " ").split())
        return f"?{urlencode(chosen)}" if chosen else ""


class RulesForm(forms.Form):
    """What a streamer asks of those who write; the service judges it."""

    text = forms.CharField(
        label=_("Rules of your chat"),
        required=False,
        help_text=_("At most 500 characters. Shown once, before somebody's first message."),
        widget=forms.Textarea(attrs={"rows": 4, "maxlength": 500}),
    )
