"""Imports one file in a process, and so a memory, of its own: `python -m benchmarks.one_import FILE`."""

import json
import resource
import sys
import time
from pathlib import Path


def main() -> None:
    """Upload, start and run, as the pages and the worker do; print what came of it as JSON."""
    from benchmarks.__main__ import prepare

    prepare()
    from django.core.files import File

    from accounts.models import Organization
    from accounts.tenancy import tenant
    from benchmarks.worlds import SLUG
    from ledger.models import Import
    from ledger.services import run_import, start_import, upload_import

    organization = Organization.objects.get(slug=SLUG)
    began = time.perf_counter()
    with Path(sys.argv[1]).open("rb") as stream, tenant(organization):
        source = upload_import(File(stream), filename="benchmark.csv", by=None)
        start_import(source, by=None, enqueue=False)
    run_import(organization, source.pk)
    seconds = time.perf_counter() - began
    with tenant(organization):
        done = Import.objects.get(pk=source.pk)
    if done.status != Import.Status.DONE:
        raise RuntimeError(done.problem)
    peak = resource.getrusage(resource.RUSAGE_SELF).ru_maxrss / (1024 if sys.platform == "linux" else 1024**2)
    print(json.dumps({"seconds": seconds, "megabytes": peak, "stored": done.rows_stored, "refused": done.rows_refused}))


if __name__ == "__main__":
    main()
