"""Asking people in."""

from typing import Any

from allauth.core.internal import ratelimit
from django.contrib import messages
from django.http import HttpResponse
from django.shortcuts import get_object_or_404
from django.utils import timezone
from django.views.decorators.http import require_http_methods, require_POST, require_safe

from accounts import services
from accounts.forms.people import InviteForm, LoginForm
from accounts.models import Invitation, Member, Role
from accounts.permissions import member_required
from accounts.readers import invitations as readers
from accounts.requests import TenantRequest
from config.fragments import go_to, render_page

LIMITS = {"invite": "60/h/user"}
TOO_MANY = "These are many invitations for one hour. Try again a little later."


@require_safe
@member_required(Role.ADMIN)
def invitation_list(request: TenantRequest) -> HttpResponse:
    """Invitations that nobody has used yet."""
    rows = readers.open_invitations(at=timezone.now())
    return render_page(request, "accounts/people/invitation_list.html", {"rows": rows})


@require_http_methods(["GET", "HEAD", "POST"])
@member_required(Role.ADMIN)
def invitation_add(request: TenantRequest) -> HttpResponse:
    """Invite one or many addresses: all of them, or none where one can't be."""
    form = InviteForm(request.POST if request.method == "POST" else None)
    if form.is_bound and form.is_valid() and not _too_many(request, form, "people"):
        data = form.cleaned_data
        problems = []
        for email, name in data["people"]:
            try:
                services.invite(
                    email=email,
                    name=name,
                    role=data["role"],
                    team=data["team"],
                    at=timezone.now(),
                    by=request.member,
                )
            except (services.AlreadyMember, services.AlreadyInvited) as error:
                problems.append(_why(error, email))
        if not problems:
            count = len(data["people"])
            messages.success(
                request,
                f"{data['people'][0][0]} is invited." if count == 1 else f"{count} people are invited.",
            )
            return go_to(request, "people:invitation-list")
        form.add_error("people", problems)
    return render_page(
        request, "accounts/people/invitation_add.html", {"form": form}, status=422 if form.errors else 200
    )


@require_http_methods(["GET", "HEAD", "POST"])
@member_required(Role.ADMIN)
def login_give(request: TenantRequest, member_id: int) -> HttpResponse:
    """Invite somebody who is here without a login."""
    member = get_object_or_404(Member, pk=member_id)
    if request.method != "POST" and member.user_id:
        return go_to(request, "people:member-detail", member_id=member.pk)
    form = LoginForm(request.POST if request.method == "POST" else None, member=member)
    if form.is_bound and form.is_valid() and not _too_many(request, form, "email"):
        email = form.cleaned_data["email"].strip().lower()
        try:
            services.invite(
                email=email, role=form.cleaned_data["role"], member=member, at=timezone.now(), by=request.member
            )
        except (services.AlreadyMember, services.AlreadyInvited) as error:
            form.add_error("email", _why(error, email))
        else:
            messages.success(request, f"An invitation is on its way to {email}.")
            return go_to(request, "people:member-detail", member_id=member.pk)
    return render_page(
        request,
        "accounts/people/login_give.html",
        {"form": form, "person": member},
        status=422 if form.errors else 200,
    )


@require_POST
@member_required(Role.ADMIN)
def invitation_resend(request: TenantRequest, invitation_id: int) -> HttpResponse:
    """Send an invitation once more, with a new link."""
    invitation = get_object_or_404(Invitation, pk=invitation_id)
    if ratelimit.consume(request, app="accounts", action="invite", config=LIMITS) is None:
        messages.error(request, TOO_MANY)
        return go_to(request, "people:invitation-list")
    try:
        services.resend_invitation(invitation, at=timezone.now(), by=request.member)
    except services.InvitationGone:
        messages.error(request, f"The invitation of {invitation.email} was used or withdrawn meanwhile.")
    else:
        messages.success(request, f"A new link is on its way to {invitation.email}. The old one no longer works.")
    return go_to(request, "people:invitation-list")


@require_POST
@member_required(Role.ADMIN)
def invitation_revoke(request: TenantRequest, invitation_id: int) -> HttpResponse:
    """Call an invitation back."""
    invitation = get_object_or_404(Invitation, pk=invitation_id)
    try:
        services.revoke_invitation(invitation, at=timezone.now(), by=request.member)
    except services.InvitationGone:
        messages.error(request, f"{invitation.email} has accepted already. End their access on their page instead.")
    else:
        messages.success(request, f"The invitation of {invitation.email} is withdrawn.")
    return go_to(request, "people:invitation-list")


def _too_many(request: TenantRequest, form: Any, field: str) -> bool:
    """Whether this person has invited as often as anybody may within an hour; says so at the field."""
    if ratelimit.consume(request, app="accounts", action="invite", config=LIMITS) is not None:
        return False
    form.add_error(field, TOO_MANY)
    return True


def _why(error: services.AlreadyMember | services.AlreadyInvited, email: str) -> str:
    if isinstance(error, services.AlreadyInvited):
        return f"{error} Send it again, or call it back, in the list of invitations."
    if error.member.user_id:
        return f"{email} is here already: {error.member.name}."
    return f"{email} belongs to {error.member.name}, who has left or is somebody else. Look at their page first."
