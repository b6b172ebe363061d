"""`manage.py doctor`: looks at every part and says what to do."""

from __future__ import annotations

import sys
import textwrap
from typing import Any

from django.utils.translation import gettext as _
from django.utils.translation import ngettext

from streair.core.doctor import Verdict, examine
from streair.core.management.spoken import SpokenCommand

_WIDTH = 18


class Command(SpokenCommand):
    """Looks at every part; ends with status 1 when something is wrong that people notice."""

    help = "Look at every part of the site, and say what to do about what is wrong."
    requires_system_checks: list[str] = []

    def handle(self, *args: Any, **options: Any) -> None:
        wrong = doubtful = 0
        for verdict in examine():
            self._show(verdict)
            wrong += verdict.is_serious
            doubtful += bool(verdict.remedy) and not verdict.is_serious
        self.stdout.write("")
        if not wrong and not doubtful:
            self.stdout.write(self.style.SUCCESS(_("Everything is well.")))
        if doubtful:
            self.stdout.write(
                ngettext("%d thing could be better.", "%d things could be better.", doubtful)
                % doubtful
            )
        if wrong:
            self.stdout.write(
                self.style.ERROR(
                    ngettext("%d thing is wrong.", "%d things are wrong.", wrong) % wrong
                )
            )
            sys.exit(1)

    def _show(self, verdict: Verdict) -> None:
        mark, paint = self._mark(verdict)
        label = str(verdict.examination.label)
        self.stdout.write(f"{paint(mark)} {label:<{_WIDTH}} {verdict.sentence}")
        if verdict.remedy:
            indent = " " * (_WIDTH + 3)
            self.stdout.write(
                textwrap.fill(
                    f"→ {verdict.remedy}",
                    100,
                    initial_indent=indent,
                    subsequent_indent=indent + "  ",
                    # Paths and commands are there to be copied.
                    break_long_words=False,
                    break_on_hyphens=False,
                )
            )

    def _mark(self, verdict: Verdict) -> tuple[str, Any]:
        if not verdict.is_known:
            return "·", str
        if verdict.is_serious:
            return "✗", self.style.ERROR
        if verdict.remedy:
            return "!", self.style.WARNING
        return "✓", self.style.SUCCESS
