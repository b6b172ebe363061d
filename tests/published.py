"""What was told to whom: a channel layer that only remembers."""

from __future__ import annotations

from collections.abc import Iterator
from contextlib import contextmanager
from typing import Any

import pytest
from django.test import TestCase

from streair.core.realtime import events

Published = list[tuple[str, str, dict[str, Any]]]


@contextmanager
def published() -> Iterator[Published]:
    """Collect (group, event, data) of what is published inside, once it commits."""
    heard: Published = []

    def remember(group: str, message: dict[str, Any]) -> None:
        heard.append((group, message["event"], message["data"]))

    with pytest.MonkeyPatch.context() as patch:
        patch.setattr(events, "send", remember)
        with TestCase.captureOnCommitCallbacks(execute=True):
            yield heard
