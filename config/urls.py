"""Every address of the product. An organization's site stands under /o/<organization>/."""

from django.urls import URLPattern, URLResolver, include, path

from accounts import views as accounts
from accounts.views.joining import invitation_accept
from config import views as site

organization_site: list[URLPattern | URLResolver] = [
    path("", site.overview, name="overview"),
    path("first-steps/", site.first_steps, name="first-steps"),
    path("first-steps/hide/", site.first_steps_hide, name="first-steps-hide"),
    path("first-steps/sample/", site.sample_load, name="sample-load"),
    path("first-steps/sample/remove/", site.sample_remove, name="sample-remove"),
    path("targets/", include("targets.urls")),
    path("home/", include("targets.home_urls")),
    path("leaderboard/", include("reports.leaderboard_urls")),
    path("reports/", include("reports.urls")),
    path("imports/", include("ledger.urls")),
    path("records/", include("ledger.record_urls")),
    path("settings/", include("accounts.settings_urls")),
    path("settings/people/", include("accounts.people_urls")),
    path("settings/permissions/", include("accounts.permission_urls")),
    path("settings/audit/", include("accounts.audit_urls")),
    path("settings/lists/", include("ledger.list_urls")),
]

urlpatterns = [
    path("", accounts.home, name="home"),
    path("targets", accounts.current_targets, name="current-targets"),
    path("home/goals", accounts.current_goals, name="current-goals"),
    path("organizations/", accounts.organization_list, name="organizations"),
    path("theme/", accounts.theme_set, name="theme"),
    path("join/<slug:slug>/<str:token>/", invitation_accept, name="join"),
    path("signup/", site.sign_up, name="sign-up"),
    path("signup/sent/", site.sign_up_sent, name="sign-up-sent"),
    path("signup/<str:token>/", site.sign_up_confirm, name="sign-up-confirm"),
    path("accounts/", include("accounts.urls")),
    path("livez", site.livez, name="livez"),
    path("readyz", site.readyz, name="readyz"),
    path("styleguide/", site.styleguide, name="styleguide"),
    path("o/<slug:organization>/", include(organization_site)),
]
handler404 = "config.views.not_found"
