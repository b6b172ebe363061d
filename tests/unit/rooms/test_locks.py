"""Passwords of rooms, and the tickets of those who knew one."""

from __future__ import annotations

from datetime import timedelta

import time_machine
from django.utils.timezone import now

from rooms.locks import (
    TICKET_SECONDS,
    Pass,
    fits,
    hash_password,
    held_tickets,
    is_password,
    lock_of,
    ticket_for,
)
from rooms.permissions import may_stay


def test_a_password_is_stored_with_salt() -> None:
    first, second = hash_password("sesame"), hash_password("sesame")

    assert first != second
    assert "sesame" not in first
    assert is_password("sesame", first)
    assert not is_password("Sesame", first)


def test_no_password_fits_a_room_without_one() -> None:
    assert not is_password("", "")


def test_a_ticket_fits_one_room_and_one_password() -> None:
    stored = hash_password("sesame")
    ticket = ticket_for(lock_of("abc", stored))

    assert fits(ticket, lock_of("abc", stored))
    assert not fits(ticket, lock_of("abd", stored))
    assert not fits(ticket, lock_of("abc", hash_password("sesame")))


def test_a_made_up_ticket_fits_nothing() -> None:
    lock = lock_of("abc", "stored")

    assert not fits(lock, lock)
    assert not fits("", lock)
    assert not fits("a:b:c", lock)
    assert not fits("\x00é", lock)


def test_a_ticket_runs_out() -> None:
    lock = lock_of("abc", "stored")
    ticket = ticket_for(lock)

    with time_machine.travel(now() + timedelta(seconds=TICKET_SECONDS + 5)):
        assert not fits(ticket, lock)


def test_tickets_come_by_cookie_or_as_apps_send_them() -> None:
    assert held_tickets("abc", {"room-abc": "one", "room-abd": "other"}, "two", "") == [
        "one",
        "two",
    ]


def test_owners_and_holders_of_the_right_ticket_may_stay() -> None:
    assert may_stay(Pass(), owner_id=7, lock="")
    assert may_stay(Pass(lock="new"), owner_id=7, lock="new")
    assert may_stay(Pass(user_id=7), owner_id=7, lock="new")
    assert not may_stay(Pass(lock="old"), owner_id=7, lock="new")
    assert not may_stay(Pass(user_id=8), owner_id=7, lock="new")
    assert not may_stay(Pass(), owner_id=7, lock="new")
