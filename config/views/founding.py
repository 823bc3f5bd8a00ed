"""A company signs itself up. Nothing is stored before the link of a letter was followed: it carries what was typed."""

import logging
from smtplib import SMTPException
from typing import Any

from allauth.account.utils import perform_login
from allauth.core.internal import ratelimit
from django.conf import settings
from django.contrib import messages
from django.core import signing
from django.core.exceptions import ValidationError
from django.db import IntegrityError
from django.http import Http404, HttpRequest, HttpResponse
from django.shortcuts import redirect
from django.urls import reverse
from django.utils import timezone
from django.views.decorators.cache import never_cache
from django.views.decorators.debug import sensitive_post_parameters
from django.views.decorators.http import require_http_methods, require_safe

from accounts import readers
from accounts.choices import time_zones
from accounts.models import User
from accounts.services import LoginExists
from accounts.services.letters import send_letter
from config.forms import CompanyForm, ConfirmForm, SignUpForm, slug_of
from config.fragments import render_page
from ledger.founding import found_organization, found_with_new_login

log = logging.getLogger(__name__)
SALT = "sign-up"
DAY = 86_400
LIMITS = {"sign_up": "20/h/ip,5/h/key", "sign_up_confirm": "30/m/ip", "found": "10/h/user"}
NO_MAIL = "We can't send mail just now, so nothing has happened yet. Try again in a few minutes."
TOO_MANY = "Too many attempts. Try again in an hour."
TAKEN = "This address is taken. Choose another one."


@require_http_methods(["GET", "HEAD", "POST"])
@never_cache
def sign_up(request: HttpRequest) -> HttpResponse:
    """Begin a company: the signed in at once, everybody else by a letter to their address."""
    _refuse_if_closed()
    posted = request.POST if request.method == "POST" else None
    if request.user.is_authenticated:
        return _found_at_once(request, request.user, CompanyForm(posted))
    form = SignUpForm(posted)
    if form.is_bound and form.is_valid():
        if not _may(request, "sign_up", key=form.cleaned_data["email"]):
            form.add_error(None, TOO_MANY)
        elif _write(form):
            return redirect("sign-up-sent")
        else:
            form.add_error(None, NO_MAIL)
    return _page(request, form)


@require_safe
def sign_up_sent(request: HttpRequest) -> HttpResponse:
    """The same answer for every address."""
    _refuse_if_closed()
    return render_page(request, "founding/sign_up_sent.html")


@require_http_methods(["GET", "HEAD", "POST"])
@never_cache
@sensitive_post_parameters("password")
def sign_up_confirm(request: HttpRequest, token: str) -> HttpResponse:
    """Found the company of a letter's link, with a password for its first admin."""
    _refuse_if_closed()
    if not _may(request, "sign_up_confirm"):
        return _too_many(request)
    try:
        asked: dict[str, Any] = signing.loads(token, salt=SALT, max_age=DAY)
    except signing.BadSignature:
        return render_page(request, "founding/sign_up_gone.html", status=410)
    if request.user.is_authenticated:
        return redirect("home")
    form = ConfirmForm(request.POST if request.method == "POST" else None, asked=asked)
    known = User.objects.filter(email=asked["email"]).first()
    if known:
        return _begun_already(request, known)
    if form.is_bound and form.is_valid():
        try:
            organization, user = found_with_new_login(
                asked["company"],
                form.cleaned_data["slug"],
                email=asked["email"],
                person=asked["name"],
                password=form.cleaned_data["password"],
                first_steps_open=True,
                **asked["details"],
            )
        except LoginExists:
            return _begun_already(request, User.objects.get(email=asked["email"]))
        except (ValidationError, IntegrityError):
            form.add_error("slug", TAKEN)
        else:
            return _sign_in(request, user, reverse("first-steps", args=[organization.slug]))
    context = {"form": form, "asked": asked}
    return render_page(request, "founding/sign_up_confirm.html", context, status=422 if form.errors else 200)


def _begun_already(request: HttpRequest, user: User) -> HttpResponse:
    """Sent twice, as by a double click: the same password leads in. Otherwise they sign in."""
    young = (timezone.now() - user.date_joined).total_seconds() < 60
    if request.method == "POST" and young and user.check_password(request.POST.get("password", "")):
        return _sign_in(request, user, reverse("home"))
    messages.info(request, "You have a login already. Sign in with it.")
    return redirect("account_login")


def _found_at_once(request: HttpRequest, user: User, form: CompanyForm) -> HttpResponse:
    """Somebody with a login founds a company; the same form again leads to the one that it founded."""
    if form.is_bound and (begun := _founded_before(user, form)):
        return redirect("first-steps", begun)
    if form.is_bound and form.is_valid():
        data = form.cleaned_data
        if not _may(request, "found"):
            form.add_error(None, TOO_MANY)
            return _page(request, form)
        try:
            organization = found_organization(
                data["company"], data["slug"], admin=user, first_steps_open=True, **form.details()
            )
        except (ValidationError, IntegrityError):
            if begun := _founded_before(user, form):
                return redirect("first-steps", begun)
            form.add_error("slug", TAKEN)
        else:
            return redirect("first-steps", organization.slug)
    return _page(request, form)


def _founded_before(user: User, form: CompanyForm) -> str:
    """The address of the company of this name and address that the person is in already, "" for none."""
    name = " ".join(str(form.data.get("company", "")).split())
    slug = str(form.data.get("slug", "")).strip().lower() or slug_of(name)
    mine = readers.memberships(user, at=timezone.now())
    return next((each.slug for each in mine if (each.name, each.slug) == (name, slug)), "")


def _write(form: SignUpForm) -> bool:
    """Send the letter: with a link to begin by, or to the sign-in page for whoever has a login. Whether it left."""
    data = form.cleaned_data
    known = User.objects.filter(email=data["email"]).exists()
    asked = {name: data[name] for name in ("company", "slug", "email", "name")} | {"details": form.details()}
    token = signing.dumps(asked, salt=SALT, compress=True)
    found = f"{reverse('account_login')}?next={reverse('sign-up')}"
    try:
        send_letter(
            "accounts/letters/sign_up_known" if known else "accounts/letters/confirm_sign_up",
            to=data["email"],
            path=found if known else reverse("sign-up-confirm", args=[token]),
            organization=data["company"],
            who=data["name"],
        )
    except (SMTPException, OSError):
        log.exception("The letter of a sign-up could not be sent")
        return False
    return True


def _page(request: HttpRequest, form: CompanyForm) -> HttpResponse:
    context = {"form": form, "time_zones": time_zones()}
    return render_page(request, "founding/sign_up.html", context, status=422 if form.errors else 200)


def _may(request: HttpRequest, action: str, *, key: str | None = None) -> bool:
    return ratelimit.consume(request, app="config", action=action, key=key, config=LIMITS) is not None


def _sign_in(request: HttpRequest, user: User, url: str) -> HttpResponse:
    """As the sign-in page does it, second factors included, and on to an address."""
    response: HttpResponse = perform_login(request, user, redirect_url=url)
    return response


def _too_many(request: HttpRequest) -> HttpResponse:
    response: HttpResponse = ratelimit.respond_429(request)
    return response


def _refuse_if_closed() -> None:
    if not settings.SIGN_UP_OPEN:
        raise Http404
