"""In processes that tests start, with this folder on PYTHONPATH: numba and what needs it are as if not installed."""

import sys

# None makes every import of it fail, as where it is not there.
sys.modules.update(dict.fromkeys(("numba", "umap"), None))  # type: ignore[arg-type]
