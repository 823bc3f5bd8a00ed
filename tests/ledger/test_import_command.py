"""`import_deals`: what it says, and when it ends with 1."""

from pathlib import Path
from typing import Any

import pytest
from django.core.management.base import CommandError

from accounts.tenancy import tenant
from ledger.models import Deal, DealState, Import
from tests.conftest import Company
from tests.ledger.test_import_real import run

CONTENT = "id;when;who;what;how much\n1;31.3.2026;Ann;Won;1.234,50\n2;1.4.2026;Ann;Lost;-1\n"
MAPPED = ["--map=number=id", "--map=date=when", "--map=member=who", "--map=state=what", "--map=net=how much"]
STATES = ["--state=Won=confirmed", "--state=Lost=none", "--create=members,states"]


@pytest.fixture(autouse=True)
def _folder(settings: Any, tmp_path: Path) -> None:
    settings.MEDIA_ROOT = tmp_path / "media"


@pytest.fixture
def path(tmp_path: Path) -> Path:
    """A file with semicolons, days first and decimal commas."""
    path = tmp_path / "deals.csv"
    path.write_text(CONTENT)
    return path


@pytest.mark.django_db(transaction=True)
class TestImportDeals:
    def test_imports(self, acme: Company, path: Path) -> None:
        out, err, code = run(acme, path, *MAPPED, *STATES, "--number-format=1.234,56", "--set=channel=acme web")

        assert (code, err) == (0, "")
        assert "2 rows stored, 0 refused." in out
        with tenant(acme.organization):
            deals = list(Deal.objects.order_by("number").values_list("net", "member__name", "channel__name"))
            assert [(str(net), *names) for net, *names in deals] == [
                ("1234.50", "Ann", "acme web"),
                ("-1.00", "Ann", "acme web"),
            ]
            assert DealState.objects.get(name="Won").triggers_commission

    def test_what_is_unknown_is_refused_without_create(self, acme: Company, path: Path) -> None:
        out, err, code = run(acme, path, *MAPPED, "--number-format=comma")
        assert code == 1
        assert "0 rows stored, 2 refused." in out
        assert "line 2, who 'Ann': There is nobody called Ann." in err

    @pytest.mark.parametrize(
        ("options", "words"),
        [
            pytest.param(["--map=number"], "write FIELD=VALUE", id="no-sign"),
            pytest.param(["--map=colour=id"], "there is no field colour", id="unknown-field"),
            pytest.param(["--map=number=nr", "--map=date=when"], "no column called nr", id="unknown-column"),
            pytest.param(["--map=date=when", "--map=state=what"], "Choose the column for: number.", id="missing"),
            pytest.param([*MAPPED, "--state=Won=yes"], "NAME=confirmed", id="unknown-meaning"),
            pytest.param([*MAPPED, "--create=planets"], "the lists are members", id="unknown-list"),
            pytest.param([*MAPPED, "--date-format=soon"], "year-month-day", id="unknown-date-format"),
            pytest.param([*MAPPED, "--number-format=123"], "1,234.56", id="unknown-number-format"),
            pytest.param([*MAPPED, "--set=date=today"], "there is no field date", id="date-cannot-be-fixed"),
        ],
    )
    def test_wrong_options_are_said(self, acme: Company, path: Path, options: list[str], words: str) -> None:
        with pytest.raises(CommandError, match=words.replace(".", r"\.")):
            run(acme, path, *options)
        with tenant(acme.organization):
            assert not Import.objects.exists()

    def test_files_that_are_none(self, acme: Company, tmp_path: Path) -> None:
        with pytest.raises(CommandError, match="can't be read"):
            run(acme, tmp_path / "nothing.csv")
        (tmp_path / "empty.csv").touch()
        with pytest.raises(CommandError, match="The file is empty"):
            run(acme, tmp_path / "empty.csv")

    def test_days_and_months_that_could_be_either_must_be_said(self, acme: Company, path: Path) -> None:
        path.write_text(CONTENT.replace("31.3.", "3.3."))
        with pytest.raises(CommandError, match="Choose how dates are written"):
            run(acme, path, *MAPPED, *STATES)
