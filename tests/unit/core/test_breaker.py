"""Of many who need a server that is away, one in a while finds out; all others are told at once."""

from __future__ import annotations

import threading
from concurrent.futures import ThreadPoolExecutor

import pytest

from streair.core.breaker import Breaker, Resting


class Server:
    """Answers or does not, and counts who asked."""

    def __init__(self) -> None:
        self.is_up = True
        self.asked = 0
        self.now = 100.0
        self.breaker = Breaker("The server", rest_seconds=5, clock=lambda: self.now)

    def ask(self) -> str:
        return self.breaker.run(self._answer, OSError)

    def _answer(self) -> str:
        self.asked += 1
        if not self.is_up:
            raise TimeoutError
        return "an answer"


@pytest.fixture
def server() -> Server:
    return Server()


def fails(server: Server) -> str:
    with pytest.raises(OSError) as failure:
        server.ask()
    return type(failure.value).__name__


def test_a_server_that_answers_is_asked_each_time(server: Server) -> None:
    assert [server.ask() for _ in range(3)] == ["an answer"] * 3
    assert server.asked == 3


def test_one_that_failed_is_left_alone_for_a_while(server: Server) -> None:
    server.is_up = False

    assert [fails(server) for _ in range(4)] == ["TimeoutError", *["Resting"] * 3]
    server.now += 5
    assert [fails(server) for _ in range(4)] == ["TimeoutError", *["Resting"] * 3]
    assert server.asked == 2


def test_it_is_asked_again_once_it_answered(server: Server) -> None:
    server.is_up = False
    fails(server)
    server.is_up = True
    server.now += 5

    assert [server.ask() for _ in range(3)] == ["an answer"] * 3
    assert not server.breaker.is_away


def test_while_one_finds_out_the_others_do_not_wait(server: Server) -> None:
    server.is_up = False
    fails(server)
    server.now += 60
    go_on, has_begun = threading.Event(), threading.Event()

    def hang() -> None:
        has_begun.set()
        assert go_on.wait(10)

    with ThreadPoolExecutor(1) as thread:
        trial = thread.submit(server.breaker.run, hang, OSError)
        assert has_begun.wait(10)
        refused = [fails(server) for _ in range(3)]
        go_on.set()
        trial.result(10)

    assert refused == ["Resting"] * 3
    server.is_up = True
    assert server.ask() == "an answer"


def test_a_mistake_of_ours_says_nothing_about_the_server(server: Server) -> None:
    server.is_up = False
    fails(server)
    server.is_up = True
    server.now += 5

    def blunder() -> None:
        raise LookupError

    with pytest.raises(LookupError):
        server.breaker.run(blunder, OSError)
    assert server.ask() == "an answer"


def test_resting_is_a_failure_of_the_connection() -> None:
    assert issubclass(Resting, ConnectionError)
