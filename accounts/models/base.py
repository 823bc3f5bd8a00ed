"""What every tenant table shares."""

from typing import Any

from django.core.exceptions import ValidationError
from django.db import models

from accounts.database import NameKeyField, TenantManager, name_key


class TenantModel(models.Model):
    """A row that belongs to one organization, for good. Its Meta.constraints start with `tenant_rules(...)`."""

    organization = models.ForeignKey(
        "accounts.Organization", on_delete=models.PROTECT, related_name="+", editable=False, db_index=False
    )

    objects = TenantManager()

    class Meta:
        abstract = True

    def _do_update(self, base_qs: Any, *args: Any, **kwargs: Any) -> Any:
        # The base manager is not scoped; the row's own organization keeps UPDATE ... WHERE id = x inside the tenant.
        return super()._do_update(base_qs.filter(organization_id=self.organization_id), *args, **kwargs)


class NamedModel(TenantModel):
    """A tenant's row that people and imports know by its name."""

    name = models.CharField(max_length=240)
    name_key = NameKeyField()

    class Meta:
        abstract = True

    def __str__(self) -> str:
        return self.name

    def full_clean(self, *args: Any, **kwargs: Any) -> None:
        """The key first: whether a name is taken is asked of it."""
        self.name_key = name_key(self.name)
        super().full_clean(*args, **kwargs)

    def clean(self) -> None:
        """White space is no name."""
        super().clean()
        if not self.name_key:
            raise ValidationError({"name": "Enter a name."})
