"""One style sheet and one script for each page, made of the small files that developers work on."""

from __future__ import annotations

import re
import shutil
import subprocess
from pathlib import Path

_IMPORT = re.compile(r'@import url\("(?P<path>[^"]+)"\) layer\((?P<layer>\w+)\);')
_COMMENT = re.compile(r"/\*.*?\*/", re.DOTALL)
_FILE = re.compile(r"\burl\((?!\"data:)")


class BundleError(Exception):
    """What cannot be joined, and why; collectstatic shows it and stops."""


def sheets_in(sheet: Path) -> list[Path]:
    """Return the sheets that `sheet` imports."""
    return [sheet.parent / found["path"] for found in _IMPORT.finditer(_without_comments(sheet))]


def join_style(sheet: Path) -> str:
    """Return `sheet` with what it imports in place, each in its layer, without comments.

    Takes only what static/css has: one level of `@import url("…") layer(…);`. Anything else
    would change what wins over what, so it is an error.
    """

    def content(found: re.Match[str]) -> str:
        path = sheet.parent / found["path"]
        text = _without_comments(path)
        if "@import" in text:
            raise BundleError(f"{found['path']} imports another sheet; only {sheet.name} may.")
        if _FILE.search(text) and path.parent != sheet.parent:
            raise BundleError(f"{found['path']} names a file: only sheets beside {sheet.name} may.")
        return f"@layer {found['layer']} {{\n{text}\n}}"

    joined = _IMPORT.sub(content, _without_comments(sheet))
    if "@import" in joined:
        raise BundleError(f'{sheet.name}: imports are written @import url("…") layer(…);')
    return joined + "\n"


def _without_comments(path: Path) -> str:
    text = _COMMENT.sub("", path.read_text())
    return "\n".join(line for line in text.splitlines() if line.strip())


def join_script(module: Path, folder: Path) -> None:
    """Write `module`, with all that it imports, into `folder` under its own name.

    What it imports only later (`await import(…)`) becomes a file of its own beside it. One
    module at a time: parts that several pages share would else become files to wait for.
    """
    program = shutil.which("esbuild")
    if program is None:
        raise BundleError("esbuild is missing: `deploy/install-packages run` brings it.")
    options = ("--bundle", "--splitting", "--format=esm", "--target=es2022", "--minify")
    quietly = ("--charset=utf8", "--log-level=warning", f"--outdir={folder}")
    done = subprocess.run(
        [program, str(module), *options, *quietly],
        capture_output=True,
        text=True,
        check=False,
        timeout=60,
    )
    if done.returncode or done.stderr:  # Warnings, too: nobody would read them in a log.
        raise BundleError(f"esbuild does not take {module.name}:\n{done.stderr}")
