"""How an edge does."""

from __future__ import annotations

from collections.abc import Mapping

from streams.edge.beats import Beats, Result
from streams.edge.config import Config
from streams.edge.origin import Origin
from streams.outpost.inside import Inside
from streams.outpost.numbers import Numbers


def _(text: str) -> str:
    """Mark `text` for translators; it is looked up once somebody is to read it."""
    return text


_ORIGIN_AWAY = _("No streams can be read: EDGE_UPSTREAM, or the site, does not answer.")
_UPSTREAM_AWAY = _("EDGE_UPSTREAM does not answer: streams are read at the site.")
_SITE_AWAY = _("The site does not answer: it sends nobody here.")
_SITE_REFUSES = _(
    "The site does not know this edge: EDGE_SECRET and EDGE_URL must be as it has them."
)


class EdgeInside(Inside):
    """Answers from what the edge knows of itself."""

    # Without its origin an edge has nothing to show; without beats, fewer viewers; without the edge that it
    # reads from, the site has more to send.
    vital = frozenset({"origin"})

    def __init__(self, config: Config, beats: Beats, origin: Origin, numbers: Numbers) -> None:
        super().__init__(config.metrics_token, numbers)
        self._beats = beats
        self._origin = origin

    def problems(self) -> Mapping[str, str]:
        beats = ""
        if not self._beats.are_heard:
            beats = _SITE_REFUSES if self._beats.last is Result.REFUSED else _SITE_AWAY
        problems = {"origin": "" if self._origin.is_reachable else _ORIGIN_AWAY, "beats": beats}
        if self._origin.is_of_a_tree:
            problems["upstream"] = _UPSTREAM_AWAY if self._origin.upstream_is_away else ""
        return problems
