"""Modes and limits: pure rules."""

from __future__ import annotations

from datetime import UTC, datetime, timedelta

import pytest

from chat.limits import seconds_to_wait, slow_seconds_to_wait
from chat.moderation import has_link, is_only_emoji

NOON = datetime(2026, 5, 4, 12, tzinfo=UTC)


def at(*seconds: float) -> list[datetime]:
    return [NOON + timedelta(seconds=each) for each in seconds]


@pytest.mark.parametrize(
    ("sent", "wait"),
    [
        ([], 0),
        ([-9, -8, -7, -6], 0),
        ([-9.5, -8, -7, -6, -5], 1),
        ([-5, -4, -3, -2, -1], 5),
        ([-10, -4, -3, -2, -1], 0),
        ([-30, -9, -8, -7, -6, -5], 1),
        ([0, 0, 0, 0, 0], 10),
    ],
)
def test_five_messages_fit_into_any_ten_seconds(sent: list[float], wait: int) -> None:
    assert seconds_to_wait(at(*sent), NOON) == wait


@pytest.mark.parametrize(
    ("sent", "slow", "wait"), [([], 30, 0), ([-10], 30, 20), ([-30], 30, 0), ([-1], 0, 0)]
)
def test_slow_mode_counts_from_the_last_message(sent: list[float], slow: int, wait: int) -> None:
    assert slow_seconds_to_wait(at(*sent), NOON, slow) == wait


@pytest.mark.parametrize(
    "text",
    [
        "https://example.org/x",
        "HTTP://EXAMPLE.ORG",
        "xem www.abc",
        "vào bit.ly/abc nhé",
        "shopee.vn",
        "ghé kênh.example.com.",
        "１２３.ｃｏｍ",
        "t.me/nhóm",
    ],
)
def test_an_address_is_a_link_with_or_without_its_beginning(text: str) -> None:
    assert has_link(text)


@pytest.mark.parametrize(
    "text", ["hay quá.đi thôi", "3.14", "chào...", "v1.2.3", "a@b", "ok.được", "e.g. this", "com"]
)
def test_sloppy_sentences_are_no_links(text: str) -> None:
    assert not has_link(text)


@pytest.mark.parametrize("text", ["😀", "❤️ 👍🏽", "1️⃣", "👨\u200d👩\u200d👧", "🇻🇳", "😂😂 😂"])
def test_pictures_are_only_emoji(text: str) -> None:
    assert is_only_emoji(text)


@pytest.mark.parametrize("text", ["hi 😀", "1", "", " ", "█▀█", "!"])
def test_anything_else_is_not(text: str) -> None:
    assert not is_only_emoji(text)
