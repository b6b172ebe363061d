"""One of a kind for each event loop, which is to say: for each process."""

from __future__ import annotations

import asyncio
from collections.abc import Callable
from itertools import count
from typing import TypeVar, cast

T = TypeVar("T")

_numbers = count()


def per_loop(make: Callable[[], T]) -> Callable[[], T]:
    """Return a function that returns the running loop's own T, made when first asked for.

    Servers have one loop; every test has its own, and so nothing left over from another.
    """
    # Kept by the loop itself: whatever refers to the loop (any task does) goes when the loop goes.
    name = f"_streair_{next(_numbers)}"

    def current() -> T:
        kept = vars(asyncio.get_running_loop())
        if name not in kept:
            kept[name] = make()
        return cast("T", kept[name])

    return current
