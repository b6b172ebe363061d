"""`python -m streams.sidecar`, or `make ingest`: an ingest node for a StreAir on another machine, until SIGTERM."""

from __future__ import annotations

import sys

from streair import logs
from streams.sidecar import process
from streams.sidecar.setup import BadSetup, Setup


def main() -> int:
    """Run; return the exit status."""
    try:
        logs.begin()
        process.run(Setup.from_environment())
    except (BadSetup, ValueError) as exc:
        print(exc, file=sys.stderr)  # noqa: T201 - for whoever starts it.
        return 2
    except process.CannotRun as exc:
        print(exc, file=sys.stderr)  # noqa: T201 - as above.
        return 1
    return 0


if __name__ == "__main__":
    sys.exit(main())
