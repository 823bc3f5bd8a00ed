"""Starting processes that end with their starter, and watching them."""

from __future__ import annotations

import ctypes
import os
import pwd
import signal
import socket
import subprocess
import sys
import time
from collections.abc import Callable, Mapping, Sequence
from dataclasses import dataclass
from pathlib import Path
from typing import IO, Any

#: What the servers get to see of the environment: nothing that could change how they behave.
PLAIN_ENVIRONMENT = {"PATH": "/usr/bin:/bin", "LC_ALL": "C", "TZ": "UTC"}
_PR_SET_PDEATHSIG = 1
_libc = ctypes.CDLL(None, use_errno=True) if sys.platform == "linux" else None


@dataclass(frozen=True)
class Running:
    """A server that answers: its process, its port on 127.0.0.1, and the signal that ends it in order."""

    process: subprocess.Popen[bytes]
    port: int
    stop_signal: int


def end_with_parent(number: int) -> None:
    """Have the kernel send this process `number` when its parent dies. Linux only; elsewhere it does nothing."""
    if _libc is not None:
        _libc.prctl(_PR_SET_PDEATHSIG, number, 0, 0, 0)


def dies_with_parent(number: int) -> Callable[[], None]:
    """Return what a child runs before its program so that it ends when this process dies.

    The kernel forgets the wish when a process changes its user, so it comes after that, as `preexec_fn` does.
    """
    parent = os.getpid()

    def ask() -> None:
        end_with_parent(number)
        if os.getppid() != parent:
            os.kill(os.getpid(), number)

    return ask


def unprivileged_user() -> tuple[int, int] | None:
    """The user and group ids that stand in for root, as PostgreSQL refuses to run as root; `None` for others."""
    if os.geteuid() != 0:
        return None
    try:
        nobody = pwd.getpwnam("nobody")
    except KeyError:
        return 65534, 65534
    return nobody.pw_uid, nobody.pw_gid


def as_user(user: tuple[int, int] | None) -> dict[str, Any]:
    """Arguments of `subprocess` that start a program as that user; its folder must be one that everybody can enter."""
    if user is None:
        return {}
    return {"user": user[0], "group": user[1], "extra_groups": []}


def start(
    command: Sequence[str | Path],
    *,
    log: IO[bytes],
    environment: Mapping[str, str],
    folder: Path = Path("/"),
    user: tuple[int, int] | None = None,
    on_parent_death: int = signal.SIGTERM,
) -> subprocess.Popen[bytes]:
    """Start a server in a session of its own, so that Ctrl-C in a terminal doesn't reach it."""
    return subprocess.Popen(
        [str(part) for part in command],
        stdin=subprocess.DEVNULL,
        stdout=log,
        stderr=subprocess.STDOUT,
        env=dict(environment),
        cwd=folder,
        start_new_session=True,
        preexec_fn=dies_with_parent(on_parent_death),
        **as_user(user),
    )


def stop(process: subprocess.Popen[bytes], number: int = signal.SIGTERM, *, patience: float = 20) -> None:
    """Ask a process made by `start` to end, wait `patience` seconds, then kill it and what it started."""
    if process.poll() is None:
        process.send_signal(number)
        try:
            process.wait(patience)
        except subprocess.TimeoutExpired:
            os.killpg(process.pid, signal.SIGKILL)
            process.wait()


def wait_gone(pid: int, seconds: float) -> bool:
    """Wait until no process has this id; False if one still does at the end."""
    end = time.monotonic() + seconds
    while time.monotonic() < end:
        if not alive(pid):
            return True
        time.sleep(0.05)
    return not alive(pid)


def alive(pid: int) -> bool:
    """Whether a process with this id exists, whoever owns it."""
    try:
        os.kill(pid, 0)
    except ProcessLookupError:
        return False
    except PermissionError:
        return True
    return True


def command_line(pid: int) -> str:
    """The words a running process was started with, else an empty string."""
    if not Path("/proc/self/cmdline").exists():
        command = ["ps", "-ww", "-o", "args=", "-p", str(pid)]
        return subprocess.run(command, capture_output=True, text=True, check=False).stdout.strip()
    try:
        return Path(f"/proc/{pid}/cmdline").read_bytes().replace(b"\0", b" ").decode(errors="replace").strip()
    except OSError:
        return ""


def free_port(wished: int | None = None) -> int:
    """A loopback port that nobody listens on: the wished one if it is free."""
    for port in [wished, 0] if wished else [0]:
        with socket.socket() as probe:
            probe.setsockopt(socket.SOL_SOCKET, socket.SO_REUSEADDR, 1)
            try:
                probe.bind(("127.0.0.1", port))
            except OSError:
                continue
            return int(probe.getsockname()[1])
    raise OSError("no free port on 127.0.0.1")


def tail(file: Path, lines: int = 20) -> str:
    """The last lines of a log, indented for a message."""
    try:
        text = file.read_bytes()[-20_000:].decode(errors="replace")
    except OSError:
        return ""
    return "\n".join("    " + line for line in text.splitlines()[-lines:])
