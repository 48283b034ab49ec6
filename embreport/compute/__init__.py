"""Arrays in, arrays out: neighbors, projections and what can be said of them. Reads no file, makes no page."""

from __future__ import annotations

from embreport.compute.numbers import compute_numbers
from embreport.compute.settings import ComputeSettings
from embreport.compute.umap import umap_is_installed

__all__ = ["ComputeSettings", "compute_numbers", "umap_is_installed"]
