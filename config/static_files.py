"""Static files under names with a hash, those that a JavaScript module imports too."""

from whitenoise.storage import CompressedManifestStaticFilesStorage


class ModuleStorage(CompressedManifestStaticFilesStorage):
    """Rewrites `import ... from "./part.js"` to the part's hashed name, so that browsers can keep both for ever."""

    support_js_module_import_aggregation = True
