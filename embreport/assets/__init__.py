"""What belongs to a tensor: metadata files and sprite sheets, given as bytes. Opens no file."""

from embreport.assets.columns import columns_from_table
from embreport.assets.metadata import LARGEST_METADATA, MetadataTable, read_metadata_table
from embreport.assets.sprites import LARGEST_SPRITE_FILE, SpriteLayout, read_sprite, survey_sprite

__all__ = [
    "LARGEST_METADATA",
    "LARGEST_SPRITE_FILE",
    "MetadataTable",
    "SpriteLayout",
    "columns_from_table",
    "read_metadata_table",
    "read_sprite",
    "survey_sprite",
]
