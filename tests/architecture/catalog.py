"""What the tables are: tenant tables by their models, global ones by a list with reasons."""

from django.apps import apps
from django.db import models

from accounts.models import TenantModel

# Tables without an organization. They hold no tenant's data and never point at a tenant's table.
GLOBAL = {
    "account_emailaddress": "allauth's: addresses of logins, which are global",
    "account_emailconfirmation": "allauth's: belongs to account_emailaddress",
    "accounts_outboxjob": "work for whoever is free, of every organization: a task's name and ids, nothing else",
    "accounts_organization": "the tenants themselves; readable by all, changeable from inside by a policy of its own",
    "accounts_user": "one login may enter several organizations",
    "accounts_user_groups": "Django's: groups of platform operators",
    "accounts_user_user_permissions": "Django's: permissions of platform operators",
    "auth_group": "Django's: groups of platform operators",
    "auth_group_permissions": "Django's: groups of platform operators",
    "auth_permission": "Django's: the list of model permissions, made by migrations",
    "django_content_type": "Django's: the list of models, made by migrations",
    "django_migrations": "Django's: which migrations ran",
    "guardian_groupobjectpermission": "guardian's: unused, since grants stand in tenant tables of our own",
    "guardian_userobjectpermission": "guardian's: unused, as the one for groups",
    "mfa_authenticator": "allauth's: second factors of logins, which are global",
    "usersessions_usersession": "allauth's: where a login is signed in",
    "django_session": "who is signed in, before any organization is known",
}
# Policies beside a tenant's own.
OTHER_POLICIES = {
    "accounts_member_own": "a person at sign-in reads which organizations are theirs, before a tenant is open",
}
# Indexes of tenant tables that don't begin with organization_id.
OTHER_INDEXES = {
    "accounts_member_login": "finds the memberships of a login in every organization, for accounts_member_own",
}


def every_model() -> list[type[models.Model]]:
    """Every model with a table of its own, those behind many-to-many fields too."""
    return [
        model for model in apps.get_models(include_auto_created=True) if model._meta.managed and not model._meta.proxy
    ]


def tenant_models() -> list[type[TenantModel]]:
    """Every tenant table's model."""
    return [model for model in every_model() if issubclass(model, TenantModel)]


def tables_of(found: list[type[TenantModel]]) -> list[str]:
    """Their names, for parameters."""
    return [model._meta.db_table for model in found]
