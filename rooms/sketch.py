"""How many different people there were, in four kilobytes: a HyperLogLog (Flajolet et al., 2007)."""

from __future__ import annotations

import math
from hashlib import blake2b
from typing import Self

_BITS = 12
_REGISTERS = 1 << _BITS
_REST_BITS = 64 - _BITS
_ALPHA = 0.7213 / (1 + 1.079 / _REGISTERS)


class Sketch:
    """A set of which only the size can be told: some hundreds to within one or two, crowds to within 2 %.

    Adding somebody again changes nothing, and sketches from several processes and hours merge:
    so it can be kept, and tells nobody who was there.
    """

    __slots__ = ("_registers",)

    def __init__(self, registers: bytes = b"") -> None:
        self._registers = bytearray(registers.ljust(_REGISTERS, b"\0")[:_REGISTERS])

    def __bytes__(self) -> bytes:
        return bytes(self._registers)

    def __len__(self) -> int:
        """Return how many different names were added, about."""
        empty = self._registers.count(0)
        # Few enough to count by the registers that nobody fell into; that is far more precise.
        by_empty = _REGISTERS * math.log(_REGISTERS / empty) if empty else math.inf
        if by_empty <= 2.5 * _REGISTERS:
            return round(by_empty)
        return round(_ALPHA * _REGISTERS**2 / sum(2.0**-rank for rank in self._registers))

    def add(self, name: str) -> bool:
        """Add somebody; whether that changed anything."""
        found = int.from_bytes(blake2b(name.encode(), digest_size=8).digest())
        register, rest = found >> _REST_BITS, found & ((1 << _REST_BITS) - 1)
        rank = _REST_BITS - rest.bit_length() + 1
        if rank <= self._registers[register]:
            return False
        self._registers[register] = rank
        return True

    def merged(self, other: Self) -> Self:
        """Return the sketch of whoever is in either."""
        pairs = zip(self._registers, other._registers, strict=True)
        return type(self)(bytes(max(pair) for pair in pairs))
