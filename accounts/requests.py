"""The request as views of an organization's site see it."""

from django.http import HttpRequest
from django_htmx.middleware import HtmxDetails

from accounts.models import Member, Organization, User


class TenantRequest(HttpRequest):
    """A request under /o/<organization>/, after TenantMiddleware has admitted its member."""

    organization: Organization
    member: Member
    user: User
    htmx: HtmxDetails
