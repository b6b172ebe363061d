"""Tickets say what they were signed for, and nothing else."""

from __future__ import annotations

import jwt
import pytest

from streams.edge.tickets import BadTicket, Purpose, Ticket, read, sign

SECRET = "s" * 40


@pytest.mark.parametrize("ticket", [Ticket("abc"), Ticket("abc", "somebody")])
def test_a_ticket_says_what_was_signed(ticket: Ticket) -> None:
    assert read(sign(ticket, Purpose.WATCH, secret=SECRET), Purpose.WATCH, secret=SECRET) == ticket


def test_a_viewer_may_not_read_as_an_edge() -> None:
    text = sign(Ticket("abc"), Purpose.WATCH, secret=SECRET)

    with pytest.raises(BadTicket):
        read(text, Purpose.PULL, secret=SECRET)


@pytest.mark.parametrize(
    "text",
    [
        "",
        "nonsense",
        "x" * 5000,
        sign(Ticket("abc"), Purpose.WATCH, secret="t" * 40),
        sign(Ticket("abc"), Purpose.WATCH, secret=SECRET)[:-2],
        jwt.encode({"sub": "abc", "aud": "streair-watch"}, SECRET, algorithm="HS256"),
        jwt.encode({"sub": "abc", "aud": "streair-watch", "exp": 1}, SECRET, algorithm="HS256"),
        jwt.encode({"sub": "abc", "aud": "streair-watch", "exp": 1 << 40}, "", algorithm="none"),
        jwt.encode({"sub": "abc", "aud": "streair-watch", "exp": 1 << 40}, SECRET * 2, "HS512"),
    ],
    ids=["empty", "nonsense", "long", "foreign", "cut", "endless", "old", "unsigned", "other"],
)
def test_what_is_no_ticket_of_ours_is_refused(text: str) -> None:
    with pytest.raises(BadTicket):
        read(text, Purpose.WATCH, secret=SECRET)
