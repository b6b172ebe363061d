"""From one color that a site chose, all that its pages need of it: readable in both themes. Pure."""

from __future__ import annotations

import math
import re
from dataclasses import dataclass

HEX = re.compile(r"#[0-9a-fA-F]{6}\Z")

# WCAG 2.2: text, and what is no text but has to be seen.
TEXT_CONTRAST = 4.5
SHAPE_CONTRAST = 3.0
_STEP = 0.005

Rgb = tuple[float, float, float]


@dataclass(frozen=True, slots=True)
class Oklch:
    """A color by lightness (0-1), chroma and hue (degrees), as CSS writes it."""

    lightness: float
    chroma: float
    hue: float

    def __str__(self) -> str:
        return f"oklch({self.lightness:.4f} {self.chroma:.4f} {self.hue:.2f})"

    def at(self, lightness: float, *, chroma: float | None = None) -> Oklch:
        """Return the same hue, lighter or darker, in the strongest chroma that a screen shows."""
        wanted = min(1.0, max(0.0, lightness))
        color = Oklch(wanted, self.chroma if chroma is None else chroma, self.hue)
        while color.chroma > 0.001 and not _is_shown(_linear(color)):
            color = Oklch(wanted, color.chroma - 0.002, self.hue)
        return color


@dataclass(frozen=True, slots=True)
class Accent:
    """An accent in one theme: what is filled with it, what stands on it, and text in its color."""

    fill: Oklch
    hover: Oklch
    on: Oklch
    soft: Oklch
    text: Oklch


@dataclass(frozen=True, slots=True)
class Scheme:
    """What an accent stands on in one theme (tokens.css), and which way is away from that."""

    ground: Oklch  # The surface that is hardest to stand out from.
    away: float
    soft_lightness: float
    soft_chroma: float


LIGHT = Scheme(Oklch(0.925, 0.01, 240), -_STEP, 0.95, 0.03)
DARK = Scheme(Oklch(0.31, 0.022, 265), _STEP, 0.3, 0.055)

_WHITE = Oklch(1, 0, 0)
_BLACK = Oklch(0, 0, 0)


def accent_of(color: str, scheme: Scheme) -> Accent:
    """Return the accent that `color` (#rrggbb) becomes: itself, moved until it can be seen and read."""
    chosen = oklch_of(color)
    fill = _away_from([scheme.ground], chosen, scheme.away, SHAPE_CONTRAST)
    inks = [_WHITE, fill.at(0.16, chroma=0.03), _BLACK]
    on = next(
        ink for ink in inks if contrast(ink, fill) >= TEXT_CONTRAST
    )  # White or black always is.
    # White on a color, or dark on it: the color moves away from its text when it is pointed at.
    hover = fill.at(fill.lightness + (-0.055 if on is _WHITE else 0.055))
    soft = chosen.at(scheme.soft_lightness, chroma=min(chosen.chroma, scheme.soft_chroma))
    text = _away_from([scheme.ground, soft], chosen, scheme.away, TEXT_CONTRAST)
    return Accent(fill, hover, on, soft, text)


def contrast(one: Oklch, other: Oklch) -> float:
    """Return the contrast of two colors by WCAG: from 1 to 21."""
    darker, lighter = sorted((_luminance(one), _luminance(other)))
    return (lighter + 0.05) / (darker + 0.05)


def oklch_of(color: str) -> Oklch:
    """Return #rrggbb as OKLCH."""
    red, green, blue = (_decoded(int(color[at : at + 2], 16) / 255) for at in (1, 3, 5))
    long = math.cbrt(0.4122214708 * red + 0.5363325363 * green + 0.0514459929 * blue)
    middle = math.cbrt(0.2119034982 * red + 0.6806995451 * green + 0.1073969566 * blue)
    short = math.cbrt(0.0883024619 * red + 0.2817188376 * green + 0.6299787005 * blue)
    lightness = 0.2104542553 * long + 0.7936177850 * middle - 0.0040720468 * short
    a = 1.9779984951 * long - 2.4285922050 * middle + 0.4505937099 * short
    b = 0.0259040371 * long + 0.7827717662 * middle - 0.8086757660 * short
    return Oklch(lightness, math.hypot(a, b), math.degrees(math.atan2(b, a)) % 360)


def hex_of(color: Oklch) -> str:
    """Return the color as #rrggbb."""
    red, green, blue = (round(_encoded(part) * 255) for part in _linear(color))
    return f"#{red:02x}{green:02x}{blue:02x}"


def _away_from(grounds: list[Oklch], color: Oklch, step: float, wanted: float) -> Oklch:
    """Return `color`, lighter or darker by as little as lets it stand out from all of `grounds`."""
    found = color.at(color.lightness)
    while min(contrast(found, ground) for ground in grounds) < wanted:
        lightness = found.lightness + step
        if not 0 <= lightness <= 1:
            break
        found = color.at(lightness)
    return found


def _luminance(color: Oklch) -> float:
    red, green, blue = (min(1.0, max(0.0, part)) for part in _linear(color))
    return 0.2126 * red + 0.7152 * green + 0.0722 * blue


def _linear(color: Oklch) -> Rgb:
    """Return the light of the three colors of a screen; below 0 or above 1 is what it cannot show."""
    a = color.chroma * math.cos(math.radians(color.hue))
    b = color.chroma * math.sin(math.radians(color.hue))
    long = (color.lightness + 0.3963377774 * a + 0.2158037573 * b) ** 3
    middle = (color.lightness - 0.1055613458 * a - 0.0638541728 * b) ** 3
    short = (color.lightness - 0.0894841775 * a - 1.2914855480 * b) ** 3
    return (
        4.0767416621 * long - 3.3077115913 * middle + 0.2309699292 * short,
        -1.2684380046 * long + 2.6097574011 * middle - 0.3413193965 * short,
        -0.0041960863 * long - 0.7034186147 * middle + 1.7076147010 * short,
    )


def _is_shown(light: Rgb) -> bool:
    return all(-0.0005 <= part <= 1.0005 for part in light)


def _decoded(part: float) -> float:
    return part / 12.92 if part <= 0.04045 else ((part + 0.055) / 1.055) ** 2.4


def _encoded(part: float) -> float:
    shown = min(1.0, max(0.0, part))
    return shown * 12.92 if shown <= 0.0031308 else 1.055 * shown ** (1 / 2.4) - 0.055
