"""`python -m streams.sidecar`, or `make ingest`: an ingest node for a StreAir on another machine, until SIGTERM."""

from __future__ import annotations

import sys
from dataclasses import replace

from streair import logs
from streams.sidecar import process
from streams.sidecar.node.app import NodeApp, answering
from streams.sidecar.node.config import Config
from streams.sidecar.setup import BadSetup, Setup


def main() -> int:
    """Run; return the exit status."""
    try:
        logs.begin()
        _run()
    except (BadSetup, ValueError) as exc:
        print(exc, file=sys.stderr)  # noqa: T201 - for whoever starts it.
        return 2
    except process.CannotRun as exc:
        print(exc, file=sys.stderr)  # noqa: T201 - as above.
        return 1
    return 0


def _run() -> None:
    setup = Setup.from_environment()
    config = Config.from_environment(setup)
    app = NodeApp(config, port=setup.port)
    with answering(app, config):
        process.run(replace(setup, hook_log=app.hooks.address))


if __name__ == "__main__":
    sys.exit(main())
