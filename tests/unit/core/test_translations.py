"""Every text that a person reads exists in Vietnamese, and what is compiled is what is written."""

from __future__ import annotations

import os
import shutil
import subprocess
import sys
from pathlib import Path

import polib
import pytest

BASE = Path(__file__).resolve().parents[3]
FOLDER = Path("streair/locale/vi/LC_MESSAGES")
SOURCES = ["accounts", "chat", "rooms", "streair", "streams", "templates"]

Key = tuple[str | None, str]


def keys(file: polib.POFile | polib.MOFile) -> set[Key]:
    return {(entry.msgctxt, entry.msgid) for entry in file if not entry.obsolete}


@pytest.fixture(scope="module")
def written() -> polib.POFile:
    return polib.pofile(str(BASE / FOLDER / "django.po"))


@pytest.fixture(scope="module")
def needed(tmp_path_factory: pytest.TempPathFactory) -> polib.POFile:
    """What the sources ask for, collected in a copy of the tree."""
    copy = tmp_path_factory.mktemp("sources")
    for name in SOURCES:
        ignored = shutil.ignore_patterns("__pycache__", "locale", "migrations")
        shutil.copytree(BASE / name, copy / name, ignore=ignored)
    shutil.copy(BASE / "manage.py", copy)
    (copy / "locale").mkdir()
    command = [sys.executable, "-m", "django", "makemessages", "--locale=vi", "--keep-pot"]
    # Without settings Django collects into ./locale.
    env = {key: value for key, value in os.environ.items() if key != "DJANGO_SETTINGS_MODULE"}
    subprocess.run(command, cwd=copy, env=env, check=True, stdout=subprocess.DEVNULL, timeout=60)
    return polib.pofile(str(copy / "locale/django.pot"))


def test_every_text_of_the_sources_is_translated(
    written: polib.POFile, needed: polib.POFile
) -> None:
    translated = {(entry.msgctxt, entry.msgid) for entry in written.translated_entries()}

    assert sorted(msgid for _, msgid in keys(needed) - translated) == []


def test_nothing_is_fuzzy_or_no_longer_used(written: polib.POFile, needed: polib.POFile) -> None:
    assert [entry.msgid for entry in written.fuzzy_entries()] == []
    assert sorted(msgid for _, msgid in keys(written) - keys(needed)) == []


def test_placeholders_survive_translation(written: polib.POFile) -> None:
    broken = [
        entry.msgid
        for entry in written
        if "python-format" in entry.flags
        and sorted(placeholders(entry.msgid)) != sorted(placeholders(entry.msgstr))
        and not entry.msgid_plural
    ]

    assert broken == []


def placeholders(text: str) -> list[str]:
    return [word.split(")")[0] for word in text.split("%(")[1:]]


def test_the_compiled_file_is_up_to_date(written: polib.POFile) -> None:
    compiled = polib.mofile(str(BASE / FOLDER / "django.mo"))

    texts = {(e.msgctxt, e.msgid, e.msgstr, str(e.msgstr_plural)) for e in compiled}
    assert texts == {
        (e.msgctxt, e.msgid, e.msgstr, str(e.msgstr_plural)) for e in written.translated_entries()
    }
