"""Static files under names with a hash, those that our own JavaScript modules import too."""

from whitenoise.storage import CompressedManifestStaticFilesStorage


class ModuleStorage(CompressedManifestStaticFilesStorage):
    """Rewrites `import ... from "./part.js"` to the part's hashed name, so that browsers can keep both for ever.

    In our own folder alone: scripts of packages import what only a bundler finds.
    """

    support_js_module_import_aggregation = True
    _js_module_import_aggregation_patterns = (
        "js/*.js",
        CompressedManifestStaticFilesStorage._js_module_import_aggregation_patterns[1],
    )
