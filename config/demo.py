"""The demo in one process: servers, data, web, workers and beat, until Ctrl-C or SIGTERM (`make demo`).

`python -m config.demo` runs it, `--reset` forgets its data, and `--while COMMAND...` runs a command beside it, with its
address in DEMO_URL and its logins in DEMO_LOGINS.
"""

from __future__ import annotations

import argparse
import fcntl
import json
import os
import select
import shutil
import signal
import socket
import subprocess
import sys
import time
import urllib.error
import urllib.request
from collections.abc import Callable, Iterator, Sequence
from contextlib import contextmanager
from pathlib import Path

from config.embedded import postgres, process
from config.embedded.home import PROJECT, EmbeddedError, Home
from config.embedded.keeper import SERVERS, Keeper
from config.embedded.running import PASSED_ON, VARIABLES, end_on_signals, run, servers

ROLES = ("admin", "manager", "salesperson")
#: What a reset leaves alone: tools, and the servers of tests and benchmarks with homes of their own inside this one.
FILES_OF_THE_DEMO = ("log", "media", "postgres", "redis", "static", "secrets.json", "postgres.json", "redis.json")
SECONDS_TO_STOP = 12


class AlreadyRunning(EmbeddedError):
    """Another demo holds this home; `known` is what it wrote about itself: pid and perhaps url and logins."""

    def __init__(self, known: dict[str, str]) -> None:
        """Keep what the other demo wrote."""
        where = f" at {known['url']}" if "url" in known else ""
        super().__init__(f"A demo already runs{where} (process {known.get('pid', 'unknown')}). Stop it first.")
        self.known = known


@contextmanager
def only_one(home: Home) -> Iterator[int]:
    """Hold the demo's lock and yield its file, or raise AlreadyRunning."""
    descriptor = os.open(home.path / "demo.lock", os.O_RDWR | os.O_CREAT, 0o600)
    try:
        try:
            fcntl.flock(descriptor, fcntl.LOCK_EX | fcntl.LOCK_NB)
        except BlockingIOError as error:
            raise AlreadyRunning(json.loads(os.pread(descriptor, 4000, 0) or "{}")) from error
        _write_down(descriptor, {"pid": str(os.getpid())})
        yield descriptor
    finally:
        os.close(descriptor)


def _write_down(descriptor: int, known: dict[str, str]) -> None:
    os.ftruncate(descriptor, 0)
    os.pwrite(descriptor, json.dumps(known).encode(), 0)


def wanted_port() -> int:
    """PORT of the environment, else 8000. Raises EmbeddedError if it is no port or somebody listens there."""
    text = os.environ.get("PORT") or "8000"
    if not text.isdigit() or not 0 < int(text) < 65536:
        raise EmbeddedError(f"PORT must be a number from 1 to 65535, not {text!r}.")
    with socket.socket() as probe:
        probe.setsockopt(socket.SOL_SOCKET, socket.SO_REUSEADDR, 1)
        try:
            probe.bind(("127.0.0.1", int(text)))
        except PermissionError as error:
            raise EmbeddedError(f"You may not listen on port {text}. Choose another: PORT=8001 make demo") from error
        except OSError as error:
            raise EmbeddedError(f"Port {text} is taken. Choose another: PORT={_next(text)} make demo") from error
    return int(text)


def _next(port: str) -> int:
    return process.free_port(int(port) + 1 if int(port) < 65535 else None)


def manage(home: Home, environment: dict[str, str], *words: str) -> str:
    """Run one management command to its end and return what it printed. Raises EmbeddedError with the log's end."""
    log = home.log / f"{words[0]}.log"
    with log.open("w+b") as stream:
        command = [sys.executable, str(PROJECT / "manage.py"), *words]
        child = process.start(command, log=stream, environment=environment, folder=PROJECT)
        try:
            code = child.wait()
        finally:
            process.stop(child, patience=5)
    if code:
        raise EmbeddedError(f"manage.py {' '.join(words)} failed. The end of {log}:\n{process.tail(log)}")
    return log.read_text()


def prepare(home: Home, environment: dict[str, str]) -> str:
    """Bring the database up to date and load the demo company where it is missing; return its logins, one a line."""
    _say("Preparing the database.")
    manage(home, environment, "migrate", "--no-input")
    if environment.get("DEBUG", "").lower() not in {"1", "true", "yes", "on"}:
        manage(home, environment, "collectstatic", "--no-input")
    _say("Loading the demo company (about a minute the first time).")
    manage(home, environment, "load_demo")
    found: dict[str, str] = {}
    for line in manage(home, environment, "load_demo", "--logins").splitlines():
        words = line.split()
        if len(words) == 3 and words[0] in ROLES:
            found.setdefault(words[0], " ".join(words))
    return "\n".join(found[role] for role in ROLES if role in found)


def commands(home: Home, port: int) -> dict[str, list[str]]:
    """What makes up the site, in the order in which it is stopped."""
    python = [sys.executable, "-m"]
    web = ["--bind", f"127.0.0.1:{port}", "--worker-class", "gthread", "--workers", "2", "--threads", "4"]
    shared_memory = ["--worker-tmp-dir", "/dev/shm"] if Path("/dev/shm").is_dir() else []  # noqa: S108 - gunicorn's advice
    celery = [*python, "celery", "-A", "config"]
    worker = ["worker", "--loglevel", "INFO", "--pool", "prefork"]
    schedule = str(home.path / "celerybeat-schedule")
    return {
        "web": [*python, "gunicorn", "config.wsgi", *web, *shared_memory, "--graceful-timeout", "8"],
        "beat": [*celery, "beat", "--loglevel", "INFO", "--schedule", schedule, "--pidfile="],
        "worker": [*celery, *worker, "--queues", "short", "--concurrency", "1"],
        "importer": [*celery, *worker, "--queues", "long", "--concurrency", "2", "--hostname", "importer@%h"],
    }


class Site:
    """Web, workers and beat while they run."""

    def __init__(self, home: Home) -> None:
        """Nothing runs yet."""
        self.home = home
        self.running: dict[str, subprocess.Popen[bytes]] = {}

    def start(self, environment: dict[str, str], port: int) -> None:
        """Start them all and wait until the site answers. Raises EmbeddedError if it doesn't within 90 seconds."""
        for name, command in commands(self.home, port).items():
            with (self.home.log / f"{name}.log").open("wb") as log:
                self.running[name] = process.start(command, log=log, environment=environment, folder=PROJECT)
        end = time.monotonic() + 90
        while not _answers(port):
            self.check()
            if time.monotonic() > end:
                log_file = self.home.log / "web.log"
                raise EmbeddedError(f"The site doesn't answer. The end of {log_file}:\n{process.tail(log_file)}")
            time.sleep(0.1)

    def check(self) -> None:
        """Raise EmbeddedError, with the end of its log, if one of them has ended."""
        for name, child in self.running.items():
            if (code := child.poll()) is not None:
                log = self.home.log / f"{name}.log"
                why = f"killed by {signal.Signals(-code).name}" if code < 0 else f"exit code {code}"
                raise EmbeddedError(f"The {name} process ended ({why}). The end of {log}:\n{process.tail(log)}")

    def stop(self) -> None:
        """Stop them in order, each with a time limit."""
        for child in self.running.values():
            process.stop(child, patience=SECONDS_TO_STOP)


def _answers(port: int) -> bool:
    try:
        with urllib.request.urlopen(f"http://127.0.0.1:{port}/livez", timeout=5) as answer:
            return int(answer.status) == 200
    except (urllib.error.URLError, OSError):
        return False


@contextmanager
def site(home: Home, choose_port: Callable[[], int]) -> Iterator[tuple[Site, str, str]]:
    """The whole demo: yield it once it answers, with its address and its logins, and stop it at the end."""
    with only_one(home) as lock:
        port = choose_port()
        _say("Starting PostgreSQL and Redis." if not os.environ.get("DATABASE_URL") else "Starting.")
        with servers(home, fast=False) as environment:
            environment.setdefault("DEBUG", "1")
            logins = prepare(home, environment)
            everything = Site(home)
            try:
                everything.start(environment, port)
                url = f"http://127.0.0.1:{port}/"
                _write_down(lock, {"pid": str(os.getpid()), "url": url, "logins": logins})
                yield everything, url, logins
            finally:
                for number in PASSED_ON:  # a second Ctrl-C must not leave half of it behind
                    signal.signal(number, signal.SIG_IGN)
                everything.stop()


def serve(home: Home) -> int:
    """Run the demo until a signal ends it (exit code 0) or a part of it dies (EmbeddedError)."""
    with site(home, wanted_port) as (everything, url, logins):
        _say(f"Open {url}\n{logins}\nCtrl-C stops it. Logs are in {home.log}.")
        wake, woken = os.pipe()
        os.set_blocking(woken, False)
        signal.set_wakeup_fd(woken)
        for number in PASSED_ON:
            if signal.getsignal(number) != signal.SIG_IGN:
                signal.signal(number, lambda *_: None)
        while not select.select([wake], [], [], 0.5)[0]:
            everything.check()
            _check_servers(home)
        _say("Stopping.")
    return 0


def _check_servers(home: Home) -> None:
    for name, variable in VARIABLES.items():
        if not os.environ.get(variable) and Keeper(home, name).pid() is None:
            log = home.log / f"{name}.log"
            raise EmbeddedError(f"The embedded {name} ended by itself. The end of {log}:\n{process.tail(log)}")


def beside(home: Home, command: Sequence[str]) -> int:
    """Run a command while the demo runs, starting it on a free port if it doesn't; return the command's exit code."""
    try:
        with site(home, process.free_port) as (_, url, logins):
            return run(command, dict(os.environ) | {"DEMO_URL": url, "DEMO_LOGINS": logins})
    except AlreadyRunning as other:
        if "url" not in other.known:
            raise
        known = {"DEMO_URL": other.known["url"], "DEMO_LOGINS": other.known["logins"]}
        return run(command, dict(os.environ) | known)


def reset(home: Home) -> int:
    """Forget the demo's data. Raises EmbeddedError while something uses them."""
    if os.environ.get("DATABASE_URL"):
        raise EmbeddedError("DATABASE_URL points to a database of your own, which this doesn't touch.")
    with only_one(home):
        for name in SERVERS:
            if Keeper(home, name).pid() is not None:
                raise EmbeddedError(f"The {name} of {home.path} is in use. Stop what uses it first.")
        postgres.remove_elsewhere(home)
        for name in FILES_OF_THE_DEMO:
            path = home.path / name
            if path.is_dir():
                shutil.rmtree(path)
            else:
                path.unlink(missing_ok=True)
        for path in home.path.glob("celerybeat-schedule*"):
            path.unlink()
    _say("The demo's data are gone. `make demo` begins anew.")
    return 0


def _say(text: str) -> None:
    print(text, flush=True)


def main() -> int:
    """Read the words of the command line and do what they say."""
    parser = argparse.ArgumentParser(prog="python -m config.demo", description=__doc__)
    parser.add_argument("--reset", action="store_true", help="forget the demo's data")
    parser.add_argument("--while", dest="beside", nargs=argparse.REMAINDER, help="run a command beside the demo")
    words = parser.parse_args()
    end_on_signals()
    if "MAKELEVEL" in os.environ:
        process.end_with_parent(signal.SIGTERM)
    try:
        home = Home.open()
        if words.reset:
            return reset(home)
        return beside(home, words.beside) if words.beside else serve(home)
    except EmbeddedError as error:
        print(error, file=sys.stderr)
        return 1


if __name__ == "__main__":
    sys.exit(main())
