"""What is looked at, by whom, and what was found. Apps register what they know of."""

from __future__ import annotations

from collections.abc import Callable, Iterator
from dataclasses import dataclass

from django.utils.functional import Promise
from django.utils.translation import gettext_lazy as _

Text = str | Promise
# Returns what is worth knowing of a part that is well; raises Unwell for one that is not.
Look = Callable[[], Text]


class Unwell(Exception):
    """Something is wrong: what, and what to do about it. `is_serious`: people notice it."""

    def __init__(self, sentence: Text, remedy: Text, *, is_serious: bool = True) -> None:
        super().__init__(sentence)
        self.sentence = sentence
        self.remedy = remedy
        self.is_serious = is_serious


@dataclass(frozen=True, slots=True)
class Examination:
    """One thing to look at. It is left out when one that it `needs` was not well."""

    name: str
    label: Text
    look: Look
    needs: str = ""


@dataclass(frozen=True, slots=True)
class Verdict:
    """How it is. `remedy` is empty when it is well, or was not looked at."""

    examination: Examination
    sentence: Text
    remedy: Text = ""
    is_serious: bool = False
    is_known: bool = True


_examinations: dict[str, Examination] = {}


def register(name: str, label: Text, look: Look, *, needs: str = "") -> None:
    """Have something looked at, after what is registered already."""
    _examinations[name] = Examination(name, label, look, needs)


def examine() -> Iterator[Verdict]:
    """Look at one thing after the other."""
    ill: set[str] = set()
    for examination in _examinations.values():
        if examination.needs in ill:
            ill.add(examination.name)
            needed = _examinations[examination.needs].label
            yield Verdict(examination, _("Not looked at: needs %s.") % needed, is_known=False)
            continue
        verdict = _verdict(examination)
        if verdict.is_serious:
            ill.add(examination.name)
        yield verdict


def _verdict(examination: Examination) -> Verdict:
    try:
        return Verdict(examination, examination.look())
    except Unwell as exc:
        return Verdict(examination, exc.sentence, exc.remedy, exc.is_serious)
    except Exception as exc:  # noqa: BLE001 - each part fails in its own way, and the next is looked at.
        sentence = f"{type(exc).__name__}: {exc}"
        return Verdict(examination, sentence, _("Look into the log."), is_serious=True)
