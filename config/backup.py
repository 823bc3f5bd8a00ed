"""One file with everything that can't be made again: the database, and uploads that wait for import.

The file is a tar archive with `database.dump` (PostgreSQL's own form) and `media/`. The dump is read by a role that
sees past row-level security and writes nothing; the owner doesn't see, since the policies hold for him too.

Source: docs/deployment.md, "Backup".
"""

import contextlib
import os
import re
import shutil
import subprocess
import tarfile
import tempfile
from collections.abc import Iterator, Sequence
from pathlib import Path
from typing import Any

from django.db.backends.base.base import BaseDatabaseWrapper

from config.embedded.home import EmbeddedError
from config.embedded.postgres import SYSTEM_PLACES, find_programs

DUMP, MEDIA = "database.dump", "media"


class BackupError(Exception):
    """Why there is no backup, or nothing was restored; the message says it in full."""


def back_up(connection: BaseDatabaseWrapper, media: Path, file: Path) -> int:
    """Write `file`, whole or not at all and for its owner's eyes alone; returns its size in bytes."""
    if file.exists():
        raise BackupError(f"{file} exists; a backup never overwrites another.")
    unfinished = file.with_name(f"{file.name}.unfinished")
    try:
        with tempfile.TemporaryDirectory(dir=file.parent, prefix=".backup-") as folder:
            dump = Path(folder) / DUMP
            _run(connection, "pg_dump", "--format=custom", "--no-owner", "--no-privileges", f"--file={dump}")
            # After the dump: a file that no row knows of does no harm, a row whose file is missing does.
            with os.fdopen(os.open(unfinished, os.O_WRONLY | os.O_CREAT | os.O_EXCL, 0o600), "wb") as stream:
                with tarfile.open(fileobj=stream, mode="w") as archive:
                    archive.add(dump, DUMP)
                    _add_media(archive, media)
                stream.flush()
                os.fsync(stream.fileno())
        unfinished.rename(file)
    except OSError as error:
        raise BackupError(f"{file} could not be written: {error}") from error
    finally:
        unfinished.unlink(missing_ok=True)
    return file.stat().st_size


def _add_media(archive: tarfile.TarFile, media: Path) -> None:
    for path in sorted(media.rglob("*")):
        with contextlib.suppress(FileNotFoundError):  # its import ended meanwhile
            if path.is_file() and not path.is_symlink():
                archive.add(path, f"{MEDIA}/{path.relative_to(media)}")


def restore(connection: BaseDatabaseWrapper, media: Path, file: Path) -> None:
    """Put a backup into an empty database and an empty folder, as the role that is to own the tables.

    One transaction: a restore that fails leaves the database as empty as it was.
    """
    with connection.cursor() as cursor:
        cursor.execute("SELECT count(*) FROM pg_class WHERE relnamespace = 'public'::regnamespace")
        if cursor.fetchone() != (0,):
            raise BackupError("The database isn't empty. Make another and restore into that; nothing is overwritten.")
    if media.exists() and any(media.iterdir()):
        raise BackupError(f"{media} isn't empty. Move its files away first; nothing is overwritten.")
    try:
        with tempfile.TemporaryDirectory(dir=file.parent, prefix=".restore-") as folder, tarfile.open(file) as archive:
            archive.extractall(folder, filter="data")
            dump = Path(folder) / DUMP
            if not dump.exists():
                raise BackupError(f"{file} holds no {DUMP}, so it is no backup of Headway.")
            _run(connection, "pg_restore", "--no-owner", "--no-privileges", "--single-transaction", str(dump))
            media.mkdir(parents=True, exist_ok=True)
            for part in (Path(folder) / MEDIA).glob("*"):
                shutil.move(part, media / part.name)
    except (OSError, tarfile.TarError) as error:
        raise BackupError(f"{file} could not be read: {error}") from error


def _run(connection: BaseDatabaseWrapper, program: str, *options: str) -> None:
    """Run one of PostgreSQL's programs on a database; the password goes by the environment, which others can't see."""
    settings = connection.settings_dict
    major = connection.pg_version // 10_000  # type: ignore[attr-defined]
    environment = {"PATH": os.environ.get("PATH", ""), "PGCONNECT_TIMEOUT": "10"}
    where = {"PGHOST": "HOST", "PGPORT": "PORT", "PGUSER": "USER", "PGPASSWORD": "PASSWORD", "PGDATABASE": "NAME"}
    environment |= {name: str(settings[key]) for name, key in where.items() if settings[key]}
    for name, value in settings["OPTIONS"].items():
        if name.startswith("ssl"):
            environment[f"PG{name.upper()}"] = str(value)
    database = [f"--dbname={settings['NAME']}"] if program == "pg_restore" else []
    command = [str(_program(program, major)), "--no-password", *database, *options]
    _call(command, environment)


def _call(command: Sequence[str], environment: dict[str, Any]) -> None:
    done = subprocess.run(command, env=environment, capture_output=True, text=True, check=False)
    if done.returncode:
        raise BackupError(f"{Path(command[0]).name} failed:\n{done.stderr.strip()[-2000:]}")


def _program(name: str, major: int) -> Path:
    """The program of a PostgreSQL at least as new as the server: an older one refuses."""
    for path in _programs(name):
        answer = subprocess.run([path, "--version"], capture_output=True, text=True, check=False).stdout
        version = re.search(r"\) (\d+)", answer)
        if version and int(version[1]) >= major:
            return path
    raise BackupError(f"No {name} of PostgreSQL {major} or newer was found. Debian: apt-get install postgresql-client")


def _programs(name: str) -> Iterator[Path]:
    if found := shutil.which(name):
        yield Path(found)
    for pattern in SYSTEM_PLACES:
        yield from sorted(Path("/").glob(f"{pattern.lstrip('/')}/{name}"), reverse=True)
    with contextlib.suppress(EmbeddedError):
        yield find_programs().folder / name
