"""The database as one file, and back: each kind by its own tools, while the site runs."""

from __future__ import annotations

import contextlib
import os
import shutil
import sqlite3
import subprocess
from pathlib import Path
from typing import Protocol

from django.db import connection
from django.db.backends.postgresql.client import DatabaseClient
from django.utils.translation import gettext_lazy as _

from streair.core.backups.manifest import BackupError

# What SQLite keeps beside its file.
_BESIDE = ("-wal", "-shm", "-journal")


class Database(Protocol):
    """The database that DATABASE_URL names."""

    def is_in_use(self) -> bool:
        """Whether somebody else is connected to it."""

    def save(self, file: Path) -> None:
        """Write all of it, as of one moment, to `file`, or raise BackupError."""

    def load(self, file: Path, aside: Path) -> None:
        """Put what `save` wrote in the place of what is there, which is kept in the folder `aside`.

        Raises BackupError; then all is as it was.
        """


def current_database() -> Database:
    """Return the one this site uses, or raise BackupError."""
    if connection.vendor == "sqlite":
        return Sqlite(Path(connection.settings_dict["NAME"]))
    if connection.vendor == "postgresql":
        return Postgres()
    raise BackupError(_("Backups are made of SQLite and PostgreSQL."))


class Sqlite:
    """A file, which SQLite copies as of one moment beside whoever writes."""

    def __init__(self, path: Path) -> None:
        self._path = path

    def is_in_use(self) -> bool:
        return False  # Whoever uses the file holds one of DATA_DIR's locks.

    def save(self, file: Path) -> None:
        try:
            with (
                contextlib.closing(
                    sqlite3.connect(f"file:{self._path}?mode=ro", uri=True)
                ) as source,
                contextlib.closing(sqlite3.connect(file)) as copy,
            ):
                source.backup(copy)
                # One file: the copy needs nothing beside it.
                copy.execute("PRAGMA journal_mode=DELETE")
                _check(copy)
        except sqlite3.Error as exc:
            raise BackupError(_("The database cannot be copied: %s") % exc) from exc

    def load(self, file: Path, aside: Path) -> None:
        try:
            with contextlib.closing(sqlite3.connect(f"file:{file}?mode=ro", uri=True)) as found:
                _check(found)
        except sqlite3.Error as exc:
            raise BackupError(_("The database in the backup is damaged: %s") % exc) from exc
        connection.close()
        # It may lie on another disk than DATA_DIR: what can fail for want of room comes first.
        staged = self._path.with_name(f"{self._path.name}.restored")
        shutil.move(file, staged)
        for end in ("", *_BESIDE):
            part = self._path.with_name(self._path.name + end)
            if part.exists():
                shutil.copy2(part, aside / part.name)
        for end in _BESIDE:
            self._path.with_name(self._path.name + end).unlink(missing_ok=True)
        staged.rename(self._path)


def _check(database: sqlite3.Connection) -> None:
    (said,) = database.execute("PRAGMA quick_check(1)").fetchone()
    if said != "ok":
        raise sqlite3.DatabaseError(said)


class Postgres:
    """A database on a server, read and written by PostgreSQL's own programs."""

    _portable = ("--no-owner", "--no-privileges", "--no-comments")

    def is_in_use(self) -> bool:
        # Our pool may hold several connections: from here on ours have a name of their own.
        connection.close()
        connection.close_pool()  # type: ignore[attr-defined]  # Of this kind of database alone.
        os.environ["PGAPPNAME"] = f"streair-restore-{os.getpid()}"
        with connection.cursor() as cursor:
            cursor.execute(
                "SELECT count(*) FROM pg_stat_activity WHERE datname = current_database()"
                " AND application_name <> current_setting('application_name')"
                " AND backend_type = 'client backend'"
            )
            (others,) = cursor.fetchone()
        return bool(others)

    def save(self, file: Path) -> None:
        _run("pg_dump", "--format=custom", *self._portable, f"--file={file}")

    def load(self, file: Path, aside: Path) -> None:
        self.save(aside / file.name)
        script = file.with_suffix(".sql")
        # Connected to the database it would restore at once; as a script it joins the transaction below.
        _run("pg_restore", *self._portable, f"--file={script}", str(file), on_server=False)
        tables = connection.introspection.table_names()
        quoted = ", ".join(map(connection.ops.quote_name, tables))
        drop = f"DROP TABLE {quoted} CASCADE" if tables else "SELECT 1"
        connection.close()
        # All or nothing: what is there goes in the transaction that brings the other.
        transaction = ("--quiet", "--no-psqlrc", "--single-transaction", "--set=ON_ERROR_STOP=1")
        patience = "--command=SET lock_timeout = '10s'"
        _run("psql", *transaction, patience, f"--command={drop}", f"--file={script}")


def _run(program: str, *args: str, on_server: bool = True) -> None:
    """Run one of PostgreSQL's programs, or raise BackupError with what it said."""
    command, env = [program], None
    if on_server:
        (_psql, *where), env = DatabaseClient.settings_to_cmd_args_env(connection.settings_dict, [])
        command += [*(f"--dbname={where[-1]}",), *where[:-1]]
    try:
        done = subprocess.run(
            [*command, *args],
            env={**os.environ, **(env or {}), "LC_ALL": "C.UTF-8"},
            stdin=subprocess.DEVNULL,
            stdout=subprocess.DEVNULL,
            stderr=subprocess.PIPE,
            text=True,
            check=False,
        )
    except FileNotFoundError as exc:
        raise BackupError(
            _("%s is missing. Install postgresql-client, in the server's version or a newer one.")
            % program
        ) from exc
    if done.returncode:
        said = done.stderr.strip().splitlines()
        raise BackupError(
            _("%(program)s failed: %(said)s")
            % {"program": program, "said": said[0] if said else done.returncode}
        )
