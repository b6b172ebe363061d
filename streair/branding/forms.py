"""The form about the site as a whole."""

from __future__ import annotations

from typing import Any, ClassVar

from django import forms
from django.core.exceptions import ValidationError
from django.core.validators import URLValidator
from django.utils.translation import gettext_lazy as _

from accounts.pictures import MOST_BYTES, UnusablePicture
from streair.branding import marks
from streair.core.models import SiteSettings
from streair.core.texts import one_line, some_lines

_MOST_LINKS = 12
_LONGEST_TITLE = 40
_is_url = URLValidator(schemes=["https", "http", "mailto"])


class SiteForm(forms.ModelForm):  # type: ignore[type-arg]
    """Name, color, mark, links and texts of the site."""

    picture = forms.FileField(
        label=_("mark"),
        required=False,
        help_text=_("A square picture: JPEG, PNG, WebP or GIF. Best with 512 pixels on a side."),
        widget=forms.FileInput(attrs={"accept": "image/jpeg,image/png,image/webp,image/gif"}),
    )
    without_picture = forms.BooleanField(label=_("Go back to the mark of StreAir"), required=False)
    footer_links = forms.CharField(
        label=_("links at the end of pages"),
        required=False,
        max_length=4000,
        help_text=_("One on each line: a name, then the address. At most 12."),
        widget=forms.Textarea(attrs={"rows": 4, "cols": 80, "spellcheck": "false"}),
    )

    class Meta:
        model = SiteSettings
        fields: ClassVar = [
            "name",
            "accent",
            "contact",
            "notice_vi",
            "notice_en",
            "terms_vi",
            "terms_en",
            "rules_vi",
            "rules_en",
        ]

    def __init__(self, *args: Any, **more: Any) -> None:
        super().__init__(*args, **more)
        links = self.instance.footer_links
        self.initial["footer_links"] = "\n".join(f"{link['title']} {link['url']}" for link in links)

    def clean_name(self) -> str:
        """Return it in one line."""
        return one_line(self.cleaned_data["name"])

    def clean_picture(self) -> str:
        """Return the name under which the mark is kept, or ""."""
        sent = self.cleaned_data["picture"]
        if not sent:
            return ""
        if sent.size > MOST_BYTES:
            raise ValidationError(_("Use a picture of at most 5 MB."), code="picture-too-large")
        try:
            return marks.keep(sent.read())
        except UnusablePicture as exc:
            sentence = _("Use a picture in JPEG, PNG, WebP or GIF.")
            raise ValidationError(sentence, code="picture-invalid") from exc

    def clean_footer_links(self) -> list[dict[str, str]]:
        """Read the lines."""
        found = [
            _link(line) for line in self.cleaned_data["footer_links"].splitlines() if line.strip()
        ]
        if len(found) > _MOST_LINKS:
            raise ValidationError(_("At most 12 links fit."), code="too-many-links")
        return found

    def clean(self) -> dict[str, Any]:
        """Clean the texts as everything that people write."""
        for name in ("terms_vi", "terms_en", "rules_vi", "rules_en"):
            if name in self.cleaned_data:
                self.cleaned_data[name] = some_lines(self.cleaned_data[name])
        return self.cleaned_data

    def save(self, commit: bool = True) -> SiteSettings:
        """Put the links and the mark into the row."""
        row: SiteSettings = super().save(commit=False)
        row.footer_links = self.cleaned_data["footer_links"]
        if self.cleaned_data["picture"] or self.cleaned_data["without_picture"]:
            row.mark = self.cleaned_data["picture"]
        if commit:
            row.save()
        return row


def _link(line: str) -> dict[str, str]:
    title, _space, url = one_line(line).rpartition(" ")
    if not title or len(title) > _LONGEST_TITLE or len(url) > 300:
        sentence = _("Write a name of at most 40 characters and an address: %(line)s")
        raise ValidationError(sentence, params={"line": line[:80]}, code="link-invalid")
    if not url.startswith("/") or url.startswith("//"):
        try:
            _is_url(url)
        except ValidationError as exc:
            if not (url.startswith("mailto:") and "@" in url):
                sentence = _("Begin links with https://, http://, mailto: or /: %(line)s")
                raise ValidationError(
                    sentence, params={"line": line[:80]}, code="link-invalid"
                ) from exc
    return {"title": title, "url": url}
