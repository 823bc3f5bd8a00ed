"""Every service of docker-compose.yml, started by its own command with its own settings; nothing here is simulated.

What it can't show without an engine: the image itself, and the two servers' own settings, which are read instead.
"""

import json
import os
import shutil
import ssl
import subprocess
import sys
from collections.abc import Iterator
from datetime import UTC, datetime, timedelta
from pathlib import Path
from typing import Any
from urllib.parse import urlsplit

import psycopg
import pytest
import redis
from cryptography import x509
from cryptography.hazmat.primitives import hashes, serialization
from cryptography.hazmat.primitives.asymmetric import ec
from cryptography.x509.oid import NameOID

from config.celery import app as celery_app
from config.embedded import process
from config.embedded.home import ADMIN, PROJECT, Home
from tests.config.production import SERVICES, Production, ask, env_file, eventually
from tests.own_redis import next_database

HOST = "headway.test"
DATABASE, ROLES = (
    "test_production",
    ("test_production_owner", "test_production_app", "test_production_backup", "test_production_operator"),
)

pytestmark = pytest.mark.skipif(
    "HEADWAY_EMBEDDED" not in os.environ, reason="makes roles, so it needs a PostgreSQL of its own"
)


def superuser_url() -> str:
    port = urlsplit(os.environ["DATABASE_URL"]).port
    return f"postgres://{ADMIN}:{Home.open().secrets().postgres_admin}@127.0.0.1:{port}/postgres"


def clean() -> None:
    with psycopg.connect(superuser_url(), autocommit=True) as connection:
        connection.execute(f"DROP DATABASE IF EXISTS {DATABASE} WITH (FORCE)".encode())
        for role in ROLES:
            connection.execute(f"DROP ROLE IF EXISTS {role}".encode())


@pytest.fixture(scope="module")
def production(tmp_path_factory: pytest.TempPathFactory) -> Iterator[Production]:
    folder = tmp_path_factory.mktemp("production")
    values = env_file() | {"SITE_HOST": HOST}
    server = urlsplit(os.environ["DATABASE_URL"]).netloc.split("@")[1]
    owner, app, backup, operator = (f"postgres://{role}:{os.urandom(16).hex()}@{server}/{DATABASE}" for role in ROLES)
    queue = next_database(os.environ["REDIS_URL"], 32)
    overrides = {
        "DATABASE_SUPERUSER_URL": superuser_url(),
        "DATABASE_OWNER_URL": owner,
        "DATABASE_URL": app,
        "DATABASE_BACKUP_URL": backup,
        "DATABASE_ADMIN_URL": operator,
        "REDIS_URL": queue,
        "PORT": str(process.free_port()),
    }
    clean()
    redis.Redis.from_url(queue).flushdb()
    site = Production(folder, values, overrides)
    (folder / "home").mkdir()
    try:
        for name in ("roles", "migrate"):
            done = site.run(name)
            assert done.returncode == 0, f"{name}: {done.stderr}"
        assert site.run("web", [sys.executable, "manage.py", "collectstatic", "--no-input"]).returncode == 0
        for name in ("web", "worker", "importer", "beat"):
            site.start(name)
        assert eventually(lambda: ready(site), 30), site.ends_of_logs()
        yield site
    finally:
        for name in list(site.running):
            site.stop(name)
        clean()


def web(production: Production, path: str) -> str:
    return f"http://127.0.0.1:{production.overrides['PORT']}{path}"


def over_tls(production: Production, path: str, *, host: str = HOST, **more: str) -> Any:
    return ask(web(production, path), Host=host, X_Forwarded_Proto="https", **more)


def ready(production: Production) -> bool:
    assert all(child.poll() is None for child in production.running.values()), production.ends_of_logs()
    try:
        return ask(web(production, "/readyz"), Host=HOST).status == 200
    except OSError:
        return False


def lines(production: Production, name: str) -> list[dict[str, Any]]:
    return [json.loads(line) for line in production.log(name).read_text().splitlines() if line.strip()]


def test_the_site_becomes_ready(production: Production) -> None:
    assert json.loads(ask(web(production, "/readyz"), Host=HOST).body) == {
        "ready": True,
        "checks": dict.fromkeys(("database", "migrations", "jobs", "redis", "beat"), "ok"),
    }
    assert ask(web(production, "/livez"), Host=HOST).body == "ok"
    assert production.run("web", [sys.executable, "-m", "config.healthcheck"]).returncode == 0
    assert production.run("web", [sys.executable, "-m", "config.healthcheck", "/nothing"]).returncode == 1


def test_pages_leave_over_tls_alone_with_every_protection(production: Production) -> None:
    plain = ask(web(production, "/accounts/login/"), Host=HOST)
    assert (plain.status, plain.headers["Location"]) == (301, f"https://{HOST}/accounts/login/")
    assert ask(web(production, "/accounts/login/"), Host="evil.test", X_Forwarded_Proto="https").status == 400

    page = over_tls(production, "/accounts/login/")
    assert page.status == 200
    assert page.headers["Strict-Transport-Security"] == "max-age=31536000; includeSubDomains; preload"
    policy = page.headers["Content-Security-Policy"]
    assert "default-src 'none'" in policy
    assert "unsafe" not in policy
    assert page.headers["X-Frame-Options"] == "DENY"
    assert page.headers["X-Content-Type-Options"] == "nosniff"
    assert page.headers["Referrer-Policy"] == "same-origin"
    assert page.headers["Cross-Origin-Opener-Policy"] == "same-origin"
    assert page.headers["Server"] == "gunicorn"
    cookies = page.headers.get_all("Set-Cookie") or []
    assert cookies
    assert all("Secure" in cookie and "SameSite=Lax" in cookie for cookie in cookies)
    style = next(word for word in page.body.split('"') if word.startswith("/static/") and word.endswith(".css"))
    assert "immutable" in over_tls(production, style).headers["Cache-Control"]


def test_a_job_is_done_and_logged_with_the_request_that_asked_for_it(production: Production) -> None:
    with celery_app.connection_for_write(production.overrides["REDIS_URL"]) as queue:
        celery_app.send_task("ledger.tasks.clean_import_files", connection=queue, headers={"request_id": "from-a-page"})

    def done() -> list[dict[str, Any]]:
        return [line for line in lines(production, "worker") if line.get("request_id") == "from-a-page"]

    assert eventually(lambda: bool(done())), production.log("worker").read_text()[-3000:]
    assert done()[0]["task"] == "ledger.tasks.clean_import_files"
    assert done()[0]["state"] == "SUCCESS"


def test_each_process_writes_json_alone(production: Production) -> None:
    over_tls(production, "/accounts/login/?email=ann@acme.example", X_Request_ID="asked-by-proxy-1")
    for name in ("web", "worker", "importer", "beat"):
        found = lines(production, name)
        assert found, name
        assert all({"timestamp", "level", "logger", "message"} <= set(line) for line in found), name
    asked = [line for line in lines(production, "web") if line.get("request_id") == "asked-by-proxy-1"]
    assert [(line["path"], line["status"], line["method"]) for line in asked] == [("/accounts/login/", 200, "GET")]
    assert "ann@" not in production.log("web").read_text()


def test_the_runtime_role_owns_nothing(production: Production) -> None:
    with psycopg.connect(production.overrides["DATABASE_URL"]) as connection:
        owned = connection.execute("SELECT count(*) FROM pg_class WHERE relowner = current_user::regrole").fetchone()
        may = connection.execute(
            "SELECT rolsuper OR rolbypassrls OR rolcreatedb OR rolcreaterole OR rolreplication "
            "FROM pg_roles WHERE rolname = current_user"
        ).fetchone()
    assert (owned, may) == ((0,), (False,))
    with psycopg.connect(production.overrides["DATABASE_OWNER_URL"]) as connection:
        assert connection.execute(
            "SELECT rolsuper OR rolbypassrls OR rolcreatedb OR rolcreaterole FROM pg_roles WHERE rolname = current_user"
        ).fetchone() == (False,)


def test_making_the_roles_again_changes_nothing(production: Production) -> None:
    done = production.run("roles")
    assert done.returncode == 0, done.stderr
    assert ROLES[1] in done.stdout


def test_the_deployment_check_is_clean(production: Production) -> None:
    command = [sys.executable, "manage.py", "check", "--deploy", "--fail-level", "INFO", "--database", "default"]
    done = production.run("web", command)
    assert done.returncode == 0, done.stderr
    assert "no issues" in done.stdout


@pytest.mark.parametrize(
    ("setting", "value", "word"),
    [
        pytest.param("SECRET_KEY", None, "SECRET_KEY", id="no-secret-key"),
        pytest.param("SECRET_KEY", "", "SECRET_KEY", id="an-empty-one"),
        pytest.param("SECRET_KEY", "short", "50 characters", id="a-short-one"),
        pytest.param("SECRET_KEY", "a" * 60, "50 characters", id="a-monotonous-one"),
        pytest.param("SECRET_KEY", "django-insecure-" + "k3x9" * 12, "50 characters", id="a-default"),
        pytest.param("ALLOWED_HOSTS", None, "ALLOWED_HOSTS", id="no-host-names"),
        pytest.param("HEADWAY_EMBEDDED", "1", "for trying", id="the-servers-for-trying"),
    ],
)
def test_it_refuses_to_start(setting: str, value: str | None, word: str) -> None:
    known = {
        "SECRET_KEY": os.urandom(40).hex(),
        "ALLOWED_HOSTS": HOST,
        "DATABASE_URL": "postgres://a",
        "REDIS_URL": "b",
    }
    environment = {"PATH": os.environ["PATH"]} | known | {setting: value or ""}
    if value is None:
        del environment[setting]
    done = subprocess.run(
        [sys.executable, "-c", "import config.settings"],
        cwd=PROJECT,
        env=environment,
        capture_output=True,
        text=True,
        check=False,
    )
    assert done.returncode == 1
    assert word in done.stderr.splitlines()[-1]


def certificate(folder: Path) -> None:
    """A certificate that signs itself."""
    key = ec.generate_private_key(ec.SECP256R1())
    name = x509.Name([x509.NameAttribute(NameOID.COMMON_NAME, "localhost")])
    now = datetime.now(UTC)
    made = (
        x509.CertificateBuilder()
        .subject_name(name)
        .issuer_name(name)
        .public_key(key.public_key())
        .serial_number(x509.random_serial_number())
        .not_valid_before(now - timedelta(days=1))
        .not_valid_after(now + timedelta(days=1))
        .add_extension(x509.SubjectAlternativeName([x509.DNSName("localhost")]), critical=False)
        .sign(key, hashes.SHA256())
    )
    (folder / "site.crt").write_bytes(made.public_bytes(serialization.Encoding.PEM))
    (folder / "site.key").write_bytes(
        key.private_bytes(serialization.Encoding.PEM, serialization.PrivateFormat.PKCS8, serialization.NoEncryption())
    )


@pytest.mark.skipif(shutil.which("caddy") is None, reason="needs Caddy (Debian: apt-get install caddy)")
def test_the_proxy_speaks_tls_and_tells_the_site(production: Production, tmp_path: Path) -> None:
    certificate(tmp_path)
    plain, secure = process.free_port(), process.free_port()
    environment = {
        "PATH": os.environ["PATH"],
        "HOME": str(tmp_path),
        "SITE_HOST": "localhost",
        "ADMIN_HOST": "admin.localhost",
        "HTTP_PORT": str(plain),
        "HTTPS_PORT": str(secure),
        "TLS_CERTIFICATE": str(tmp_path / "site.crt"),
        "TLS_KEY": str(tmp_path / "site.key"),
        "WEB_ADDRESS": f"127.0.0.1:{production.overrides['PORT']}",
    }
    with (tmp_path / "caddy.log").open("wb") as log:
        proxy = process.start(
            ["caddy", "run", "--adapter", "caddyfile", "--config", PROJECT / "deploy/Caddyfile"],
            log=log,
            environment=environment,
        )
    try:
        trusted = ssl.create_default_context(cafile=str(tmp_path / "site.crt"))

        def answers() -> bool:
            try:
                return ask(f"https://localhost:{secure}/livez", context=trusted).status in (200, 400)
            except OSError:
                return False

        assert eventually(answers, 15), (tmp_path / "caddy.log").read_text()
        # The site knows itself as HOST, so another name is refused by the site and not by the proxy.
        assert ask(f"https://localhost:{secure}/accounts/login/", context=trusted).status == 400
        assert ask(f"https://localhost:{secure}/readyz", context=trusted).status == 404
        moved = ask(f"http://localhost:{plain}/accounts/login/")
        assert (moved.status, moved.headers["Location"].split(":")[0]) == (308, "https")
    finally:
        process.stop(proxy)


def test_the_admin_is_a_process_of_its_own(production: Production) -> None:
    port = production.overrides["PORT"]
    production.overrides["PORT"] = str(process.free_port())
    host = production.values["ADMIN_HOST"]
    try:
        production.start("admin")

        def answers() -> bool:
            assert production.running["admin"].poll() is None, production.ends_of_logs()
            try:
                return ask(web(production, "/livez"), Host=host).status == 200
            except OSError:
                return False

        assert eventually(answers), production.ends_of_logs()
        page = over_tls(production, "/", host=host)
        assert (page.status, "/login/" in page.headers["Location"]) == (302, True)
        assert "/o/acme" not in over_tls(production, "/o/acme/targets/", host=host).headers["Location"].split("?")[0]
        assert over_tls(production, "/", host=HOST).status == 400
        assert production.stop("admin") == 0
    finally:
        production.overrides["PORT"] = port


def test_they_end_in_order_when_asked(production: Production) -> None:
    """The last test: afterwards nothing runs."""
    names = ("beat", "worker", "importer", "web")
    assert {name: production.stop(name) for name in names} == dict.fromkeys(names, 0)


def test_the_servers_keep_what_they_are_given() -> None:
    queue = " ".join(SERVICES["redis"]["command"])
    assert "--appendonly yes" in queue
    assert "--maxmemory-policy noeviction" in queue
    assert SERVICES["postgres"]["image"] == "postgres:17"
    assert "ports" not in SERVICES["postgres"] | SERVICES["redis"] | SERVICES["web"]
    knows_owner = {name for name, each in SERVICES.items() if "DATABASE_OWNER_URL" in each.get("environment", {})}
    assert knows_owner == {"roles", "migrate", "restore"}


@pytest.mark.parametrize("word", ["docker-compose", "docker"])
def test_compose_takes_the_file(word: str, tmp_path: Path) -> None:
    command = [word] if word == "docker-compose" else [word, "compose"]
    if shutil.which(word) is None or subprocess.run([*command, "version"], capture_output=True, check=False).returncode:
        pytest.skip(f"{' '.join(command)} isn't here (Debian: apt-get install docker-compose)")
    for name in ("docker-compose.yml", ".env.example", "deploy"):
        copy = shutil.copytree if (PROJECT / name).is_dir() else shutil.copy
        copy(PROJECT / name, tmp_path / name)
    without = subprocess.run([*command, "config"], cwd=tmp_path, capture_output=True, text=True, check=False)
    assert (without.returncode, "deploy/new-env" in without.stderr) == (1, True), without.stderr
    assert subprocess.run([tmp_path / "deploy/new-env", HOST], check=False, capture_output=True).returncode == 0
    assert (tmp_path / ".env").stat().st_mode & 0o777 == 0o600
    done = subprocess.run([*command, "config"], cwd=tmp_path, capture_output=True, text=True, check=False)
    assert done.returncode == 0, done.stderr
    assert "generated" not in done.stdout
    assert subprocess.run([tmp_path / "deploy/new-env", HOST], check=False, capture_output=True).returncode == 1
