"""Whatever color a site chooses, its pages can be read."""

from __future__ import annotations

import re
from pathlib import Path

import pytest
from django.conf import settings
from hypothesis import given
from hypothesis import strategies as st

from streair.core.colors import (
    DARK,
    LIGHT,
    SHAPE_CONTRAST,
    TEXT_CONTRAST,
    Oklch,
    Scheme,
    accent_of,
    contrast,
    hex_of,
    oklch_of,
)

colors = st.integers(0, 0xFFFFFF).map(lambda number: f"#{number:06x}")


@given(colors)
def test_a_color_survives_the_way_there_and_back(color: str) -> None:
    assert hex_of(oklch_of(color)) == color


def test_contrast_is_what_wcag_says() -> None:
    black, white = oklch_of("#000000"), oklch_of("#ffffff")

    assert contrast(black, white) == pytest.approx(21, abs=0.01)
    assert contrast(oklch_of("#767676"), white) == pytest.approx(4.54, abs=0.01)


@pytest.mark.parametrize("scheme", [LIGHT, DARK])
@given(color=colors)
def test_any_color_becomes_one_that_can_be_read(scheme: Scheme, color: str) -> None:
    # As pages get them: rounded.
    accent = accent_of(color, scheme)
    fill, hover, on, soft, text = (
        oklch_of(hex_of(part))
        for part in (accent.fill, accent.hover, accent.on, accent.soft, accent.text)
    )

    assert contrast(on, fill) >= TEXT_CONTRAST - 0.05
    assert contrast(on, hover) >= TEXT_CONTRAST - 0.05
    assert contrast(text, soft) >= TEXT_CONTRAST - 0.05
    assert contrast(text, scheme.ground) >= TEXT_CONTRAST - 0.05
    assert contrast(fill, scheme.ground) >= SHAPE_CONTRAST - 0.05


def test_a_color_that_can_be_read_already_stays() -> None:
    assert hex_of(accent_of("#7c3aed", LIGHT).fill) == "#7c3aed"


def test_the_grounds_are_those_of_the_style_sheet() -> None:
    tokens = Path(settings.BASE_DIR, "static/css/tokens.css").read_text()
    found = re.search(r"--pressed: light-dark\((oklch\([^)]+\)), (oklch\([^)]+\))\)", tokens)

    assert found is not None
    assert [_read(found[1]), _read(found[2])] == [LIGHT.ground, DARK.ground]


def _read(text: str) -> Oklch:
    return Oklch(*(float(part) for part in text[len("oklch(") : -1].split()))
