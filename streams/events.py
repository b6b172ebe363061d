"""What the streamer's own pages hear about their encoder."""

from __future__ import annotations

from dataclasses import dataclass
from typing import Any, ClassVar

from streair.core.realtime.events import Event


@dataclass(frozen=True, slots=True, kw_only=True)
class IngestHealth(Event):
    """How the encoder does: the whole of selectors.studio_health."""

    name: ClassVar[str] = "ingest-health"
    health: dict[str, Any]

    def data(self) -> dict[str, Any]:
        """Return the figures themselves, as the page got them at first."""
        return self.health


@dataclass(frozen=True, slots=True, kw_only=True)
class EncoderRefused(Event):
    """An encoder with the streamer's key was sent away; `reason` is a problems.Refusal."""

    name: ClassVar[str] = "encoder-refused"
    reason: str
    messages: dict[str, str]
