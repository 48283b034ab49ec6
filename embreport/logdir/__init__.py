"""Where things are in a log directory: surveyed first, then loaded one embedding at a time."""

from embreport.logdir.loading import checksum, checksum_of_source, load
from embreport.logdir.surveying import survey

__all__ = ["checksum", "checksum_of_source", "load", "survey"]
