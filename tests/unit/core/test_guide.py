"""The guide says what is so."""

from __future__ import annotations

from pathlib import Path

from django.conf import settings
from django.utils import translation

from streair.core.api.scopes import Scope

_GUIDE = Path(settings.BASE_DIR, "docs/api.md").read_text()


def test_every_scope_is_in_the_guide() -> None:
    with translation.override(None):
        rows = [f"| `{scope.value}` | {scope.label} |" for scope in Scope]

    assert "\n".join(rows) in _GUIDE


def test_the_numbers_in_the_guide_are_the_defaults() -> None:
    seconds = settings.RATE_LIMIT_WINDOW_MS // 1000

    assert f"RateLimit-Policy: {settings.RATE_LIMIT_MAX_REQUESTS};w={seconds}" in _GUIDE
