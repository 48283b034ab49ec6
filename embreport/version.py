"""The version, in one place: the package's metadata and every report's page read it from here."""

__version__ = "0.1.0"
