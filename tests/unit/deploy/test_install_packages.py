"""System packages: nothing is done when all is here; what is missing is named for whoever can install."""

from __future__ import annotations

import os
import shutil
import subprocess
from pathlib import Path

import pytest

DEPLOY = Path(__file__).resolve().parents[3] / "deploy"


class Installer:
    """The script beside a package list of the test's own, on a PATH with chosen commands only."""

    def __init__(self, folder: Path) -> None:
        self.folder = folder
        self.bin = folder / "bin"
        self.bin.mkdir()
        for name in ("install-packages", "find-python"):
            shutil.copy(DEPLOY / name, folder)
        for name in ("sh", "dirname", "ls", "python3"):
            found = shutil.which(name, path="/usr/bin:/bin")
            assert found is not None
            (self.bin / name).symlink_to(found)
        self.command("id", "echo 1000")

    def command(self, name: str, script: str) -> None:
        """Put a command on the PATH that leaves a trace when it is called."""
        path = self.bin / name
        path.write_text(f'#!/bin/sh\necho "{name} $*" >>{self.folder}/called\n{script}\n')
        path.chmod(0o755)

    def packages(self, text: str) -> None:
        (self.folder / "packages.txt").write_text(text)

    def run(self, *groups: str) -> subprocess.CompletedProcess[str]:
        return subprocess.run(
            ["sh", str(self.folder / "install-packages"), *groups],
            env={"PATH": str(self.bin)},
            capture_output=True,
            text=True,
            check=False,
            timeout=30,
        )

    def called(self) -> str:
        path = self.folder / "called"
        return path.read_text() if path.exists() else ""


@pytest.fixture
def installer(tmp_path: Path) -> Installer:
    return Installer(tmp_path)


def test_nothing_is_called_when_everything_is_here(installer: Installer) -> None:
    installer.packages("run bash command:sh\nrun base file:/bin/l?\nrun python3 python\n")
    installer.command("apt-get", "exit 1")

    done = installer.run("run")

    assert (done.returncode, done.stdout, done.stderr) == (0, "", "")
    assert installer.called() == ""


def test_without_root_and_sudo_it_says_what_root_has_to_type(installer: Installer) -> None:
    installer.packages(
        "run one command:no-such-command\nrun two file:/no/such/*\ntest three command:no-such\n"
    )
    installer.command("apt-get", "exit 1")

    done = installer.run("run")

    assert done.returncode == 1
    assert "apt-get update && apt-get install -y --no-install-recommends one two\n" in done.stderr
    assert "apt-get" not in installer.called()


def test_with_sudo_it_asks_sudo_and_looks_again(installer: Installer) -> None:
    installer.packages("run one command:one\ntest two command:two\n")
    installer.command("apt-get", "exit 1")
    for name in ("cat", "chmod"):
        os.symlink(f"/bin/{name}", installer.bin / name)
    made = f"{installer.bin}/one {installer.bin}/two"
    installer.command("sudo", f"for f in {made}; do echo >$f; chmod 755 $f; done")

    done = installer.run("run", "test")

    assert done.returncode == 0, done.stderr
    assert f"sudo sh {installer.folder}/install-packages --as-root one two\n" in installer.called()


def test_a_failed_installation_is_told(installer: Installer) -> None:
    installer.packages("run one command:one\n")
    installer.command("apt-get", "exit 1")
    installer.command("sudo", "exit 1")

    done = installer.run("run")

    assert done.returncode == 1
    assert "apt-get install -y --no-install-recommends one\n" in done.stderr


def test_every_package_of_the_project_has_a_known_group_and_probe() -> None:
    lines = [line.split() for line in (DEPLOY / "packages.txt").read_text().splitlines()]
    packages = [words for words in lines if words and words[0] != "#"]

    assert {words[0] for words in packages} == {"run", "serve", "app", "ingest", "edge", "test"}
    assert all(len(words) == 3 for words in packages)
    assert {words[2].split(":")[0] for words in packages} == {"command", "file", "python"}


def test_whoever_names_a_python_gets_that_one(installer: Installer) -> None:
    command = ["sh", str(installer.folder / "find-python")]
    env = {"PATH": str(installer.bin)}

    chosen = subprocess.run(
        command,
        env={**env, "PYTHON": "nothing.of.the.kind python3"},
        capture_output=True,
        text=True,
        check=True,
    )
    assert chosen.stdout.strip() == str(installer.bin / "python3")

    missing = subprocess.run(command, env={**env, "PYTHON": "nothing.of.the.kind"}, check=False)
    assert missing.returncode == 1
