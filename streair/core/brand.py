"""What the site is called and looks like: the keepers' row, else the environment, else StreAir.

Every page asks for it, so it is kept in the process: a change shows at once where it was made, and
within BRAND_SECONDS in other processes. Pages that may not ask the database take what was last known.
"""

from __future__ import annotations

import hashlib
import time
from dataclasses import dataclass, field
from datetime import datetime

from django.conf import settings
from django.core.files.storage import default_storage
from django.db import Error
from django.templatetags.static import static
from django.utils.translation import get_language

from streair.core.colors import DARK, HEX, LIGHT, accent_of, hex_of
from streair.core.models import SiteSettings

# Sizes of a mark that was sent, square; the first is for the head of pages and the tab.
MARK_SIZES = ("64", "192", "512")
OWN_NAME = "StreAir"


@dataclass(frozen=True, slots=True)
class Link:
    """A link at the end of pages."""

    title: str
    url: str


@dataclass(frozen=True, slots=True)
class Brand:
    """What pages, mails and the manifest show of the site."""

    name: str
    accent: str = ""  # #rrggbb; empty: tokens.css as it is.
    mark: str = ""  # A mark that was sent: its name without size and ending.
    contact: str = ""
    links: tuple[Link, ...] = ()
    notices: dict[str, str] = field(default_factory=dict)
    terms: dict[str, str] = field(default_factory=dict)
    rules: dict[str, str] = field(default_factory=dict)
    changed: datetime | None = None

    @property
    def is_own(self) -> bool:
        """Whether the site goes by our name, which is written in two colors."""
        return self.name == OWN_NAME

    @property
    def notice(self) -> str:
        """What the keepers want everybody to know right now, in the language that is spoken."""
        return in_language(self.notices)

    @property
    def share_url(self) -> str:
        """The picture that stands for the site where a link to it is shown."""
        return static("img/share.jpg") if self.share_is_wide else self.mark_url("512")

    @property
    def share_is_wide(self) -> bool:
        """Whether that picture is drawn for cards; marks are square."""
        return self.is_own and not self.mark

    def mark_url(self, size: str = "64") -> str:
        """Return where the mark is."""
        if self.mark:
            return default_storage.url(f"{self.mark}-{size}.webp")
        return static("img/mark.svg")

    @property
    def touch_icon_url(self) -> str:
        """Where the picture for home screens of phones is."""
        return self.mark_url("192") if self.mark else static("img/touch-icon.png")

    @property
    def mark_type(self) -> str:
        """The type of what `mark_url` leads to."""
        return "image/webp" if self.mark else "image/svg+xml"

    @property
    def live_mark_url(self) -> str:
        """Where the mark with a dot is, for the tab of somebody who is live."""
        return (
            default_storage.url(f"{self.mark}-live.webp")
            if self.mark
            else static("img/mark-live.svg")
        )

    @property
    def style_version(self) -> str:
        """What changes with `style()`; "" when the site has no color of its own."""
        return hashlib.sha256(self.accent.encode()).hexdigest()[:8] if self.accent else ""

    def style(self) -> str:
        """Return the style sheet of the site's own color."""
        if not self.accent:
            return ""
        light, dark = accent_of(self.accent, LIGHT), accent_of(self.accent, DARK)
        pairs = {
            "accent": (light.fill, dark.fill),
            "accent-hover": (light.hover, dark.hover),
            "on-accent": (light.on, dark.on),
            "accent-soft": (light.soft, dark.soft),
            "accent-text": (light.text, dark.text),
            "mark-from": (dark.fill, dark.text),
            "mark-to": (light.fill, light.fill),
        }
        lines = [
            f"    --{name}: light-dark({hex_of(a)}, {hex_of(b)});" for name, (a, b) in pairs.items()
        ]
        return "\n".join(["@layer tokens {", "  :root {", *lines, "  }", "}", ""])


def in_language(texts: dict[str, str]) -> str:
    """Return the text in the language that is spoken, or else in the other one."""
    return texts.get(get_language() or "") or next(filter(None, texts.values()), "")


_known: Brand | None = None
_known_until = 0.0


def brand() -> Brand:
    """Return what the site is called and looks like, at most BRAND_SECONDS old."""
    if _known is not None and time.monotonic() < _known_until:
        return _known
    try:
        row = SiteSettings.objects.filter(pk=1).first()
    except Error:  # Away, or not migrated yet: pages that need it say so themselves.
        return remember(last_known())
    return remember(_of(row) if row else by_environment())


def last_known() -> Brand:
    """Return it without asking the database."""
    return _known or by_environment()


def remember(found: Brand) -> Brand:
    """Keep it for the next pages."""
    global _known, _known_until
    _known, _known_until = found, time.monotonic() + settings.BRAND_SECONDS
    return found


def forget() -> None:
    """Ask the database the next time."""
    global _known_until  # noqa: PLW0603
    _known_until = 0.0


def by_environment() -> Brand:
    """Return what the environment says, or we do."""
    accent = settings.SITE_ACCENT
    return Brand(
        name=settings.SITE_NAME,
        accent=accent.lower() if HEX.match(accent) else "",
        contact=settings.SITE_CONTACT,
    )


def _of(row: SiteSettings) -> Brand:
    default = by_environment()
    return Brand(
        name=row.name or default.name,
        accent=row.accent.lower() or default.accent,
        mark=row.mark,
        contact=row.contact or default.contact,
        links=tuple(Link(link["title"], link["url"]) for link in row.footer_links),
        notices={"vi": row.notice_vi, "en": row.notice_en},
        terms={"vi": row.terms_vi, "en": row.terms_en},
        rules={"vi": row.rules_vi, "en": row.rules_en},
        changed=row.changed,
    )
