"""A person's own account: name, second factors, where they are signed in."""

from collections.abc import Callable
from typing import Any, cast

from allauth.mfa.totp.views import deactivate_totp
from allauth.mfa.webauthn.views import remove_webauthn
from allauth.usersessions.models import UserSession
from django.contrib import messages
from django.contrib.auth.decorators import login_required
from django.db import transaction
from django.http import HttpRequest, HttpResponse, HttpResponseBase
from django.shortcuts import get_object_or_404, redirect
from django.utils import timezone
from django.views.decorators.http import require_http_methods, require_POST

from accounts import services
from accounts.forms.account import AccountForm
from accounts.models import User
from accounts.readers import account as readers
from accounts.readers import current_organization_of
from config.formats import ENGLISH, formats_of
from config.fragments import render_page


@require_http_methods(["GET", "POST"])
@login_required
def account_detail(request: HttpRequest) -> HttpResponse:
    """Your name and your letters, and the way to everything else about your account."""
    user = cast(User, request.user)
    data = request.POST if request.method == "POST" else None
    form = AccountForm(data, user=user, leads=readers.leads(user))
    if form.is_bound and form.is_valid():
        services.change_login(user, **form.cleaned_data)
        messages.success(request, "Saved.")
        return redirect("account")
    return render_page(
        request,
        "account/account_detail.html",
        {"form": form, "account": readers.account(user, at=timezone.now())},
        status=422 if form.is_bound else 200,
    )


@require_http_methods(["GET", "POST"])
@login_required
def session_list(request: HttpRequest) -> HttpResponse:
    """Where you are signed in, by the clock of your organization; a POST signs you out everywhere but here."""
    user = cast(User, request.user)
    current = request.session.session_key or ""
    if request.method == "POST":
        ended = services.end_sessions(UserSession.objects.filter(user=user).exclude(session_key=current))
        messages.success(request, "You are signed out everywhere else." if ended else "You were signed in only here.")
        return redirect("usersessions_list")
    now = timezone.now()
    at_home = current_organization_of(user, slug=request.session.get("organization", ""), at=now)
    context = {
        "sessions": readers.sessions(user, current=current, at=now),
        "formats": formats_of(at_home) if at_home else ENGLISH,
        "time_zone": at_home.time_zone if at_home else "UTC",
    }
    return render_page(request, "usersessions/usersession_list.html", context)


@require_POST
@login_required
def session_end(request: HttpRequest, session_id: int) -> HttpResponse:
    """Sign yourself out on one device."""
    mine = UserSession.objects.filter(user=cast(User, request.user))
    session = get_object_or_404(mine.exclude(session_key=request.session.session_key), pk=session_id)
    services.end_sessions([session])
    messages.success(request, f"You are signed out: {readers.device(session.user_agent)}.")
    return redirect("usersessions_list")


@login_required
def code_remove(request: HttpRequest) -> HttpResponseBase:
    """Switch the authenticator app off."""
    return _unless_needed(request, deactivate_totp)


@login_required
def passkey_remove(request: HttpRequest, pk: int) -> HttpResponseBase:
    """Remove a passkey."""
    return _unless_needed(request, remove_webauthn, pk=pk)


def _unless_needed(request: HttpRequest, view: Callable[..., HttpResponseBase], **kwargs: Any) -> HttpResponseBase:
    """Carry out allauth's view, but leave an admin the last second factor where an organization asks for one."""
    user = cast(User, request.user)
    asking = readers.asking_for_second_factor(user, at=timezone.now())
    with transaction.atomic():
        services.hold_login(user)
        if asking and readers.factors(user).count() <= 1:
            names = ", ".join(asking)
            messages.error(request, f"{names} asks its admins for a second factor. Set up another one first.")
            return redirect("mfa_index")
        return view(request, **kwargs)
