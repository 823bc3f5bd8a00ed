"""The addresses of the operators' process: signing in, choosing an organization, Django's admin."""

from django.urls import include, path
from django.views.generic import RedirectView

from accounts.urls import urlpatterns as account_urls
from config.operators import pages, views
from config.views import livez

# Second factors are set up on the product's own site.
SIGN_IN = {
    "account_login",
    "account_logout",
    "account_inactive",
    "account_reset_password",
    "account_reset_password_done",
    "account_reset_password_from_key",
    "account_reset_password_from_key_done",
    "mfa_authenticate",
    "mfa_login_webauthn",
}

urlpatterns = [
    path("home/", RedirectView.as_view(pattern_name="admin:index"), name="home"),
    path("organization/enter/", views.organization_enter, name="organization-enter"),
    path("organization/leave/", views.organization_leave, name="organization-leave"),
    path("accounts/", include([each for each in account_urls if each.name in SIGN_IN])),
    path("livez", livez, name="livez"),
    path("", pages.site.urls),
]
