"""What is read from /proc."""

from __future__ import annotations

import os
import subprocess

from tests.load import usage

SPIN = "import time\nwhile time.process_time() < 0.3: pass\nprint(flush=True)\ninput()"


def test_a_tree_counts_with_its_children() -> None:
    with subprocess.Popen(["cat"], stdin=subprocess.PIPE) as child:
        assert child.pid in usage.tree(os.getpid())
        assert usage.memory_bytes(child.pid) > 0


def test_cpu_time_is_what_a_process_used() -> None:
    command = ["/usr/bin/env", "python3", "-c", SPIN]
    with subprocess.Popen(command, stdin=subprocess.PIPE, stdout=subprocess.PIPE) as child:
        assert child.stdout is not None
        child.stdout.readline()

        assert 0.25 < usage.cpu_seconds(usage.tree(child.pid)) < 1
        child.communicate(b"\n")


def test_a_core_has_been_busy_since_boot() -> None:
    assert usage.busy_seconds(0) > 0
