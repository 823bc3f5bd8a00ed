"""The same report saved twice at the same moment, on connections of their own."""

import pytest

from accounts.models import AuditEntry
from accounts.tenancy import tenant
from reports import services
from reports.models import SavedView
from tests.conftest import Company
from tests.targets.test_at_once import site, while_open

__all__ = ["site"]
pytestmark = pytest.mark.django_db(transaction=True)


def test_the_same_form_sent_twice_at_once_is_one_report(site: Company) -> None:
    def save() -> SavedView:
        return services.save_view("by=team", name="Mine", by=site.manager)

    came = while_open(site, save, save)
    with tenant(site.organization):
        [view] = SavedView.objects.all()
        assert came == view
        assert AuditEntry.objects.filter(subject=services.SUBJECT, field="name").count() == 1


def test_another_report_of_that_name_is_refused(site: Company) -> None:
    came = while_open(
        site,
        lambda: services.save_view("by=team", name="Mine", by=site.manager),
        lambda: services.save_view("by=channel", name="mine", by=site.manager),
    )
    assert services.NAME_TAKEN in str(came)
