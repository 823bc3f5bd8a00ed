"""Imports of targets, and targets as a file."""

from django.core.files.uploadedfile import SimpleUploadedFile

from tests.architecture.urls.declare import Site


def a_file() -> SimpleUploadedFile:
    """Somebody's target."""
    return SimpleUploadedFile("targets.csv", b"name,channel,month,deals\nsomebody,phone,2026-11,5\n", "text/csv")


RULES: dict[str, Site] = {
    "targets:target_import": Site(
        get=200,
        post=200,
        get_by={"salesperson": 403},
        post_by={"salesperson": 403},
        files={"file": a_file},
        fragments=("import-preview",),
    ),
    "targets:imported_detail": Site(get=404, path={"batch": "{auditentry.batch}"}),
    "targets:imported_undo": Site(post=404, path={"batch": "{auditentry.batch}"}),
    "targets:target_export": Site(get=200, query="first=2026-01&last=2026-12&empty=on"),
}
