"""How much is said from one address."""

from __future__ import annotations

from chat.runtime.places import MESSAGES, SECONDS, Places


class Clock:
    """A clock that is set by hand."""

    def __init__(self) -> None:
        self.now = 100.0

    def __call__(self) -> float:
        return self.now


def test_an_address_may_say_so_much_at_once_and_then_as_much_as_runs_in() -> None:
    clock = Clock()
    places = Places(clock)

    assert [places.take("192.0.2.1") for _ in range(MESSAGES)] == [0] * MESSAGES
    assert places.take("192.0.2.1") == 1
    assert places.take("192.0.2.2") == 0
    clock.now += SECONDS / 2 + 0.01

    taken = [places.take("192.0.2.1") for _ in range(MESSAGES)]
    assert taken == [0] * (MESSAGES // 2) + [1] * (MESSAGES // 2)


def test_what_was_not_said_does_not_count() -> None:
    places = Places(Clock())

    for _ in range(2 * MESSAGES):
        assert places.take("192.0.2.1") == 0
        places.give_back("192.0.2.1")

    places.give_back("192.0.2.9")
    assert [places.take("192.0.2.9") for _ in range(MESSAGES + 1)] == [0] * MESSAGES + [1]


def test_addresses_that_have_been_silent_are_forgotten() -> None:
    clock = Clock()
    places = Places(clock)
    for number in range(200):
        places.take(f"192.0.2.{number}")

    clock.now += SECONDS
    places.take("198.51.100.1")

    assert len(places) == 1
