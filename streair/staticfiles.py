"""Static files under hashed names, ES-module imports included."""

from whitenoise.storage import CompressedManifestStaticFilesStorage


class HashedModulesStorage(CompressedManifestStaticFilesStorage):  # type: ignore[misc]
    """Whitenoise's storage, which also rewrites `import … from "./x.js";` (the semicolon counts)."""

    support_js_module_import_aggregation = True
