"""The command `python -m config.embedded`: run something on the embedded servers, or start, stop and show them."""

from __future__ import annotations

import argparse
import contextlib
import os
import shlex
import signal
import subprocess
import sys
from collections.abc import Iterator, Sequence
from contextlib import ExitStack, contextmanager

from config.embedded import process
from config.embedded.home import EmbeddedError, Home
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


def _exit_on_signal(number: int, _frame: object) -> None:
    raise SystemExit(128 + number)


def execute(home: Home, command: Sequence[str], *, fast: bool) -> int:
    """Run a command on the embedded servers; Ctrl-C and SIGTERM stop it and then them."""
    for number in PASSED_ON:
        signal.signal(number, _exit_on_signal)
    with servers(home, fast=fast) as environment:
        return run(command, environment)


def start(home: Home, *, fast: bool) -> int:
    """Start the servers and leave them running until `stop`."""
    with servers(home, fast=fast):
        for name in SERVERS:
            if Keeper(home, name).pid() is not None:
                Keeper(home, name).stays.touch()
                print(f"{name} runs on port {Keeper(home, name).known()['port']}")
    return 0


def stop(home: Home) -> int:
    """Stop the servers, whoever uses them."""
    for name in SERVERS:
        Keeper(home, name).stays.unlink(missing_ok=True)
        Keeper(home, name).end()
    return 0


def show(home: Home) -> int:
    """Print the environment of the running servers as shell exports; exit code 1 if none runs."""
    values: dict[str, str] = {}
    for name, server in SERVERS.items():
        if Keeper(home, name).pid() is not None:
            values |= server.urls(home, Keeper(home, name).known()["port"])
    if not values:
        print("No server runs; begin with `python -m config.embedded start`.", file=sys.stderr)
        return 1
    values |= {"HEADWAY_HOME": str(home.path), "HEADWAY_EMBEDDED": "1", "DEBUG": "1"}
    values["SECRET_KEY"] = home.secrets().secret_key
    print("\n".join(f"export {name}={shlex.quote(value)}" for name, value in values.items()))
    return 0


def main() -> int:
    """Read the words of the command line and do what they say."""
    parser = argparse.ArgumentParser(prog="python -m config.embedded", description=__doc__)
    verbs = parser.add_subparsers(dest="verb", required=True)
    for verb, text in {
        "exec": "run a command on the servers, then stop what was started for it",
        "start": "start the servers and leave them running",
        "stop": "stop them",
        "env": "print the environment of the running servers",
    }.items():
        options = verbs.add_parser(verb, help=text)
        if verb in {"exec", "start"}:
            options.add_argument("--fast", action="store_true", help="for tests: faster, safe against nothing")
        if verb == "exec":
            options.add_argument("command", nargs=argparse.REMAINDER, metavar="-- COMMAND...")
    words = parser.parse_args()
    try:
        home = Home.open()
        if words.verb == "exec":
            command = words.command[1:] if words.command[:1] == ["--"] else words.command
            if not command:
                parser.error("exec needs a command")
            return execute(home, command, fast=words.fast)
        if words.verb == "start":
            return start(home, fast=words.fast)
        return stop(home) if words.verb == "stop" else show(home)
    except EmbeddedError as error:
        print(error, file=sys.stderr)
        return 1


if __name__ == "__main__":
    sys.exit(main())
