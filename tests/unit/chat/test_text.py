"""What may be said, and what is left of the rest."""

from __future__ import annotations

import unicodedata

import pytest
from hypothesis import given
from hypothesis import strategies as st

from chat.text import MAX_CHARACTERS, MAX_LINES, check_command, clean, excerpt
from streair.core.errors import Invalid

FAMILY = "👨\u200d👩\u200d👧"
ENGLAND = "🏴\U000e0067\U000e0062\U000e0065\U000e006e\U000e0067\U000e007f"


@pytest.mark.parametrize(
    "text",
    ["chào cả nhà", "a\nb", "❤️", "👍🏽", FAMILY, ENGLAND, "1️⃣", "می\u200cخواهم", "ไม่ใช่", "/me"],
)
def test_what_people_write_stays_as_it_is(text: str) -> None:
    assert clean(text) == text


@pytest.mark.parametrize(
    ("text", "stored"),
    [
        (unicodedata.normalize("NFD", "Tiếng Việt"), "Tiếng Việt"),
        ("  hello \t  there  ", "hello there"),
        ("one\r\ntwo\rthree\u2028four", "one\ntwo\nthree\nfour"),
        ("one\n\n\n\n\ntwo", "one\n\ntwo"),
        ("a\x00b\x07c\x1b[31m", "abc[31m"),
        ("abc\u202egpj.exe", "abcgpj.exe"),
        ("a\u2066b\u2069c\u200fd\u061ce", "abcde"),
        ("a\u200b\u2060\ufeff\u00adb", "ab"),
        ("a\u200d\u200d\u200c\u200db", "a\u200db"),
        ("\u200dhello", "hello"),
        ("z" + "\u0335" * 40, "z\u0335\u0335\u0335"),
        ("e\u200b\u0301", "é"),
        ("\U000e0041" * 50 + "x", "x"),
        ("\U000fffff\U0010ffff\ufffex", "x"),
    ],
)
def test_what_would_deceive_or_disturb_is_taken_out(text: str, stored: str) -> None:
    assert clean(text) == stored


@pytest.mark.parametrize(
    "text",
    ["", "   ", "\n\n", "\u200b\u200b", "\u3164", "\u2800\u2800", "\u202e", "\u0301", "\x00"],
)
def test_nothing_to_see_is_refused(text: str) -> None:
    with pytest.raises(Invalid) as refused:
        clean(text)

    assert refused.value.code == "message-empty"


def test_the_longest_message_and_one_longer() -> None:
    assert clean("ậ" * MAX_CHARACTERS) == "ậ" * MAX_CHARACTERS

    with pytest.raises(Invalid) as refused:
        clean("ậ" * (MAX_CHARACTERS + 1))
    assert refused.value.code == "message-too-long"


def test_the_most_lines_and_one_more() -> None:
    assert clean("\n".join("x" * MAX_LINES)) == "\n".join("x" * MAX_LINES)

    with pytest.raises(Invalid):
        clean("\n".join("x" * (MAX_LINES + 1)))


@given(st.text(max_size=300))
def test_whatever_is_sent_is_clean_or_refused(text: str) -> None:
    try:
        stored = clean(text)
    except Invalid:
        return

    assert clean(stored) == stored
    assert stored == unicodedata.normalize("NFC", stored.strip())
    assert {unicodedata.category(each) for each in stored if each != "\n"} & {"Cc", "Cs"} == set()


@pytest.mark.parametrize("text", ["/bann ada", "/help", "/ME waves", "/me"])
def test_what_looks_like_a_command_is_not_said(text: str) -> None:
    with pytest.raises(Invalid) as refused:
        check_command(text)

    assert refused.value.code == "unknown-command"


@pytest.mark.parametrize("text", ["/me waves", "/home/ada/x", "and/or", "/ 2", "//x y", "a /ban"])
def test_what_only_has_a_slash_is_said(text: str) -> None:
    check_command(text)


def test_a_quotation_is_one_short_line() -> None:
    assert excerpt("one\ntwo") == "one two"
    assert excerpt("x" * 200, most=10) == "x" * 9 + "…"


@given(st.characters(exclude_categories=["Cs"]))
def test_what_becomes_of_a_character_does_not_depend_on_what_else_is_said(each: str) -> None:
    # The heart is not among what is taken as it is.
    assert clean(f"a{each}b ❤") == clean(f"a{each}b") + " ❤"
