"""What of lists and records is audited, in words."""

from accounts.subjects import FieldWords, Group, Style, Subject

MONEY = {name: FieldWords(name.capitalize(), Style.MONEY) for name in ("net", "gross", "margin")}
FLAGS = {
    "is_initial": FieldWords("Proposed"),
    "triggers_commission": FieldWords("Confirmed"),
    "is_ordered": FieldWords("A real order"),
}
SUBJECTS = (
    Subject(
        "ledger.channel", "Channel", fields={"archived_at": FieldWords("Archived"), "position": FieldWords("Order")}
    ),
    Subject("ledger.dealstate", "Deal state", fields=FLAGS),
    Subject("ledger.salesledger", "Sales ledger"),
    Subject("ledger.brand", "Brand", fields={"family_id": FieldWords("Brand family", refers_to="ledger.brandfamily")}),
    Subject("ledger.brandfamily", "Brand family"),
    Subject("ledger.customer", "Customer"),
    Subject(
        "ledger.customerbranch",
        "Customer branch",
        parts=("customer__name", "name"),
        fields={"customer_id": FieldWords("Customer", refers_to="ledger.customer")},
    ),
    Subject("ledger.wholesalerbranch", "Wholesaler branch"),
    Subject(
        "ledger.deal",
        "Deal",
        Group.RECORDS,
        ("number",),
        {
            "member": FieldWords("Salesperson", refers_to="accounts.member"),
            **MONEY,
            "quantity": FieldWords("Quantity", Style.NUMBER),
        },
    ),
    Subject(
        "ledger.import",
        "Import",
        Group.RECORDS,
        ("filename",),
        {
            "rows_stored": FieldWords("Rows stored"),
            "rows_refused": FieldWords("Rows refused"),
            "filename": FieldWords("File"),
            "undone_at": FieldWords("Undone"),
            "problem": FieldWords("Why"),
        },
    ),
)
