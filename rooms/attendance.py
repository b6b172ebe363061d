"""Who is in one room, as far as this process knows."""

from __future__ import annotations

from collections import Counter
from dataclasses import dataclass, field

from rooms.presence_store import Change


@dataclass(frozen=True, slots=True)
class Person:
    """Somebody who watches: a user (with a name), or a visitor known by a cookie (without)."""

    key: str
    user_id: int | None = None
    username: str = ""


@dataclass(slots=True)
class Attendance:
    """One room that somebody in this process has open."""

    watchers: int = 0  # Sockets and players, of people who count and of those who do not.
    people: Counter[str] = field(default_factory=Counter)
    came: set[str] = field(default_factory=set)  # Since the last report to the store.
    left: set[str] = field(default_factory=set)
    unseen: set[str] = field(default_factory=set)  # Who came since rooms.audience_book looked.
    most: int = 0  # People at once, since then.
    is_stale: bool = True  # Something changed, here or elsewhere: count again.
    total: int | None = None  # Over all processes, when last counted.
    counted_at: float = float("-inf")
    share: float = 1.0  # Of a person here: whoever is in two processes is half a person in each.
    announced: int | None = None
    was_guessed: bool = False  # Somebody who came was told another number than was announced.
    hides: bool = False  # The number is for the streamer alone.
    newcomer: Person | None = None  # The latest with a name, since the last announcement.
    leaver: Person | None = None

    @property
    def count(self) -> int:
        """What we know: the last count, and who came and left here since."""
        if self.total is None:
            return len(self.people)
        return max(self.total + len(self.came) - len(self.left), 0)

    @property
    def has_change(self) -> bool:
        """Whether there is something to report."""
        return bool(self.came or self.left)

    def note(self, person: Person, *, came: bool) -> None:
        """Remember a change for the next report; coming and going at once cancels out."""
        gained, lost = (self.came, self.left) if came else (self.left, self.came)
        if person.key in lost:
            lost.discard(person.key)
        else:
            gained.add(person.key)
        self.is_stale = True
        if came:
            self.unseen.add(person.key)
            self.most = max(self.most, self.count)
        if person.username:
            self.newcomer, self.leaver = (person, None) if came else (None, person)

    def take_change(self) -> Change:
        """Return what is to be reported, and forget it."""
        change = Change(came=frozenset(self.came), left=frozenset(self.left))
        self.came, self.left = set(), set()
        return change
