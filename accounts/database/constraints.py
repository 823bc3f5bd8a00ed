"""Row-level security and composite foreign keys as entries of `Meta.constraints`.

Source: docs/adr/0003-three-locks.md; measured in the tenancy prototypes.
"""

from typing import Any

from django.db.backends.base.schema import BaseDatabaseSchemaEditor
from django.db.backends.ddl_references import Columns, Statement, Table
from django.db.models.constraints import BaseConstraint

CURRENT_ORGANIZATION = "NULLIF(current_setting('app.organization', true), '')::bigint"
CURRENT_LOGIN = "NULLIF(current_setting('app.login', true), '')::bigint"


class DatabaseConstraint(BaseConstraint):
    """A constraint that only the database checks."""

    def validate(self, *args: Any, **kwargs: Any) -> None:
        """Left to the database."""

    def constraint_sql(self, model: Any, schema_editor: BaseDatabaseSchemaEditor | None) -> Any:
        """Nothing inside CREATE TABLE."""
        return self.create_sql(model, schema_editor)

    def create_sql(self, model: Any, schema_editor: BaseDatabaseSchemaEditor | None) -> Any:
        """Put off to the end of the migration, when every table and key it refers to stands."""
        assert schema_editor is not None
        schema_editor.deferred_sql.extend(self.statements(model, schema_editor))
        return None  # nothing to run at once

    def statements(self, model: Any, schema_editor: BaseDatabaseSchemaEditor) -> list[Statement | str]:
        """The statements that make the constraint, in order."""
        raise NotImplementedError

    def __eq__(self, other: object) -> bool:
        return isinstance(other, type(self)) and self.deconstruct() == other.deconstruct()

    def __hash__(self) -> int:
        return hash((type(self), self.name))


class CompositeForeignKey(DatabaseConstraint):
    """FOREIGN KEY (organization_id, x_id) REFERENCES target (organization_id, id), checked at once."""

    def __init__(self, *, field: str, name: str = "") -> None:
        super().__init__(name=name or f"%(app_label)s_%(class)s_{field}_fk")
        self.field = field

    def statements(self, model: Any, schema_editor: BaseDatabaseSchemaEditor) -> list[Statement | str]:
        """The key, made while security isn't forced.

        PostgreSQL checks the rows that stand there as the owner, and an owner who sees none finds none at fault.
        """
        quote = schema_editor.quote_name
        field = model._meta.get_field(self.field)
        table = model._meta.db_table
        target = field.remote_field.model._meta.db_table
        tables = [Table(name, quote) for name in sorted({table, target})]
        return [
            *(Statement("ALTER TABLE %(table)s NO FORCE ROW LEVEL SECURITY", table=each) for each in tables),
            Statement(
                "ALTER TABLE %(table)s ADD CONSTRAINT %(name)s FOREIGN KEY (%(columns)s) "
                "REFERENCES %(target)s (organization_id, id)",
                table=Table(table, quote),
                name=quote(self.name),
                columns=Columns(table, ["organization_id", field.column], quote),
                target=Table(target, quote),
            ),
            *(Statement("ALTER TABLE %(table)s FORCE ROW LEVEL SECURITY", table=each) for each in tables),
        ]

    def remove_sql(self, model: Any, schema_editor: BaseDatabaseSchemaEditor | None) -> Any:
        """Drop the key."""
        assert schema_editor is not None
        quote = schema_editor.quote_name
        return Statement(
            "ALTER TABLE %(table)s DROP CONSTRAINT %(name)s",
            table=Table(model._meta.db_table, quote),
            name=quote(self.name),
        )

    def deconstruct(self) -> Any:
        """What migrations write down."""
        path, args, kwargs = super().deconstruct()
        return path, args, kwargs | {"field": self.field}


class RowPolicy(DatabaseConstraint):
    """ENABLE and FORCE ROW LEVEL SECURITY with one policy; several policies of a table are joined by OR.

    `command` is ALL, SELECT, INSERT, UPDATE or DELETE; `using` says which rows are seen, `check` which may be written.
    """

    def __init__(self, *, name: str, command: str = "ALL", using: str = "", check: str = "") -> None:
        super().__init__(name=name)
        self.command, self.using, self.check = command, using, check

    def statements(self, model: Any, schema_editor: BaseDatabaseSchemaEditor) -> list[Statement | str]:
        """Three statements; the first two may stand already."""
        quote = schema_editor.quote_name
        table = Table(model._meta.db_table, quote)
        clauses = (f" USING ({self.using})" if self.using else "") + (
            f" WITH CHECK ({self.check})" if self.check else ""
        )
        return [
            Statement("ALTER TABLE %(table)s ENABLE ROW LEVEL SECURITY", table=table),
            Statement("ALTER TABLE %(table)s FORCE ROW LEVEL SECURITY", table=table),
            Statement(
                "CREATE POLICY %(name)s ON %(table)s FOR %(command)s" + clauses.replace("%", "%%"),
                table=table,
                name=quote(self.name),
                command=self.command,
            ),
        ]

    def remove_sql(self, model: Any, schema_editor: BaseDatabaseSchemaEditor | None) -> Any:
        """Drop the policy; forced security without one shows no row at all."""
        assert schema_editor is not None
        quote = schema_editor.quote_name
        return Statement(
            "DROP POLICY %(name)s ON %(table)s", table=Table(model._meta.db_table, quote), name=quote(self.name)
        )

    def deconstruct(self) -> Any:
        """What migrations write down."""
        path, args, kwargs = super().deconstruct()
        return path, args, kwargs | {"command": self.command, "using": self.using, "check": self.check}


class TenantPolicy(RowPolicy):
    """Only the rows of the tenant that is open."""

    def __init__(self, *, name: str = "", command: str = "ALL") -> None:
        condition = f"organization_id = {CURRENT_ORGANIZATION}"
        super().__init__(
            name=name or f"%(app_label)s_%(class)s_tenant_{command.lower()}",
            command=command,
            using="" if command == "INSERT" else condition,
            check="" if command == "SELECT" else condition,
        )

    def deconstruct(self) -> Any:
        """The condition is this class's own."""
        path, args, kwargs = super().deconstruct()
        return path, args, {"name": kwargs["name"], "command": kwargs["command"]}


class EvenOrganizations(DatabaseConstraint):
    """No statistics of the organizations of a large table: to the planner, each is 1/200 of it.

    With them it takes an organization that came after the last ANALYZE for empty, and reads all of its rows by any
    index that begins with organization: the first import of a new organization became slower with every batch, up to
    7 ms a row.
    """

    def __init__(self, *, name: str = "%(app_label)s_%(class)s_even") -> None:
        super().__init__(name=name)

    def statements(self, model: Any, schema_editor: BaseDatabaseSchemaEditor) -> list[Statement | str]:
        """One ALTER TABLE."""
        table = Table(model._meta.db_table, schema_editor.quote_name)
        return [Statement("ALTER TABLE %(table)s ALTER COLUMN organization_id SET STATISTICS 0", table=table)]

    def remove_sql(self, model: Any, schema_editor: BaseDatabaseSchemaEditor | None) -> Any:
        """The usual statistics again."""
        assert schema_editor is not None
        table = Table(model._meta.db_table, schema_editor.quote_name)
        return Statement("ALTER TABLE %(table)s ALTER COLUMN organization_id SET STATISTICS -1", table=table)
