"""Fields that know about tenants and names."""

from typing import Any

from django.db import models
from django.db.models.lookups import Exact
from django.db.models.sql.where import AND, WhereNode


def name_key(name: str) -> str:
    """The form in which names are compared: case folded, outer and repeated white space gone."""
    return " ".join(name.split()).casefold()


class NameKeyField(models.CharField[str, str]):
    """Keeps `name_key(name)` beside `name`, so that look-ups by name use a plain, leakproof index."""

    def __init__(self, *args: Any, **kwargs: Any) -> None:
        kwargs.setdefault("max_length", 240)
        kwargs.setdefault("editable", False)
        super().__init__(*args, **kwargs)

    def pre_save(self, model_instance: models.Model, add: bool) -> str:
        """Derive the key from the row's name at each save."""
        key = name_key(model_instance.name)  # type: ignore[attr-defined]  # only models with a name carry this field
        setattr(model_instance, self.attname, key)
        return key


class TenantForeignKey(models.ForeignKey[Any, Any]):
    """A reference between two tenant tables: joins and related look-ups match the organization too.

    The database's own constraint is the composite one, see CompositeForeignKey; this field makes none.
    """

    def __init__(self, *args: Any, **kwargs: Any) -> None:
        kwargs["db_constraint"] = False
        kwargs.setdefault("db_index", False)
        super().__init__(*args, **kwargs)

    def deconstruct(self) -> Any:
        """Leave the forced arguments out of migrations."""
        name, path, args, kwargs = super().deconstruct()
        kwargs.pop("db_constraint", None)
        if kwargs.get("db_index") is False:
            kwargs.pop("db_index")
        return name, path, args, kwargs

    def get_extra_restriction(self, alias: str | None, related_alias: str | None) -> WhereNode | None:
        """JOIN ... ON a.x_id = b.id AND a.organization_id = b.organization_id.

        Where Django trims a join it names one side only (exclude() over a reverse relation); a restriction without the
        other side would compare a column with itself.
        """
        if alias is None or related_alias is None:
            return None
        ours: Any = self.model._meta.get_field("organization")
        theirs: Any = self.remote_field.model._meta.get_field("organization")
        same: Any = Exact(ours.get_col(alias), theirs.get_col(related_alias))
        return WhereNode([same], connector=AND)

    def get_extra_descriptor_filter(self, instance: models.Model) -> dict[str, Any]:
        """Follow the reference within the row's own organization."""
        return {"organization_id": instance.organization_id}  # type: ignore[attr-defined]
