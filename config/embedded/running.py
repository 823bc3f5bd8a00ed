"""Running a command with the environment that points to the servers, and passing signals on to it."""

from __future__ import annotations

import contextlib
import os
import signal
import subprocess
import sys
from collections.abc import Iterator, Sequence
from contextlib import ExitStack, contextmanager

from config.embedded import process
from config.embedded.home import Home
from config.embedded.keeper import SERVERS, Keeper

VARIABLES = {"postgres": "DATABASE_URL", "redis": "REDIS_URL"}
PASSED_ON = (signal.SIGINT, signal.SIGTERM, signal.SIGHUP)


@contextmanager
def servers(home: Home, *, fast: bool) -> Iterator[dict[str, str]]:
    """Start what DATABASE_URL and REDIS_URL don't already give, and yield the whole environment for a command."""
    environment = dict(os.environ)
    with ExitStack() as stack:
        missing = [name for name in SERVERS if not environment.get(VARIABLES[name])]
        waits = [stack.enter_context(Keeper(home, name).in_use(fast=fast)) for name in missing]
        for wait in waits:
            environment |= wait()
        if missing:
            environment |= {"HEADWAY_EMBEDDED": "1"}
            environment.setdefault("DEBUG", "1")
        if not environment.get("SECRET_KEY"):
            environment["SECRET_KEY"] = home.secrets().secret_key
        environment["HEADWAY_HOME"] = str(home.path)
        yield environment


def run(command: Sequence[str], environment: dict[str, str]) -> int:
    """Run a command to its end, pass signals on to it, and return its exit code (128 + the signal that ended it)."""
    child: subprocess.Popen[bytes] | None = None
    early: list[int] = []

    def pass_on(number: int, _frame: object) -> None:
        if child is None:
            early.append(number)
        elif not (number == signal.SIGINT and _in_foreground()):
            with contextlib.suppress(ProcessLookupError):
                child.send_signal(number)

    before = {number: signal.signal(number, pass_on) for number in PASSED_ON}
    try:
        child = subprocess.Popen(list(command), env=environment, preexec_fn=process.dies_with_parent(signal.SIGTERM))
        for number in early:
            child.send_signal(number)
        code = child.wait()
    except FileNotFoundError:
        print(f"{command[0]}: command not found", file=sys.stderr)
        return 127
    except PermissionError:
        print(f"{command[0]}: permission denied", file=sys.stderr)
        return 126
    finally:
        for number, handler in before.items():
            signal.signal(number, handler)
    return 128 - code if code < 0 else code


def _in_foreground() -> bool:
    """Whether a terminal's Ctrl-C reaches the command by itself, since it shares our process group."""
    try:
        terminal = os.open("/dev/tty", os.O_RDONLY | os.O_NOCTTY)
    except OSError:
        return False
    try:
        return os.tcgetpgrp(terminal) == os.getpgrp()
    except OSError:
        return False
    finally:
        os.close(terminal)


def end_on_signals() -> None:
    """Let Ctrl-C, SIGTERM and a closed terminal end this program through its `finally` blocks; `nohup` is respected."""
    for number in PASSED_ON:
        if number != signal.SIGHUP or signal.getsignal(number) != signal.SIG_IGN:
            signal.signal(number, _exit)


def _exit(number: int, _frame: object) -> None:
    raise SystemExit(128 + number)
