"""Holds one running server for as long as somebody uses it.

Every command that uses a server holds a shared lock on its `users` file; the system frees it however the command ends.
The keeper is a process of its own that owns the server. It stops it once no user is left, unless it was asked to stay.
So two commands share a server, the one that began first may end first, and one that is killed leaves nothing behind.
"""

from __future__ import annotations

import contextlib
import fcntl
import json
import os
import select
import signal
import subprocess
import sys
import time
from collections.abc import Callable, Iterator
from contextlib import ExitStack, contextmanager
from pathlib import Path
from types import ModuleType
from typing import Any, cast

from config.embedded import postgres, process, redis
from config.embedded.home import PROJECT, EmbeddedError, Home, locked, write_private

SERVERS: dict[str, ModuleType] = {"postgres": postgres, "redis": redis}


class Keeper:
    """The files through which commands and the keeper of one server meet, and what a command does with them."""

    def __init__(self, home: Home, name: str) -> None:
        """Name the files; nothing is opened yet."""
        self.home, self.name = home, name
        self.users = home.path / f"{name}.users"
        self.held = home.path / f"{name}.keeper"
        self.state = home.path / f"{name}.json"
        self.stays = home.path / f"{name}.stays"
        self.log = home.log / f"{name}-keeper.log"

    def pid(self) -> int | None:
        """The running keeper's process id, else `None`. The lock tells, so a stale number is never believed."""
        descriptor = os.open(self.held, os.O_RDWR | os.O_CREAT, 0o600)
        try:
            fcntl.flock(descriptor, fcntl.LOCK_SH | fcntl.LOCK_NB)
        except BlockingIOError:
            text = os.pread(descriptor, 20, 0)
            return int(text) if text.strip().isdigit() else None
        finally:
            os.close(descriptor)
        return None

    def known(self) -> dict[str, Any]:
        """What the last keeper wrote about its server: port and fast."""
        try:
            known = json.loads(self.state.read_text())
        except (OSError, ValueError):
            return {}
        return known if isinstance(known, dict) else {}

    @contextmanager
    def in_use(self, *, fast: bool) -> Iterator[Callable[[], dict[str, str]]]:
        """Use the server, started if need be, and yield what waits for it and returns the variables that point to it.

        The last user stops it, and waits for that. Raises EmbeddedError if it can't be started.
        """
        descriptor = os.open(self.users, os.O_RDWR | os.O_CREAT, 0o600)
        try:
            fcntl.flock(descriptor, fcntl.LOCK_SH)
            with ExitStack() as starting:
                starting.enter_context(locked(self.home.path / f"{self.name}.start"))
                keeper = self._begin(fast=fast) if self.pid() is None else None
                if keeper is None and not fast and self.known().get("fast"):
                    print(f"Using the {self.name} of a test run, which keeps nothing safe.", file=sys.stderr)

                def ready() -> dict[str, str]:
                    if keeper is not None:
                        self._wait(keeper)
                    starting.close()
                    return cast("dict[str, str]", SERVERS[self.name].urls(self.home, int(self.known()["port"])))

                yield ready
        finally:
            with contextlib.suppress(BlockingIOError):
                fcntl.flock(descriptor, fcntl.LOCK_EX | fcntl.LOCK_NB)
                if not self.stays.exists():
                    self.end()
            os.close(descriptor)

    def end(self) -> None:
        """Stop the server, whoever uses it, and wait until its keeper is gone."""
        pid = self.pid()
        if pid is None:
            return
        with contextlib.suppress(ProcessLookupError):
            os.kill(pid, signal.SIGTERM)
        end = time.monotonic() + 45
        while self.pid() == pid:
            if time.monotonic() > end:
                raise EmbeddedError(f"The {self.name} of {self.home.path} doesn't stop (its keeper is process {pid}).")
            time.sleep(0.02)

    def _begin(self, *, fast: bool) -> subprocess.Popen[bytes]:
        command = [sys.executable, "-m", "config.embedded.keeper", self.name, str(self.home.path)]
        with self.log.open("wb") as log:
            return subprocess.Popen(
                [*command, *(["--fast"] if fast else [])],
                stdin=subprocess.DEVNULL,
                stdout=subprocess.PIPE,
                stderr=log,
                cwd=PROJECT,
                start_new_session=True,
            )

    def _wait(self, keeper: subprocess.Popen[bytes]) -> None:
        """Wait for the one word of a keeper that begins: "ready", else what is wrong."""
        try:
            answer = keeper.stdout.read().decode() if keeper.stdout else ""
        except BaseException:
            keeper.terminate()
            raise
        if answer != "ready":
            keeper.wait()
            raise EmbeddedError(answer or f"The keeper of {self.name} failed:\n{process.tail(self.log)}")


def keep(home: Home, name: str, *, fast: bool) -> int:
    """Start a server and hold it: the whole life of a keeper. Returns the exit code."""
    files = Keeper(home, name)
    held = os.open(files.held, os.O_RDWR | os.O_CREAT, 0o600)
    wake, woken = os.pipe()
    os.set_blocking(woken, False)
    signal.set_wakeup_fd(woken)
    for number in (signal.SIGTERM, signal.SIGINT, signal.SIGHUP):
        signal.signal(number, lambda *_: None)
    try:
        fcntl.flock(held, fcntl.LOCK_EX | fcntl.LOCK_NB)
        os.ftruncate(held, 0)
        os.pwrite(held, str(os.getpid()).encode(), 0)
        running = SERVERS[name].launch(home, fast=fast, wished_port=files.known().get("port"))
    except (EmbeddedError, OSError) as error:
        _answer(f"Another start of {name} is under way." if isinstance(error, BlockingIOError) else str(error))
        return 1
    try:
        write_private(files.state, json.dumps({"port": running.port, "fast": fast, "pid": running.process.pid}) + "\n")
        _answer("ready")
        users = os.open(files.users, os.O_RDWR | os.O_CREAT, 0o600)
        while running.process.poll() is None:
            if select.select([wake], [], [], 0.5)[0]:
                return 0
            if not files.stays.exists():
                with contextlib.suppress(BlockingIOError):
                    # Kept until the end: whoever comes now waits until this server is gone, then starts another.
                    fcntl.flock(users, fcntl.LOCK_EX | fcntl.LOCK_NB)
                    return 0
        print(f"{name} ended by itself with code {running.process.returncode}", file=sys.stderr)
        return 1
    finally:
        process.stop(running.process, running.stop_signal)


def _answer(text: str) -> None:
    """Tell the waiting command and let go of it, so that it doesn't wait for more."""
    with contextlib.suppress(BrokenPipeError):  # the command was killed meanwhile; its lock is free, so we end soon
        os.write(sys.stdout.fileno(), text.encode())
    nowhere = os.open(os.devnull, os.O_WRONLY)
    os.dup2(nowhere, sys.stdout.fileno())
    os.close(nowhere)


if __name__ == "__main__":
    sys.exit(keep(Home.open(Path(sys.argv[2])), sys.argv[1], fast="--fast" in sys.argv))
