"""Who is told what the relay notices."""

from typing import Protocol

from streams.relay.inspector import Report


class Observer(Protocol):
    """Hears about rooms. Called on the event loop: must neither block nor raise."""

    def first_keyframe(self, key: str, url: str) -> None:
        """A publishing run at `url` has shown its first picture."""

    def described(self, key: str, url: str, report: Report) -> None:
        """What is known about the stream has changed. At most once a second."""

    def lost(self, key: str, url: str) -> None:
        """Media had been flowing from `url`, and has stopped."""


class SilentObserver:
    """Wants to know nothing."""

    def first_keyframe(self, key: str, url: str) -> None:
        pass

    def described(self, key: str, url: str, report: Report) -> None:
        pass

    def lost(self, key: str, url: str) -> None:
        pass
