"""The constraints that every tenant table carries."""

from django.db import models
from django.db.models.constraints import BaseConstraint

from accounts.database.constraints import CompositeForeignKey, TenantPolicy
from accounts.database.references import StatementKeys


def tenant_rules(
    *references: str, referenced: bool = True, append_only: bool = False, by_statement: bool = False
) -> list[BaseConstraint]:
    """The constraints every tenant table carries: its policy, its composite keys, and a key others can point at.

    `references` names the TenantForeignKey fields. `referenced=False` leaves UNIQUE (organization, id) out where no
    table points here and the rows are many. `append_only`: rows can be added and read, never changed or removed.
    `by_statement`: references are checked once a statement, for tables that imports fill.
    """
    policies = [TenantPolicy(command=command) for command in (("SELECT", "INSERT") if append_only else ("ALL",))]
    key = [models.UniqueConstraint(fields=["organization", "id"], name="%(app_label)s_%(class)s_key")]
    keys: list[BaseConstraint] = [CompositeForeignKey(field=field) for field in references]
    if by_statement:
        keys = [StatementKeys(fields=references)]
    return [*policies, *(key if referenced else []), *keys]
