"""Charts as SVG made on the server: what the rest of the application imports.

Every function takes the data of one chart and an ``ident`` that is unique in the page, and returns
a Chart: the picture, one sentence with its numbers, and a table. Colours, letters and line widths
come from static/css/charts.css, so that dark mode and print follow.
"""

from app.kit.charts_bars import Bars, bars
from app.kit.charts_base import Axis, Chart, Mark, Table
from app.kit.charts_contour import Contour, contour
from app.kit.charts_curves import Curve, Guess, Lines
from app.kit.charts_heatmap import Heatmap, heatmap
from app.kit.charts_histograms import Histograms, histograms
from app.kit.charts_lines import lines
from app.kit.charts_network import Edge, Network, Node, network
from app.kit.charts_prediction import Prediction, distance, prediction
from app.kit.charts_regions import Regions, regions

__all__ = [
    "Axis",
    "Bars",
    "Chart",
    "Contour",
    "Curve",
    "Edge",
    "Guess",
    "Heatmap",
    "Histograms",
    "Lines",
    "Mark",
    "Network",
    "Node",
    "Prediction",
    "Regions",
    "Table",
    "bars",
    "contour",
    "distance",
    "heatmap",
    "histograms",
    "lines",
    "network",
    "prediction",
    "regions",
]
