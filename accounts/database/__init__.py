"""What the database itself enforces: row policies and composite keys, as model constraints that migrations carry."""

from accounts.database.constraints import CompositeForeignKey, EvenOrganizations, RowPolicy, TenantPolicy
from accounts.database.fields import NameKeyField, TenantForeignKey, name_key
from accounts.database.managers import TenantManager
from accounts.database.references import StatementKeys
from accounts.database.rules import tenant_rules

__all__ = [
    "CompositeForeignKey",
    "EvenOrganizations",
    "NameKeyField",
    "RowPolicy",
    "StatementKeys",
    "TenantForeignKey",
    "TenantManager",
    "TenantPolicy",
    "name_key",
    "tenant_rules",
]
