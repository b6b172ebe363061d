"""What the keepers of the site say about it: one row, read through `streair.core.brand`."""

from __future__ import annotations

from typing import Any, ClassVar

from django.core.validators import RegexValidator
from django.db import models
from django.db.models import Q
from django.utils.translation import gettext_lazy as _

from streair.core.colors import HEX

_is_color = RegexValidator(HEX, _("Write the color as #rrggbb."), code="color-invalid")
_TEXT_HELP = _("Empty lines part paragraphs; a line that begins with # is a heading.")


class SiteSettings(models.Model):
    """The site's own name, colors and texts. What is empty comes from the environment, or from us."""

    name = models.CharField(_("name"), max_length=40, blank=True)
    accent = models.CharField(
        _("accent color"),
        max_length=7,
        blank=True,
        validators=[_is_color],
        help_text=_("Like #7c3aed. It is moved until it can be read in both themes."),
    )
    # Name of the pictures in MEDIA_ROOT without size and ending, or "".
    mark = models.CharField(max_length=60, blank=True, default="", editable=False)
    contact = models.EmailField(
        _("contact"), blank=True, help_text=_("Where people write to; stands in the terms.")
    )
    # [{"title": …, "url": …}], shown at the end of every page.
    footer_links = models.JSONField(_("links at the end of pages"), default=list, blank=True)
    notice_vi = models.CharField(
        _("notice on every page, in Vietnamese"), max_length=200, blank=True
    )
    notice_en = models.CharField(_("notice on every page, in English"), max_length=200, blank=True)
    terms_vi = models.TextField(_("terms, in Vietnamese"), blank=True, max_length=50_000)
    terms_en = models.TextField(_("terms, in English"), blank=True, max_length=50_000)
    rules_vi = models.TextField(
        _("community rules, in Vietnamese"), blank=True, max_length=50_000, help_text=_TEXT_HELP
    )
    rules_en = models.TextField(
        _("community rules, in English"), blank=True, max_length=50_000, help_text=_TEXT_HELP
    )
    changed = models.DateTimeField(_("changed"), auto_now=True)

    class Meta:
        verbose_name = verbose_name_plural = _("name and look of the site")
        constraints: ClassVar = [
            models.CheckConstraint(condition=Q(pk=1), name="core_one_row_of_site_settings")
        ]

    def __init__(self, *args: Any, **fields: Any) -> None:
        super().__init__(*args, **fields)
        self.pk = 1

    def __str__(self) -> str:
        return str(_("Name and look of the site"))
