"""What belongs to a tensor: metadata files and sprite sheets, given as bytes. Opens no file."""

from embreport.assets.columns import columns_from_table, distinct_names
from embreport.assets.image_files import LARGEST_IMAGE_FILE, fitting_tile, read_images, size_of_image
from embreport.assets.metadata import LARGEST_METADATA, MetadataTable, read_metadata_table
from embreport.assets.sprites import LARGEST_SPRITE_FILE, SpriteLayout, read_sprite, survey_sprite

__all__ = [
    "LARGEST_IMAGE_FILE",
    "LARGEST_METADATA",
    "LARGEST_SPRITE_FILE",
    "MetadataTable",
    "SpriteLayout",
    "columns_from_table",
    "distinct_names",
    "fitting_tile",
    "read_images",
    "read_metadata_table",
    "read_sprite",
    "size_of_image",
    "survey_sprite",
]
