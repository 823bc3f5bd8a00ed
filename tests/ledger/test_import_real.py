"""A real export, untidy as it came: every figure of its README."""

from datetime import date
from decimal import Decimal
from io import StringIO
from pathlib import Path

import pytest
from django.conf import settings
from django.core.management import call_command
from django.db.models import Count, Sum
from django.db.models.functions import TruncMonth

from accounts.models import Organization
from accounts.tenancy import tenant
from ledger.models import Deal, DealState, Import, ImportRefusal
from tests.conftest import Company

PIPELINE = Path(settings.BASE_DIR).parent / "shared" / "data" / "crm-pipeline" / "sales_pipeline.csv"
needs_pipeline = pytest.mark.skipif(
    not PIPELINE.exists(), reason="shared/data/crm-pipeline does not lie beside the project"
)
CHOICES = [
    "--map=number=opportunity_id",
    "--map=date=close_date",
    "--map=date_fallback=engage_date",
    "--map=member=sales_agent",
    "--map=customer=account",
    "--map=product=product",
    "--map=state=deal_stage",
    "--map=net=close_value",
    "--date-format=month/day/year",
    "--state=Won=confirmed",
    "--state=Engaging=proposed",
    "--state=Lost=none",
    "--state=Prospecting=proposed",
    "--create=members,customers,channels,states,brands,zones",
]
WON_BY_MONTH = {3: 531, 4: 285, 5: 438, 6: 531, 7: 308, 8: 446, 9: 503, 10: 279, 11: 406, 12: 511}


def run(company: Company, path: Path, *options: str) -> tuple[str, str, int]:
    """Standard output, standard error and exit code of the command."""
    out, err = StringIO(), StringIO()
    try:
        call_command(
            "import_deals", str(path), "--organization", company.organization.slug, *options, stdout=out, stderr=err
        )
    except SystemExit as error:
        return out.getvalue(), err.getvalue(), int(error.code or 0)
    return out.getvalue(), err.getvalue(), 0


def assert_figures(organization: Organization) -> None:
    """What the file's README says an import must give."""
    with tenant(organization):
        won = Deal.objects.filter(state__name="Won")
        assert won.aggregate(count=Count("id"), value=Sum("net")) == {"count": 4238, "value": Decimal(10_005_534)}
        assert Deal.objects.filter(state__name="Engaging").count() == 1589
        assert Deal.objects.filter(state__name="Lost").count() == 2473
        assert Deal.objects.count() == 8300
        meanings = {state.name: (state.triggers_commission, state.is_initial) for state in DealState.objects.all()}
        assert meanings["Won"] == (True, False)
        assert meanings["Engaging"] == (False, True)
        assert meanings["Lost"] == (False, False)
        months = won.annotate(month=TruncMonth("date")).values_list("month").annotate(Count("id")).order_by("month")
        assert {month.month: count for month, count in months if month.year == 2017} == WON_BY_MONTH
        december = won.filter(date__range=(date(2017, 12, 1), date(2017, 12, 31)))
        top = december.values_list("member__name").annotate(count=Count("id")).order_by("-count")[:3]
        assert list(top) == [("Darcel Schlecht", 32), ("Vicki Laflamme", 31), ("Anna Snelling", 26)]
        assert Deal.objects.filter(customer=None).count() > 0


@needs_pipeline
@pytest.mark.django_db(transaction=True)
class TestPipelineByCommand:
    def test_every_figure_of_its_readme(self, acme: Company) -> None:
        out, err, code = run(acme, PIPELINE, *CHOICES)

        assert code == 1, err
        assert "8,300 rows stored, 500 refused." in out
        assert "line 8,302, close_date '': There is no date." in err
        assert_figures(acme.organization)
        with tenant(acme.organization):
            source = Import.objects.get()
            assert (source.status, source.rows_read, source.rows_refused) == ("done", 8800, 500)
            assert ImportRefusal.objects.filter(reason="There is no date.").count() == 500

    def test_a_second_time_changes_nothing(self, acme: Company) -> None:
        run(acme, PIPELINE, *CHOICES)
        out, _, _ = run(acme, PIPELINE, *CHOICES)

        assert "8,300 rows stored, 8,300 of them unchanged, 500 refused." in out
        assert_figures(acme.organization)

    def test_a_dry_run_stores_nothing(self, acme: Company) -> None:
        out, _, code = run(acme, PIPELINE, *CHOICES, "--dry-run")

        assert code == 1
        assert "8,300 rows stored, 500 refused." in out
        with tenant(acme.organization):
            assert not Deal.objects.exists()
            assert not Import.objects.exists()
