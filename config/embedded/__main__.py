"""The command `python -m config.embedded`: run something on the embedded servers, or start, stop and show them."""

from __future__ import annotations

import argparse
import shlex
import sys
from collections.abc import Sequence

from config.embedded.home import EmbeddedError, Home
from config.embedded.keeper import SERVERS, Keeper
from config.embedded.running import end_on_signals, run, servers


def execute(home: Home, command: Sequence[str], *, fast: bool) -> int:
    """Run a command on the embedded servers; Ctrl-C and SIGTERM stop it and then them."""
    end_on_signals()
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
