"""A backup restored into an empty database: every row, every rule, and the uploads that wait."""

import os
import subprocess
import sys
from collections.abc import Iterator
from pathlib import Path
from typing import Any

import psycopg
import pytest
from django.core.files.base import ContentFile
from django.db import connections

from accounts.tenancy import tenant
from config.backup import BackupError, back_up, restore
from config.owner import create_database, drop_database
from ledger.services.uploads import upload_import
from tests.architecture.filling import fill
from tests.conftest import found

RESTORED = "test_headway_restored"
STRUCTURE = """
    SELECT 'policy', tablename || ' ' || policyname || ' ' || coalesce(qual, '') || coalesce(with_check, '')
      FROM pg_policies
    UNION ALL
    SELECT 'security', relname || ' ' || relrowsecurity || relforcerowsecurity
      FROM pg_class WHERE relnamespace = 'public'::regnamespace
    UNION ALL
    SELECT 'constraint', conrelid::regclass || ' ' || conname
        || CASE contype WHEN 'c' THEN '' ELSE pg_get_constraintdef(oid) END  -- a check is printed with other casts
      FROM pg_constraint WHERE connamespace = 'public'::regnamespace
    UNION ALL
    SELECT 'index', split_part(indexdef, ' WHERE ', 1) FROM pg_indexes WHERE schemaname = 'public'
    UNION ALL
    SELECT 'trigger', tgrelid::regclass || ' ' || tgname FROM pg_trigger WHERE NOT tgisinternal
    UNION ALL
    SELECT 'grant', table_name || ' ' || privilege_type
      FROM information_schema.role_table_grants WHERE grantee = 'headway_app' AND table_schema = 'public'
    ORDER BY 1, 2
"""


def address(alias: str, database: str) -> str:
    known = connections[alias].settings_dict
    return f"postgres://{known['USER']}:{known['PASSWORD']}@{known['HOST']}:{known['PORT']}/{database}"


def manage(database: str, media: Path, *words: str) -> "subprocess.CompletedProcess[str]":
    urls = {
        "DATABASE_URL": address("default", database),
        "DATABASE_OWNER_URL": address("owner", database),
        "DATABASE_BACKUP_URL": address("backup", database),
    }
    return subprocess.run(
        [sys.executable, "manage.py", *words],
        env=os.environ | urls | {"MEDIA_ROOT": str(media)},
        capture_output=True,
        text=True,
        check=False,
        timeout=60,
    )


def contents(database: str) -> dict[str, Any]:
    """By table: how many rows, the sum of each column of numbers, and a hash of all rows; by a role that sees all."""
    found: dict[str, Any] = {}
    with psycopg.connect(address("backup", database)) as connection:
        columns = connection.execute(
            "SELECT table_name, column_name FROM information_schema.columns WHERE table_schema = 'public' "
            "AND data_type IN ('integer', 'bigint', 'smallint', 'numeric', 'double precision') ORDER BY 1, 2"
        ).fetchall()
        for (table,) in connection.execute("SELECT tablename FROM pg_tables WHERE schemaname = 'public' ORDER BY 1"):
            sums = ", ".join(f'sum("{name}")' for of, name in columns if of == table) or "0"
            rows = "md5(coalesce(string_agg(t::text, ' ' ORDER BY t::text), ''))"
            found[table] = connection.execute(f'SELECT count(*), {sums}, {rows} FROM "{table}" t'.encode()).fetchone()
    return found


def structure(database: str) -> list[Any]:
    with psycopg.connect(address("backup", database)) as connection:
        return connection.execute(STRUCTURE).fetchall()


@pytest.fixture
def empty() -> Iterator[str]:
    create_database(RESTORED)
    yield RESTORED
    connections["owner"].close()
    drop_database(RESTORED)


@pytest.mark.django_db(transaction=True)
def test_everything_comes_back(tmp_path: Path, settings: Any, empty: str) -> None:
    settings.MEDIA_ROOT = tmp_path / "media"
    for company in (found("acme"), found("rival")):
        with tenant(company.organization):
            upload_import(ContentFile(b"number,net\n1,5\n", "deals.csv"), filename="deals.csv", by=company.manager)
            fill(company.organization)
    database, file = str(connections["default"].settings_dict["NAME"]), tmp_path / "headway.backup"

    written = manage(database, tmp_path / "media", "backup", str(file))
    restored = manage(empty, tmp_path / "elsewhere", "restore", str(file))

    assert written.returncode == 0, written.stderr
    assert restored.returncode == 0, restored.stderr
    assert file.stat().st_mode & 0o777 == 0o600
    before = contents(database)
    assert before["accounts_organization"][0] == 2
    assert all(before[f"ledger_{name}"][0] >= 2 for name in ("deal", "dealline", "customer", "import"))
    assert contents(empty) == before
    assert structure(empty) == structure(database)
    kept = {path.relative_to(tmp_path / "media"): path.read_bytes() for path in (tmp_path / "media").rglob("*.csv")}
    assert len(kept) >= 2
    assert {name: (tmp_path / "elsewhere" / name).read_bytes() for name in kept} == kept
    with psycopg.connect(address("default", empty)) as runtime:
        assert runtime.execute("SELECT count(*) FROM ledger_deal").fetchone() == (0,), "the policies hold here too"
    assert sorted(path.name for path in tmp_path.iterdir()) == ["elsewhere", "headway.backup", "media"]


@pytest.mark.django_db(transaction=True, databases=["default", "owner"])
def test_nothing_is_overwritten_and_no_half_backup_is_left(tmp_path: Path) -> None:
    file, media = tmp_path / "headway.backup", tmp_path / "media"
    # The owner sees no row through forced policies: such a backup must fail, not be empty.
    with pytest.raises(BackupError, match="row-level security"):
        back_up(connections["owner"], media, file)
    assert list(tmp_path.iterdir()) == []

    file.write_text("an earlier one")
    with pytest.raises(BackupError, match="never overwrites"):
        back_up(connections["owner"], media, file)
    with pytest.raises(BackupError, match="database isn't empty"):
        restore(connections["owner"], media, file)
    assert file.read_text() == "an earlier one"
