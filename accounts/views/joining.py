"""Following an invitation's link, before anybody is a member."""

from typing import cast

from allauth.account.utils import perform_login
from allauth.core.internal import ratelimit
from django.contrib import messages
from django.http import HttpRequest, HttpResponse
from django.shortcuts import redirect
from django.urls import reverse
from django.utils import timezone
from django.views.decorators.cache import never_cache
from django.views.decorators.debug import sensitive_post_parameters
from django.views.decorators.http import require_http_methods

from accounts import services
from accounts.forms.joining import NewLoginForm
from accounts.models import Organization, User
from accounts.readers import invitations as readers
from accounts.tenancy import tenant
from config.fragments import render_page

LIMITS = {"join": "30/m/ip"}


@require_http_methods(["GET", "HEAD", "POST"])
@never_cache
@sensitive_post_parameters("password")
def invitation_accept(request: HttpRequest, slug: str, token: str) -> HttpResponse:
    """Get into an organization by invitation: with a new login, or with the one that the address has."""
    if not ratelimit.consume(request, app="accounts", action="join", config=LIMITS, limit_get=True):
        slow_down: HttpResponse = ratelimit.respond_429(request)
        return slow_down
    company = Organization.objects.filter(slug=slug).first()
    if company is None:
        return _gone(request)
    with tenant(company, read_only=True):
        asked = readers.invitation_by_token(token, at=timezone.now())
    if asked is None:
        return _gone(request)
    if request.user.is_authenticated:
        return _with_login(request, company, token, asked)
    if asked.known and request.method != "POST":
        return _gone(request) if asked.used else _page(request, company, asked, how="sign-in")
    return _with_new_login(request, company, token, asked)


def _with_login(request: HttpRequest, company: Organization, token: str, asked: readers.Asked) -> HttpResponse:
    """Somebody who is signed in: as the one who was invited, or as somebody else."""
    user = cast(User, request.user)
    if user.email != asked.email:
        return _gone(request) if asked.used else _page(request, company, asked, how="other")
    if request.method != "POST" and not asked.used:
        return _page(request, company, asked, how="join")
    now = timezone.now()
    try:
        with tenant(company):
            services.accept_invitation(token, user=user, at=now, today=company.local_date(now))
    except (services.InvitationGone, services.OtherAddress):
        return _gone(request)
    if not asked.used:
        messages.success(request, f"You are in {company.name} now.")
    return redirect("overview", organization=company.slug)


def _with_new_login(request: HttpRequest, company: Organization, token: str, asked: readers.Asked) -> HttpResponse:
    """Somebody without a login makes one and is signed in with it."""
    posted = request.POST if request.method == "POST" else None
    form = NewLoginForm(posted, email=asked.email, name=asked.name)
    if posted is not None and form.is_valid():
        now = timezone.now()
        try:
            with tenant(company):
                user = services.accept_with_new_login(token, **form.cleaned_data, at=now, today=company.local_date(now))
        except services.InvitationGone:
            return _gone(request)
        except services.LoginExists:
            return _page(request, company, asked, how="sign-in", status=409)
        signed_in: HttpResponse = perform_login(request, user, redirect_url=reverse("overview", args=[company.slug]))
        return signed_in
    if asked.used:
        return _gone(request)
    return _page(request, company, asked, how="new", form=form, status=422 if form.errors else 200)


def _page(
    request: HttpRequest,
    company: Organization,
    asked: readers.Asked,
    *,
    how: str,
    form: NewLoginForm | None = None,
    status: int = 200,
) -> HttpResponse:
    """The invitation, and what to do with it: `new`, `sign-in`, `join` or `other`."""
    context = {"company": company, "asked": asked, "how": how, "form": form}
    return render_page(request, "accounts/invitation_accept.html", context, status=status)


def _gone(request: HttpRequest) -> HttpResponse:
    """The same words for whatever is wrong with a link."""
    return render_page(request, "accounts/invitation_gone.html", status=410)
