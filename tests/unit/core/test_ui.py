"""What templates say about times."""

from __future__ import annotations

from datetime import timedelta

import pytest
from django.template import Context, Template
from django.utils.formats import date_format
from django.utils.timezone import now
from django.utils.translation import override

from streair.core.templatetags.ui import ago, since


@pytest.mark.parametrize(
    ("past", "was", "has_been"),
    [
        (timedelta(seconds=-3), "just now", "less than a minute"),
        (timedelta(seconds=59), "just now", "less than a minute"),
        (timedelta(seconds=61), "1\xa0minute ago", "1\xa0minute"),
        (timedelta(hours=2, minutes=5), "2\xa0hours ago", "2\xa0hours"),
    ],
)
def test_nothing_was_zero_minutes_ago(past: timedelta, was: str, has_been: str) -> None:
    with override("en"):
        assert (ago(now() - past), since(now() - past)) == (was, has_been)


@pytest.mark.parametrize(
    ("language", "expected"), [("vi", "tháng 11, 2026"), ("en", "November 2026")]
)
def test_a_month_is_written_as_people_do(language: str, expected: str) -> None:
    day = now().replace(2026, 11, 25)
    with override(language):
        text = Template('{{ day|date:"YEAR_MONTH_FORMAT" }}').render(Context({"day": day}))

        assert text == date_format(day, "YEAR_MONTH_FORMAT") == expected
