"""Text that people write: what is stored of it, and what it is found by."""

from __future__ import annotations

import unicodedata

import pytest
from hypothesis import given
from hypothesis import strategies as st

from streair.core import texts


@pytest.mark.parametrize(
    ("written", "kept"),
    [
        ("  Trận   đấu\n cuối ", "Trận đấu cuối"),
        (unicodedata.normalize("NFD", "Trận đấu"), "Trận đấu"),
        ("evil\u202egpj.exe\u2066", "evilgpj.exe"),
        ("a\u200b\u200b\u200bb", "a\u200bb"),
        ("👩\u200d🚀 flies", "👩\u200d🚀 flies"),
        ("مرحبا", "مرحبا"),
        ("z" + "\u0336" * 40, "z" + "\u0336" * 4),
    ],
)
def test_a_line_is_kept_as_it_reads(written: str, kept: str) -> None:
    assert texts.one_line(written) == kept


def test_lines_stay_lines() -> None:
    assert texts.some_lines("one\r\ntwo\rthree\u2028four \n") == "one\ntwo\nthree\nfour"


@pytest.mark.parametrize("text", ["a\x00b", "bell\x07", "half \ud83d", "\x1b[31m", "\x7f", "\x85"])
def test_controls_are_found_and_taken_out(text: str) -> None:
    assert texts.has_controls(text)
    assert not texts.has_controls(texts.without_controls(text))


def test_gaps_and_lines_are_no_controls() -> None:
    assert not texts.has_controls("one\ttwo\r\nthree 🎮 مرحبا")


@pytest.mark.parametrize(
    ("text", "asked"),
    [
        ("Trận đấu", "tran dau"),
        ("TRẬN ĐẤU", "trận đấu"),
        ("Straße", "STRASSE"),
        ("Ｆｕｌｌ", "full"),
        ("İstanbul", "istanbul"),
        ("Ελλάδα", "ελλαδα"),
    ],
)
def test_what_looks_alike_without_marks_and_case_is_the_same(text: str, asked: str) -> None:
    assert texts.folded(text) == texts.folded(asked)


@given(st.text())
def test_folding_is_done_once(text: str) -> None:
    once = texts.folded(text)

    assert texts.folded(once) == once


@pytest.mark.parametrize(
    ("written", "tag"),
    [
        ("#Trận Đấu", "trận-đấu"),
        ("  speed_run  ", "speed-run"),
        ("日本語", "日本語"),
        ("C++", ""),
        ("#", ""),
        ("-", ""),
        ("a" * 31, ""),
        ("a\x00", ""),
    ],
)
def test_tags_are_words(written: str, tag: str) -> None:
    assert texts.tag_of(written) == tag
