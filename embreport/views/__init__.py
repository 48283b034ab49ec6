"""Results into sentences, figures, legends and still pictures: all the page says, nothing of how it is laid out."""

from embreport.views.captions import alternative_text, caption, small_caption
from embreport.views.choices import color_column, color_figure, coloring, label_column, opening_projection
from embreport.views.figures import figure_rows, figures_note
from embreport.views.frame import Frame, frame_of
from embreport.views.headline import Count, digest, headline
from embreport.views.legend import LegendEntry, LegendView, legend
from embreport.views.overall import overall_facts
from embreport.views.polylines import line_column, polyline_notices
from embreport.views.provenance import Fact, provenance, shown_path, where_line
from embreport.views.resources import palette, template_text, templates_folder
from embreport.views.results import EmbeddingResult, placed_points
from embreport.views.saved_views import points_shown, saved_camera, saved_caption, saved_projections
from embreport.views.stills import PointColors, draw_still, point_colors

__all__ = [
    "Count",
    "EmbeddingResult",
    "Fact",
    "Frame",
    "LegendEntry",
    "LegendView",
    "PointColors",
    "alternative_text",
    "caption",
    "color_column",
    "color_figure",
    "coloring",
    "digest",
    "draw_still",
    "figure_rows",
    "figures_note",
    "frame_of",
    "headline",
    "label_column",
    "legend",
    "line_column",
    "opening_projection",
    "overall_facts",
    "palette",
    "placed_points",
    "point_colors",
    "points_shown",
    "polyline_notices",
    "provenance",
    "saved_camera",
    "saved_caption",
    "saved_projections",
    "shown_path",
    "small_caption",
    "template_text",
    "templates_folder",
    "where_line",
]
