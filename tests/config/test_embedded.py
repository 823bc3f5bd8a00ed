"""The embedded servers, really launched in a folder of their own."""

import json
import os
import re
import signal
import socket
import stat
import subprocess
import sys
import time
from collections.abc import Callable, Iterator
from contextlib import closing
from pathlib import Path
from typing import Any

import psycopg
import pytest

from config.embedded import postgres, process
from config.embedded.home import PROJECT, Home
from config.embedded.keeper import SERVERS, Keeper

OURS = ("DATABASE_URL", "DATABASE_OWNER_URL", "REDIS_URL", "HEADWAY_EMBEDDED", "DEBUG", "SECRET_KEY")


@pytest.fixture(scope="module")
def home(tmp_path_factory: pytest.TempPathFactory) -> Iterator[Path]:
    path = tmp_path_factory.mktemp("embedded")
    yield path
    embedded(path, "stop")
    postgres.remove_elsewhere(Home(path))


def environment(home: Path) -> dict[str, str]:
    kept = {name: value for name, value in os.environ.items() if name not in OURS}
    return kept | {"HEADWAY_HOME": str(home), "PYTHONUNBUFFERED": "1"}


def embedded(home: Path, *words: str, **more: str) -> "subprocess.CompletedProcess[str]":
    return subprocess.run(
        [sys.executable, "-m", "config.embedded", *words],
        cwd=PROJECT,
        env=environment(home) | more,
        capture_output=True,
        text=True,
        timeout=90,
        check=False,
    )


def run_until_ready(home: Path, script: str) -> "subprocess.Popen[str]":
    """An `exec` whose script has printed its first line."""
    child = subprocess.Popen(
        [sys.executable, "-m", "config.embedded", "exec", "--fast", "--", "sh", "-c", script],
        cwd=PROJECT,
        env=environment(home),
        stdout=subprocess.PIPE,
        text=True,
        start_new_session=True,
    )
    assert child.stdout is not None
    assert child.stdout.readline().strip() == "ready"
    return child


def server_pids(home: Path) -> list[int]:
    return [int(Keeper(Home(home), name).known()["pid"]) for name in SERVERS]


def eventually(condition: Callable[[], bool], seconds: float = 20) -> bool:
    end = time.monotonic() + seconds
    while not condition():
        if time.monotonic() > end:
            return False
        time.sleep(0.1)
    return True


def all_gone(home: Path) -> bool:
    return not any(process.alive(pid) for pid in server_pids(home)) and not any(
        Keeper(Home(home), name).pid() for name in SERVERS
    )


def query(url: str, statement: str) -> list[tuple[Any, ...]]:
    with closing(psycopg.connect(url)) as connection:
        return connection.execute(statement.encode()).fetchall()


def test_exec_sets_the_environment_and_returns_the_exit_code(home: Path) -> None:
    done = embedded(home, "exec", "--fast", "--", "sh", "-c", "env; exit 7")
    assert done.returncode == 7, done.stderr
    values = dict(line.split("=", 1) for line in done.stdout.splitlines() if "=" in line)
    assert values["DATABASE_URL"].startswith("postgres://headway_app:")
    assert values["DATABASE_OWNER_URL"].startswith("postgres://headway_owner:")
    assert re.fullmatch(r"redis://:\w+@127\.0\.0\.1:\d+/0", values["REDIS_URL"])
    assert (values["HEADWAY_EMBEDDED"], values["DEBUG"], values["HEADWAY_HOME"]) == ("1", "1", str(home))
    assert len(values["SECRET_KEY"]) >= 50
    assert all_gone(home)


def test_secrets_are_for_their_owner_alone(home: Path) -> None:
    embedded(home, "exec", "--fast", "--", "true")
    secrets = home / "secrets.json"
    assert stat.S_IMODE(secrets.stat().st_mode) == 0o600
    assert stat.S_IMODE((home / "redis" / "redis.conf").stat().st_mode) == 0o600
    assert stat.S_IMODE(home.stat().st_mode) in {0o700, 0o711}
    values = json.loads(secrets.read_text())
    assert len(set(values.values())) == len(values)


def test_start_env_stop_and_the_roles(home: Path) -> None:
    started = embedded(home, "start", "--fast")
    assert started.returncode == 0, started.stderr
    ports = {name: Keeper(Home(home), name).known()["port"] for name in SERVERS}
    shown = embedded(home, "env")
    values = dict(re.findall(r"export (\w+)='?([^'\n]+)", shown.stdout))

    roles = query(
        values["DATABASE_URL"],
        "SELECT rolname, rolcanlogin, rolsuper, rolbypassrls, rolcreatedb, rolcreaterole FROM pg_roles "
        "WHERE rolname IN ('headway_app', 'headway_owner') ORDER BY 1",
    )
    assert roles == [
        ("headway_app", True, False, False, False, False),
        ("headway_owner", True, False, False, True, False),
    ]
    assert query(values["DATABASE_URL"], "SELECT datdba::regrole::text FROM pg_database WHERE datname = 'headway'") == [
        ("headway_owner",)
    ]
    assert query(values["DATABASE_URL"], "SELECT lower('ÄÉ'), current_setting('server_encoding')") == [("äé", "UTF8")]
    with pytest.raises(psycopg.errors.InsufficientPrivilege):
        query(values["DATABASE_URL"], "CREATE TABLE mine (id int)")
    with pytest.raises(psycopg.OperationalError, match="password authentication failed"):
        query(re.sub(r":\w+@", ":wrong@", values["DATABASE_URL"]), "SELECT 1")

    pids = server_pids(home)
    assert embedded(home, "exec", "--fast", "--", "true").returncode == 0
    assert server_pids(home) == pids, "a command uses the servers that run and leaves them running"
    assert embedded(home, "stop").returncode == 0
    assert all_gone(home)
    assert embedded(home, "env").returncode == 1
    embedded(home, "exec", "--fast", "--", "true")
    assert {name: Keeper(Home(home), name).known()["port"] for name in SERVERS} == ports, "ports are remembered"


def test_a_database_of_ones_own_is_used_instead(home: Path) -> None:
    done = embedded(
        home,
        "exec",
        "--",
        "sh",
        "-c",
        "echo $DATABASE_URL $REDIS_URL ${HEADWAY_EMBEDDED-none}",
        DATABASE_URL="postgres://mine",
        REDIS_URL="redis://mine",
    )
    assert done.stdout.split() == ["postgres://mine", "redis://mine", "none"]


def test_two_commands_share_the_servers_and_the_last_one_stops_them(home: Path) -> None:
    first = run_until_ready(home, "echo ready; exec sleep 60")
    second = run_until_ready(home, "echo ready; exec sleep 60")
    pids = server_pids(home)
    first.send_signal(signal.SIGTERM)
    assert first.wait(30) == 128 + signal.SIGTERM
    assert all(process.alive(pid) for pid in pids)
    second.send_signal(signal.SIGINT)
    assert second.wait(30) == 128 + signal.SIGINT
    assert all_gone(home)


def test_a_killed_command_leaves_nothing_behind(home: Path) -> None:
    child = run_until_ready(home, "echo ready; exec sleep 60")
    child.kill()
    child.wait()
    assert eventually(lambda: all_gone(home))


@pytest.mark.skipif(sys.platform != "linux", reason="only Linux tells a child that its parent died")
def test_killed_keepers_take_their_servers_along(home: Path) -> None:
    child = run_until_ready(home, "echo ready; exec sleep 60")
    for name in SERVERS:
        pid = Keeper(Home(home), name).pid()
        assert pid is not None
        os.kill(pid, signal.SIGKILL)
    assert eventually(lambda: all_gone(home))
    child.terminate()
    child.wait(30)
    assert embedded(home, "exec", "--fast", "--", "true").returncode == 0


def test_stale_files_and_a_taken_port_are_overcome(home: Path) -> None:
    embedded(home, "exec", "--fast", "--", "true")
    port = Keeper(Home(home), "postgres").known()["port"]
    folder = postgres.data_folder(Home(home), process.unprivileged_user())
    # A number that lives, but is no server of ours: this very test.
    (folder / "data" / "postmaster.pid").write_text(f"{os.getpid()}\n{folder / 'data'}\n")
    (folder / "data.new").mkdir()
    (folder / "data.new" / "PG_VERSION").write_text("18\n")
    with socket.socket() as thief:
        thief.setsockopt(socket.SOL_SOCKET, socket.SO_REUSEADDR, 1)
        thief.bind(("127.0.0.1", port))
        thief.listen()
        done = embedded(home, "exec", "--fast", "--", "sh", "-c", "echo $DATABASE_URL")
    assert done.returncode == 0, done.stderr
    assert f":{port}/" not in done.stdout


def test_a_first_start_that_was_cut_short_is_repeated(tmp_path: Path) -> None:
    child = subprocess.Popen(
        [sys.executable, "-m", "config.embedded", "exec", "--fast", "--", "true"],
        cwd=PROJECT,
        env=environment(tmp_path),
        start_new_session=True,
        stderr=subprocess.DEVNULL,
    )
    keeper = Keeper(Home(tmp_path), "postgres")
    assert eventually(lambda: keeper.held.exists() and keeper.pid() is not None)
    pid = keeper.pid()
    assert pid is not None
    os.kill(pid, signal.SIGKILL)
    assert child.wait(60) == 1
    assert embedded(tmp_path, "exec", "--fast", "--", "true").returncode == 0
    assert all_gone(tmp_path)
    postgres.remove_elsewhere(Home(tmp_path))


@pytest.mark.skipif(os.geteuid() != 0, reason="only root needs another user")
def test_root_runs_postgres_as_somebody_else(home: Path) -> None:
    child = run_until_ready(home, "echo ready; exec sleep 60")
    pid = Keeper(Home(home), "postgres").known()["pid"]
    assert Path(f"/proc/{pid}").stat().st_uid != 0
    child.terminate()
    child.wait(30)


def test_a_missing_command_is_said(home: Path) -> None:
    done = embedded(home, "exec", "--fast", "--", "no-such-command")
    assert (done.returncode, done.stderr) == (127, "no-such-command: command not found\n")
