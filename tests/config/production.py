"""The services of docker-compose.yml, started for real: their own commands and settings, on servers of the tests."""

import os
import re
import subprocess
import sys
import time
import urllib.error
import urllib.request
from collections.abc import Callable
from dataclasses import dataclass, field
from email.message import Message
from pathlib import Path
from typing import Any

import yaml  # comes with djlint

from config.embedded.home import PROJECT

VARIABLE = re.compile(r"\$\$|\$\{(\w+)(?::?([-?])([^}]*))?\}")
COMPOSE: dict[str, Any] = yaml.safe_load((PROJECT / "docker-compose.yml").read_text())
SERVICES: dict[str, dict[str, Any]] = COMPOSE["services"]


def env_file() -> dict[str, str]:
    """What .env.example says, with secrets in it."""
    lines = [line.split("=", 1) for line in (PROJECT / ".env.example").read_text().splitlines()]
    pairs = {line[0]: line[1] for line in lines if len(line) == 2 and not line[0].startswith("#")}
    return {name: os.urandom(32).hex() if value == "generated" else value for name, value in pairs.items()}


def filled(text: str, values: dict[str, str]) -> str:
    """The text with `${NAME:-default}` and `${NAME:?needed}` put in, as compose does."""

    def value(match: "re.Match[str]") -> str:
        name, kind, rest = match.groups()
        if name is None:
            return "$"
        if found := values.get(name):
            return found
        assert kind != "?", f"{name} is needed"
        return rest or ""

    return VARIABLE.sub(value, text)


@dataclass
class Production:
    """Processes with the settings of a service, and what they wrote to their logs."""

    folder: Path
    values: dict[str, str]
    overrides: dict[str, str]
    running: dict[str, "subprocess.Popen[bytes]"] = field(default_factory=dict)

    def command(self, name: str) -> list[str]:
        """A service's command line; its program is the one beside this Python."""
        words = [filled(word, self.values) for word in SERVICES[name]["command"]]
        program = sys.executable if words[0] == "python" else str(Path(sys.executable).parent / words[0])
        return [program, *words[1:]]

    def environment(self, name: str) -> dict[str, str]:
        """A service's settings and nothing else, but for where the test's servers and folders are."""
        given = SERVICES[name]["environment"]
        known = {key: filled(str(text), self.values) for key, text in given.items() if text is not None}
        image = {"HEADWAY_HOME": str(self.folder / "home"), "STATIC_ROOT": str(self.folder / "static")}
        image |= {"PATH": os.environ["PATH"], "PYTHONUNBUFFERED": "1", "LISTEN": "127.0.0.1"}
        image |= {"PYTHONWARNINGS": "ignore"}  # Celery's about running as root, which a container does not
        return image | known | {key: text for key, text in self.overrides.items() if key in known or key == "PORT"}

    def run(self, name: str, command: list[str] | None = None) -> "subprocess.CompletedProcess[str]":
        """A service that ends by itself, or another command with its settings."""
        return subprocess.run(
            command or self.command(name),
            cwd=PROJECT,
            env=self.environment(name),
            capture_output=True,
            text=True,
            check=False,
            timeout=90,
        )

    def start(self, name: str) -> None:
        """A service that stays."""
        with self.log(name).open("wb") as log:
            self.running[name] = subprocess.Popen(
                self.command(name), cwd=PROJECT, env=self.environment(name), stdout=log, stderr=subprocess.STDOUT
            )

    def log(self, name: str) -> Path:
        """Where what it prints is kept."""
        return self.folder / f"{name}.log"

    def ends_of_logs(self) -> str:
        """For the message of a failed test."""
        return "\n".join(f"{name}:\n{self.log(name).read_text()[-2000:]}" for name in self.running)

    def stop(self, name: str) -> int:
        """Ask it to end, as `docker compose stop` does; returns its exit code."""
        child = self.running.pop(name)
        child.terminate()
        try:
            return child.wait(30)
        except subprocess.TimeoutExpired:
            child.kill()
            raise


@dataclass(frozen=True)
class Answer:
    """What came back for a request, without following it on."""

    status: int
    headers: Message
    body: str


class _Stay(urllib.request.HTTPRedirectHandler):
    def redirect_request(self, *args: Any, **kwargs: Any) -> None:
        return None


def ask(url: str, *, context: Any = None, **headers: str) -> Answer:
    """One request."""
    named = {name.replace("_", "-"): value for name, value in headers.items()}
    opener = urllib.request.build_opener(_Stay, urllib.request.HTTPSHandler(context=context))
    try:
        with opener.open(urllib.request.Request(url, headers=named), timeout=10) as answer:
            return Answer(answer.status, answer.headers, answer.read().decode())
    except urllib.error.HTTPError as error:
        return Answer(error.code, error.headers, error.read().decode())


def eventually(condition: Callable[[], bool], seconds: float = 40) -> bool:
    """Whether it becomes true in time."""
    end = time.monotonic() + seconds
    while not condition():
        if time.monotonic() > end:
            return False
        time.sleep(0.1)
    return True
