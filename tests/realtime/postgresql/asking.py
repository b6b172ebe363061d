"""A question over whichever wire there is."""

from __future__ import annotations

from typing import Any

from streair.core.postgresql.wires import Wires


async def ask(wires: Wires, text: str, **values: Any) -> list[tuple[Any, ...]]:
    async with wires.borrow() as wire:
        (rows,) = await wire.ask((text, values))
    return rows
