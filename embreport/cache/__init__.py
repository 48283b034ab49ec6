"""Results of the numbers in a folder, so that a rebuild need not make them again. Knows files; computes nothing."""

from embreport.cache.folder import FolderStore

__all__ = ["FolderStore"]
