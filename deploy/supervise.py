"""supervisord with a quicker pulse: it starts a crashed part again within 0.1 s instead of 1 s.

Its loop looks at its programs once a second, which is fixed in its code; only the wait between two looks
passes through the poller.
"""

from __future__ import annotations

from typing import Any

from supervisor import poller, supervisord

PULSE_SECONDS = 0.1


class QuickPoller(poller.Poller):  # type: ignore[misc]  # The package has no types.
    """Waits for its programs' output, but never for long."""

    def poll(self, timeout: float) -> Any:
        return super().poll(min(timeout, PULSE_SECONDS))


if __name__ == "__main__":
    poller.Poller = QuickPoller
    supervisord.main()
