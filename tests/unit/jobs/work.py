"""Tasks that tests put into the queue: each does what it is called."""

from __future__ import annotations

from django.db import OperationalError
from django_tasks import task

from streair.core.tasks import GivenUp, TryLater

done: list[str] = []


@task()
def write_down(word: str) -> None:
    done.append(word)


@task()
def find_it_away(secret: str = "") -> None:
    raise TryLater(f"smtp://user:{secret}@mail refused")


@task()
def lose_the_database() -> None:
    raise OperationalError("server closed the connection")


@task()
def give_up() -> None:
    raise GivenUp("No such mailbox.")


@task()
def stumble() -> None:
    raise RuntimeError("A mistake of ours.")
