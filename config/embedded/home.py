"""The private folder of the embedded servers: paths, passwords and locks."""

from __future__ import annotations

import fcntl
import json
import os
import secrets
from collections.abc import Iterator
from contextlib import contextmanager
from dataclasses import asdict, dataclass, field
from pathlib import Path

#: The roles of the embedded PostgreSQL and its database.
ADMIN, OWNER, APP, DATABASE = "headway_admin", "headway_owner", "headway_app", "headway"
BACKUP, OPERATOR = "headway_backup", "headway_operator"
PROJECT = Path(__file__).resolve().parent.parent.parent


class EmbeddedError(Exception):
    """Something the person who started the servers must know or do; the message says it in full."""


def _password() -> str:
    return secrets.token_hex(20)


@dataclass(frozen=True)
class Secrets:
    """What `secrets.json` holds. `home` tells this folder from an earlier one at the same path."""

    home: str = field(default_factory=lambda: secrets.token_hex(8))
    postgres_admin: str = field(default_factory=_password)
    postgres_owner: str = field(default_factory=_password)
    postgres_app: str = field(default_factory=_password)
    postgres_backup: str = field(default_factory=_password)
    postgres_operator: str = field(default_factory=_password)
    redis: str = field(default_factory=_password)
    secret_key: str = field(default_factory=lambda: secrets.token_urlsafe(50))


@dataclass(frozen=True)
class Home:
    """The folder itself. Root's lets the unprivileged user who runs PostgreSQL pass through, but not list it."""

    path: Path

    @classmethod
    def open(cls, path: Path | None = None) -> Home:
        """Return the folder in `path`, else in HEADWAY_HOME, else `.headway` in the project; made where missing."""
        chosen = path or Path(os.environ.get("HEADWAY_HOME") or PROJECT / ".headway")
        chosen = (chosen if chosen.is_absolute() else PROJECT / chosen).resolve()
        mode = 0o711 if os.geteuid() == 0 else 0o700
        chosen.mkdir(parents=True, exist_ok=True)
        about = chosen.stat()
        if about.st_uid != os.geteuid():
            raise EmbeddedError(f"{chosen} belongs to another user; choose a folder of your own with HEADWAY_HOME.")
        if about.st_mode & 0o777 != mode:
            chosen.chmod(mode)
        home = cls(chosen)
        home.log.mkdir(mode=0o700, exist_ok=True)
        return home

    @property
    def log(self) -> Path:
        """The folder of every log file."""
        return self.path / "log"

    def secrets(self) -> Secrets:
        """Return the passwords, made at the first call and kept in a file only its owner can read."""
        file = self.path / "secrets.json"
        with locked(self.path / "secrets.lock"):
            known: dict[str, str] = {}
            if file.exists():
                try:
                    known = json.loads(file.read_text())
                except ValueError as error:
                    raise EmbeddedError(f"{file} is damaged; remove {self.path} to begin again.") from error
            values = Secrets(**{name: known[name] for name in Secrets.__dataclass_fields__ if name in known})
            if asdict(values) != known:
                write_private(file, json.dumps(asdict(values), indent=2) + "\n")
        return values


def write_private(file: Path, text: str) -> None:
    """Write a file that only its owner can read, whole or not at all."""
    fresh = file.with_name(f"{file.name}.{os.getpid()}.new")
    fresh.unlink(missing_ok=True)
    descriptor = os.open(fresh, os.O_WRONLY | os.O_CREAT | os.O_EXCL, 0o600)
    with os.fdopen(descriptor, "w") as stream:
        stream.write(text)
        stream.flush()
        os.fsync(stream.fileno())
    fresh.replace(file)


@contextmanager
def locked(file: Path) -> Iterator[None]:
    """Hold a file's lock alone, waiting for whoever holds it; the system frees it when a holder dies."""
    descriptor = os.open(file, os.O_RDWR | os.O_CREAT, 0o600)
    try:
        fcntl.flock(descriptor, fcntl.LOCK_EX)
        yield
    finally:
        os.close(descriptor)
