"""Who may do what, and grants on teams."""

from collections.abc import Iterable, Iterator
from dataclasses import dataclass
from datetime import date

from django.contrib import messages
from django.http import HttpResponse, StreamingHttpResponse
from django.shortcuts import get_object_or_404
from django.utils import timezone
from django.views.decorators.http import require_http_methods, require_POST, require_safe

from accounts import services
from accounts.database import name_key
from accounts.forms.permissions import TeamGrantForm
from accounts.models import Member, Role, TeamGrant
from accounts.permissions import RIGHTS, Reach, Right, member_required
from accounts.readers import permissions as readers
from accounts.readers.permissions import Answer, Ground, Reason
from accounts.requests import TenantRequest
from config.formats import Formats, formats_of
from config.fragments import go_to, render_page
from config.sheets import sheet

LONGEST_SEARCH = 240
REACHES = {
    Reach.ALL: "Everyone's",
    Reach.OWN | Reach.TEAMS: "Their own, and their teams'",
    Reach.TEAMS: "Their teams'",
    Reach.OWN: "Their own",
}


@dataclass(frozen=True, slots=True)
class AnswerWords:
    """One right of one person in words."""

    right: str
    yes: bool
    reach: str
    reasons: list[str]


@require_safe
@member_required(Role.ADMIN)
def overview(request: TenantRequest) -> HttpResponse:
    """What each role may do, and who has which grant."""
    organization = request.organization
    search = request.GET.get("q", "").replace("\0", "")[:LONGEST_SEARCH]
    people, more = readers.found_people(name_key(search))
    context = {
        "rights": [
            (right.words, [_role_words(right, role, organization.salespeople_set_targets) for role in _roles()])
            for right in RIGHTS
        ],
        "roles": [role.label for role in _roles()],
        "own_targets": organization.salespeople_set_targets,
        "grants": readers.grants(),
        "people": people,
        "more": more,
        "search": search,
    }
    return render_page(request, "accounts/permission_overview.html", context)


@require_safe
@member_required(Role.ADMIN)
def overview_export(request: TenantRequest) -> StreamingHttpResponse:
    """Everybody with a login and all their rights, with the reasons, as a CSV."""
    people = readers.people(request.organization, _today(request))
    heading = ("Person", "Role", "Right", "May", "Whose", "Why")
    return sheet(heading, _rows(people, formats_of(request.organization)), "permissions")


@require_http_methods(["GET", "HEAD", "POST"])
@member_required(Role.ADMIN)
def person_detail(request: TenantRequest, member_id: int) -> HttpResponse:
    """Every right of one person and where it comes from; a grant on one more team."""
    member = get_object_or_404(Member, pk=member_id)
    teams = readers.teams_to_grant(member)
    form = TeamGrantForm(request.POST if request.method == "POST" else None, teams=teams)
    if request.method == "POST" and form.is_valid():
        team = form.cleaned_data["team"]
        try:
            services.grant_team(team, to=member, by=request.member)
        except services.GrantRefused as error:
            form.add_error("team", str(error))
        else:
            messages.success(request, f"{member.name} has a manager's rights over {team.name} now.")
            return go_to(request, "permissions:person-detail", member_id=member.pk)
    formats = formats_of(request.organization)
    (person,) = readers.people(request.organization, _today(request), only=member.pk)
    context = {
        "person": person,
        "subject": member,
        "answers": [_words(answer, person.role, formats) for answer in person.answers],
        "grants": readers.grants(member) if member.user_id else [],
        "form": form if member.user_id and member.role != Role.ADMIN and (form.errors or teams.exists()) else None,
    }
    return render_page(request, "accounts/permission_person.html", context, status=422 if form.errors else 200)


@require_POST
@member_required(Role.ADMIN)
def grant_revoke(request: TenantRequest, grant_id: int) -> HttpResponse:
    """Take a grant back."""
    grant = get_object_or_404(TeamGrant.objects.select_related("content_object"), pk=grant_id)
    member = Member.objects.filter(user=grant.user_id).first()
    services.revoke_grant(grant, by=request.member)
    messages.success(request, f"The grant on {grant.content_object.name} is taken back.")
    if member is None or request.POST.get("next") != "person":
        return go_to(request, "permissions:overview")
    return go_to(request, "permissions:person-detail", member_id=member.pk)


def _today(request: TenantRequest) -> date:
    return request.organization.local_date(timezone.now())


def _roles() -> tuple[Role, ...]:
    return (Role.ADMIN, Role.MANAGER, Role.SALESPERSON)


def _role_words(right: Right, role: Role, allowed: bool) -> str:
    """How far a role reaches, "" for not at all."""
    reach = right.of(role)
    if Reach.OWN_IF_ALLOWED in reach:
        reach = Reach.OWN if allowed else Reach.NOTHING
    if reach is Reach.ALL and not right.manager:
        return "Yes"
    return REACHES.get(reach, "")


def _words(answer: Answer, role: str, formats: Formats) -> AnswerWords:
    return AnswerWords(
        right=answer.right.words,
        yes=answer.yes,
        reach=_reach_words(answer),
        reasons=[_reason_words(reason, answer.right, role, formats) for reason in answer.reasons],
    )


def _reach_words(answer: Answer) -> str:
    """Whose: "Their own, and those of the people in North and South"."""
    if answer.reach is Reach.ALL:
        return "Yes" if not answer.right.manager else "Everyone's"
    teams = f"those of the people in {_listed(answer.teams)}" if answer.teams else ""
    own = "their own" if Reach.OWN in answer.reach else ""
    words = ", and ".join(part for part in (own, teams) if part) or "no"
    return words[0].upper() + words[1:]


def _reason_words(reason: Reason, right: Right, role: str, formats: Formats) -> str:
    """Why, in a sentence without its full stop."""
    since = f" since {formats.day(reason.at.astimezone(formats.zone).date())}" if reason.at else ""
    day = formats.day(reason.day) if reason.day else ""
    match reason.ground:
        case Ground.ROLE:
            return f"{role}{since}"
        case Ground.ALLOWED:
            return "Salespeople set their own targets here"
        case Ground.MANAGES:
            return f"Manager of {reason.team}{since}"
        case Ground.GRANT:
            by = f" by {reason.who}" if reason.who else ""
            on = f" on {formats.day(reason.at.astimezone(formats.zone).date())}" if reason.at else ""
            return f"Grant on {reason.team}{by}{on}"
        case Ground.NO_TEAM:
            return "Manages no team yet"
        case Ground.NO_LOGIN:
            return "Has no login"
        case Ground.LOCKED:
            return "The login is locked"
        case Ground.LEFT:
            return f"Left on {day}"
        case Ground.NOT_YET:
            return f"Starts on {day}"
        case Ground.NO_ROLE:
            if not right.manager:
                return "Admins only"
            return "Admins and managers only" + (", or with a grant on a team" if right.granted else "")


def _rows(people: Iterable[readers.Person], formats: Formats) -> Iterator[tuple[str, ...]]:
    for person in people:
        for answer in person.answers:
            words = _words(answer, person.role, formats)
            yes = "yes" if words.yes else "no"
            reach = words.reach if words.yes else ""
            yield (person.name, person.role, words.right, yes, reach, "; ".join(words.reasons))


def _listed(words: Iterable[str]) -> str:
    """One, two and three."""
    *rest, last = words
    return f"{', '.join(rest)} and {last}" if rest else last
