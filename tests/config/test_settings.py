"""The settings are the same in the code, the guide, the compose file and the example."""

import re

import pytest
from django.conf import settings

from config.embedded.home import PROJECT
from tests.config.production import SERVICES, VARIABLE, env_file

READ = re.compile(
    r"""env\.\w+\(\s*["']([A-Z_]+)["']|os\.environ(?:\.get\(|\[)["']([A-Z_]+)["']|["'](DATABASE_(?:\w+_)?URL)["']"""
)
SOURCES = ("config/settings.py", "config/gunicorn.py", "config/roles.py")
# The image sets these itself, or they are for developing.
NOT_IN_COMPOSE = {"HEADWAY_HOME", "MEDIA_ROOT", "STATIC_ROOT", "PORT", "LISTEN", "DEBUG", "HEADWAY_EMBEDDED", "RELEASE"}


def read() -> set[str]:
    """The variables that the code asks the environment for."""
    return {name for file in SOURCES for match in READ.findall((PROJECT / file).read_text()) for name in match if name}


def documented() -> set[str]:
    guide = (PROJECT / "docs/deployment.md").read_text()
    table = guide[guide.index("## Settings") : guide.index("## The database's roles")]
    return {name for row in re.findall(r"^\| (`.*?) \|", table, re.MULTILINE) for name in re.findall(r"`(\w+)`", row)}


def test_the_guide_names_every_setting_and_no_other() -> None:
    assert documented() == read()


def test_the_containers_are_given_every_setting() -> None:
    given = {name for service in SERVICES.values() for name in service.get("environment", {})}
    assert read() - NOT_IN_COMPOSE - given == set()


def test_the_example_has_whatever_the_compose_file_asks_for() -> None:
    text = (PROJECT / "docker-compose.yml").read_text()
    asked = {name for name, kind, _ in VARIABLE.findall(text) if kind == "?"}
    assert asked - set(env_file()) == set()
    mentioned = set(re.findall(r"^#? ?([A-Z_]+)=", (PROJECT / ".env.example").read_text(), re.MULTILINE))
    known = {name for name, _, _ in VARIABLE.findall(text) if name} | read()
    assert mentioned - known == set(), "the example sets what nobody reads"


@pytest.mark.parametrize("app", sorted({name.split(".")[0] for name in settings.INSTALLED_APPS}))
def test_the_image_gets_every_app(app: str) -> None:
    if (PROJECT / app).is_dir():
        assert f"!{app}\n" in (PROJECT / ".dockerignore").read_text()
