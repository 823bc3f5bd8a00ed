"""What the database itself enforces: row policies and composite keys, as model constraints that migrations carry."""

from accounts.database.constraints import CompositeForeignKey, EvenOrganizations, RowPolicy, TenantPolicy, tenant_rules
from accounts.database.fields import NameKeyField, TenantForeignKey, name_key
from accounts.database.managers import TenantManager

__all__ = [
    "CompositeForeignKey",
    "EvenOrganizations",
    "NameKeyField",
    "RowPolicy",
    "TenantForeignKey",
    "TenantManager",
    "TenantPolicy",
    "name_key",
    "tenant_rules",
]
