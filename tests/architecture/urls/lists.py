"""The lists that records refer to."""

from django.core.files.uploadedfile import SimpleUploadedFile

from accounts.models import Role
from tests.architecture.urls.declare import Site


def a_file() -> SimpleUploadedFile:
    """A small list."""
    return SimpleUploadedFile("list.csv", b"Name\nSomething new\n", "text/csv")


# {the beginning of a list's names: the row that stands for it}
ROWS = {
    "channel": "{channels.0.pk}",
    "state": "{proposed.pk}",
    "ledger": "{salesledger.pk}",
    "brand": "{brand.pk}",
    "family": "{brandfamily.pk}",
    "customer": "{customer.pk}",
    "wholesaler": "{wholesalerbranch.pk}",
    "branch": "{customerbranch.pk}",
}
MORE = {"brand": {"family_id": "{brandfamily.pk}"}}
RULES: dict[str, Site] = {}
for kind, row in ROWS.items():
    owner = {"customer_id": "{customer.pk}"} if kind == "branch" else {}
    data = {"name": "A new name"} | MORE.get(kind, {})
    ids = tuple(MORE.get(kind, {}))
    if kind != "branch":
        RULES[f"lists:{kind}-list"] = Site(
            get=200, least=Role.ADMIN, query="" if kind == "channel" else "q=a&sort=-name"
        )
    RULES[f"lists:{kind}-add"] = Site(get=200, post=302, least=Role.ADMIN, path=owner, data=data, ids=ids)
    RULES[f"lists:{kind}-edit"] = Site(
        get=200, post=302, least=Role.ADMIN, path=owner | {"entry_id": row}, data=data, ids=ids
    )
    # Each of these rows is in use.
    RULES[f"lists:{kind}-delete"] = Site(post=(302, 409), least=Role.ADMIN, path=owner | {"entry_id": row})
    RULES[f"lists:{kind}-export"] = Site(get=200, least=Role.ADMIN, path=owner, query="q=a")
    RULES[f"lists:{kind}-import"] = Site(get=200, post=200, least=Role.ADMIN, path=owner, files={"file": a_file})
RULES |= {
    "lists:channel-place": Site(
        post=302,
        least=Role.ADMIN,
        path={"entry_id": "{channels.0.pk}"},
        data={"below": "{channels.1.pk}"},
        ids=("below",),
    ),
    "lists:channel-archive": Site(post=302, least=Role.ADMIN, path={"entry_id": "{channels.0.pk}"}),
    "lists:channel-unarchive": Site(post=302, least=Role.ADMIN, path={"entry_id": "{channels.0.pk}"}),
}
