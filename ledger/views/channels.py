"""The order of channels, and taking them out of use."""

from django.contrib import messages
from django.http import HttpResponse
from django.shortcuts import get_object_or_404
from django.utils import timezone
from django.views.decorators.http import require_POST

from accounts.models import Role
from accounts.permissions import member_required
from accounts.requests import TenantRequest
from config.fragments import go_to
from ledger.forms.lists import PlaceForm
from ledger.models import Channel
from ledger.services import lists as services


@require_POST
@member_required(Role.ADMIN)
def channel_place(request: TenantRequest, entry_id: int) -> HttpResponse:
    """Move a channel before or after the one beside it; the button that did it has the focus again."""
    channel = get_object_or_404(Channel.objects.all(), pk=entry_id)
    form = PlaceForm(request.POST)
    if not form.is_valid():
        return HttpResponse("Say before or after which channel.", status=422, content_type="text/plain")
    beside = get_object_or_404(Channel.objects.all(), pk=form.beside)
    services.place_channel(channel, beside=beside, after=form.after, by=request.member)
    way = "down" if form.after else "up"
    return go_to(request, "lists:channel-list", query=f"moved={channel.pk}-{way}")


@require_POST
@member_required(Role.ADMIN)
def channel_archive(request: TenantRequest, entry_id: int) -> HttpResponse:
    """Take a channel out of use."""
    channel = get_object_or_404(Channel.objects.all(), pk=entry_id)
    services.archive_channel(channel, at=timezone.now(), by=request.member)
    messages.success(request, f"{channel.name} is archived. It keeps its deals and targets and takes no new targets.")
    return go_to(request, "lists:channel-list")


@require_POST
@member_required(Role.ADMIN)
def channel_unarchive(request: TenantRequest, entry_id: int) -> HttpResponse:
    """Put a channel into use again."""
    channel = get_object_or_404(Channel.objects.all(), pk=entry_id)
    services.unarchive_channel(channel, by=request.member)
    messages.success(request, f"{channel.name} is in use again.")
    return go_to(request, "lists:channel-list")
