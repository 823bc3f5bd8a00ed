"""References of large tables, checked once a statement instead of once a row.

Source: docs/adr/0023-references-checked-by-statement.md.
"""

from typing import Any

from django.db.backends.base.schema import BaseDatabaseSchemaEditor
from django.db.backends.ddl_references import Statement

from accounts.database.constraints import DatabaseConstraint

#: Made by a migration. They act with the rights of whoever writes, whose row policies show the open organization.
FUNCTIONS = """
CREATE FUNCTION headway_references_hold() RETURNS trigger LANGUAGE plpgsql SET search_path = pg_catalog AS $$
-- After rows were added or changed. Arguments: the constraint's name, then column and table of each reference.
DECLARE
    wanted bigint;
    held bigint;
    missing bigint;
BEGIN
    FOR place IN 1 .. TG_NARGS - 1 BY 2 LOOP
        EXECUTE format(
            'WITH wanted AS MATERIALIZED (
                SELECT DISTINCT organization_id, %1$I AS id FROM new_rows WHERE %1$I IS NOT NULL
            ), held AS (
                SELECT t.organization_id, t.id FROM %2$I.%3$I t
                JOIN wanted w ON t.organization_id = w.organization_id AND t.id = w.id FOR KEY SHARE OF t
            )
            SELECT (SELECT count(*) FROM wanted), (SELECT count(*) FROM held)',
            TG_ARGV[place], TG_TABLE_SCHEMA, TG_ARGV[place + 1]
        ) INTO wanted, held;
        IF held < wanted THEN
            EXECUTE format(
                'SELECT %1$I FROM new_rows w WHERE %1$I IS NOT NULL AND NOT EXISTS (
                    SELECT FROM %2$I.%3$I t WHERE t.organization_id = w.organization_id AND t.id = w.%1$I
                ) LIMIT 1',
                TG_ARGV[place], TG_TABLE_SCHEMA, TG_ARGV[place + 1]
            ) INTO missing;
            RAISE foreign_key_violation USING
                MESSAGE = format('insert or update on table "%s" violates foreign key "%s"', TG_TABLE_NAME, TG_ARGV[0]),
                DETAIL = format(
                    'Key (%s)=(%s) is not present in table "%s".', TG_ARGV[place], missing, TG_ARGV[place + 1]
                ),
                TABLE = TG_TABLE_NAME, CONSTRAINT = TG_ARGV[0];
        END IF;
    END LOOP;
    RETURN NULL;
END $$;

CREATE FUNCTION headway_references_stay() RETURNS trigger LANGUAGE plpgsql SET search_path = pg_catalog AS $$
-- After rows were deleted that others may refer to. Arguments: the constraint's name, its table, its column.
DECLARE
    kept boolean;
BEGIN
    EXECUTE format(
        'SELECT EXISTS (
            SELECT FROM %1$I.%2$I r JOIN old_rows o ON r.organization_id = o.organization_id AND r.%3$I = o.id
        )',
        TG_TABLE_SCHEMA, TG_ARGV[1], TG_ARGV[2]
    ) INTO kept;
    IF kept THEN
        RAISE foreign_key_violation USING
            MESSAGE = format(
                'delete on table "%s" violates foreign key "%s" on table "%s"', TG_TABLE_NAME, TG_ARGV[0], TG_ARGV[1]
            ),
            TABLE = TG_ARGV[1], CONSTRAINT = TG_ARGV[0];
    END IF;
    RETURN NULL;
END $$;

CREATE FUNCTION headway_key_stays() RETURNS trigger LANGUAGE plpgsql SET search_path = pg_catalog AS $$
BEGIN
    RAISE foreign_key_violation USING
        MESSAGE = format('the key of a row of "%s" never changes', TG_TABLE_NAME), TABLE = TG_TABLE_NAME;
END $$;
"""
DROP_FUNCTIONS = "DROP FUNCTION headway_references_hold(), headway_references_stay(), headway_key_stays()"

_KEY_STAYS = """
CREATE OR REPLACE TRIGGER "{table}_key_stays" AFTER UPDATE OF organization_id, id ON "{table}" FOR EACH ROW
WHEN ((OLD.organization_id, OLD.id) IS DISTINCT FROM (NEW.organization_id, NEW.id))
EXECUTE FUNCTION headway_key_stays()
"""


class StatementKeys(DatabaseConstraint):
    """What CompositeForeignKey promises of several fields, by triggers that look at all rows of a statement at once.

    The same error (foreign_key_violation) at the same moment, and the same locks on what is referred to. For tables
    that imports fill: a key costs each row what this costs a statement.
    """

    def __init__(
        self, *, fields: list[str] | tuple[str, ...], name: str = "%(app_label)s_%(class)s_references"
    ) -> None:
        super().__init__(name=name)
        self.fields = tuple(fields)

    def references(self, model: Any) -> list[tuple[str, str]]:
        """(column, table) of each."""
        found = [model._meta.get_field(name) for name in self.fields]
        return [(field.column, field.remote_field.model._meta.db_table) for field in found]

    def statements(self, model: Any, schema_editor: BaseDatabaseSchemaEditor) -> list[Statement | str]:
        """Look at the rows that stand there, unhidden from the owner, then make the triggers."""
        table = model._meta.db_table
        references = self.references(model)
        tables = sorted({table, *(target for _, target in references)})
        pairs = ", ".join(f"'{part}'" for reference in references for part in reference)
        hold = f"headway_references_hold('{self.name}', {pairs})"
        made: list[Statement | str] = [
            *(f'ALTER TABLE "{each}" NO FORCE ROW LEVEL SECURITY' for each in tables),
            *(self._validation(table, column, target) for column, target in references),
            *(f'ALTER TABLE "{each}" FORCE ROW LEVEL SECURITY' for each in tables),
            _trigger(f"{self.name}_added", "INSERT", table, "NEW TABLE AS new_rows", hold),
            _trigger(f"{self.name}_changed", "UPDATE", table, "NEW TABLE AS new_rows", hold),
        ]
        for column, target in references:
            stay = f"headway_references_stay('{self.name}', '{table}', '{column}')"
            made.append(_trigger(f"{self.name}_{column}", "DELETE", target, "OLD TABLE AS old_rows", stay))
            made.append(_KEY_STAYS.format(table=target))
        return made

    def _validation(self, table: str, column: str, target: str) -> str:
        return f"""
            DO $$ BEGIN
            IF EXISTS (
                SELECT FROM "{table}" r WHERE r."{column}" IS NOT NULL AND NOT EXISTS (
                    SELECT FROM "{target}" t WHERE t.organization_id = r.organization_id AND t.id = r."{column}"
                )
            ) THEN RAISE foreign_key_violation USING MESSAGE = 'rows violate "{self.name}": {column}'; END IF;
            END $$
        """  # noqa: S608 (names of our own models)

    def remove_sql(self, model: Any, schema_editor: BaseDatabaseSchemaEditor | None) -> Any:
        """Drop the triggers; that keys never change stays, since other tables may count on it."""
        table = model._meta.db_table
        drops = [f'DROP TRIGGER "{self.name}_added" ON "{table}"', f'DROP TRIGGER "{self.name}_changed" ON "{table}"']
        drops += [f'DROP TRIGGER "{self.name}_{column}" ON "{target}"' for column, target in self.references(model)]
        return "; ".join(drops)

    def deconstruct(self) -> Any:
        """What migrations write down."""
        path, args, kwargs = super().deconstruct()
        return path, args, kwargs | {"fields": self.fields}


def _trigger(name: str, event: str, table: str, rows: str, call: str) -> str:
    return (
        f'CREATE TRIGGER "{name}" AFTER {event} ON "{table}" REFERENCING {rows} '
        f"FOR EACH STATEMENT EXECUTE FUNCTION {call}"
    )
