"""A network with the numbers on its nodes and edges."""

from collections.abc import Iterator, Sequence
from dataclasses import dataclass

from app.kit.charts_base import WIDTH, Box, Chart, Table, overlap, picture, text, width_of
from app.kit.numbers import number

RADIUS = 24
ROW = 92  # from node to node
TOP = 34
MOST_LABELS = 16  # edges: more are drawn without their numbers
PLACES = (0.3, 0.68, 0.5, 0.4, 0.6, 0.22, 0.77)  # along an edge, in order of preference
LETTER_HEIGHT = 13
SURE = 1.5  # the weight that is drawn with the widest stroke


@dataclass(frozen=True, slots=True)
class Node:
    name: str
    value: float
    gradient: float | None = None


@dataclass(frozen=True, slots=True)
class Edge:
    source: str
    target: str
    value: float
    gradient: float | None = None


@dataclass(frozen=True, slots=True)
class Network:
    """Nodes in columns from left to right; edges between nodes by name."""

    title: str
    columns: tuple[tuple[Node, ...], ...]
    edges: tuple[Edge, ...]


def network(data: Network, *, ident: str) -> Chart:
    """Draw nodes with their values, edges with their weights, and the gradients under both."""
    height = TOP + ROW * max(map(len, data.columns), default=1)
    places = dict(_places(data, height))
    drawn = [edge for edge in data.edges if edge.source in places and edge.target in places]
    description = tell_network(data)
    svg = picture(
        *(_edge(edge, places) for edge in drawn),
        *_edge_numbers(drawn, places),
        *(_node(node, *places[node.name]) for column in data.columns for node in column),
        ident=ident,
        title=data.title,
        description=description,
        height=height,
    )
    return Chart(svg, description, _table(data))


def _places(data: Network, height: float) -> Iterator[tuple[str, tuple[float, float]]]:
    last = max(len(data.columns) - 1, 1)
    for n, column in enumerate(data.columns):
        x = RADIUS + 6 + n * (WIDTH - 2 * RADIUS - 12) / last
        top = (height - ROW * (len(column) - 1)) / 2
        for row, node in enumerate(column):
            yield node.name, (x, top + row * ROW)


def _node(node: Node, x: float, y: float) -> str:
    circle = f'<circle class="node" cx="{x:.1f}" cy="{y:.1f}" r="{RADIUS}"/>'
    name = text(node.name, x, y - RADIUS - 5, "name", anchor="m")
    value = text(number(node.value, 2), x, y + 4.5, "value", anchor="m")
    if node.gradient is None:
        return circle + name + value
    gradient = text(_gradient(node.gradient), x, y + RADIUS + 14, "gradient", anchor="m")
    return circle + name + value + gradient


def _gradient(value: float) -> str:
    return f"∂ {number(value, 2)}"


def _edge(edge: Edge, places: dict[str, tuple[float, float]]) -> str:
    (x1, y1), (x2, y2) = places[edge.source], places[edge.target]
    size = min(abs(edge.value) / SURE, 1.0) if edge.value == edge.value else 0.0
    css = f"edge e{round(size * 4)} {'warm' if edge.value >= 0 else 'cool'}"
    return f'<path class="{css}" d="M{x1:.1f} {y1:.1f}L{x2:.1f} {y2:.1f}"/>'


def _edge_numbers(edges: Sequence[Edge], places: dict[str, tuple[float, float]]) -> list[str]:
    """Write each edge's numbers at the first place along it that is still free."""
    if len(edges) > MOST_LABELS:
        return []
    taken: list[Box] = [
        Box(x - RADIUS, y - RADIUS - 16, x + RADIUS, y + RADIUS + 16) for x, y in places.values()
    ]
    parts = []
    for edge in edges:
        words = [number(edge.value, 2)]
        if edge.gradient is not None:
            words.append(_gradient(edge.gradient))
        x, y, box = _free_place(places[edge.source], places[edge.target], words, taken)
        taken.append(box)
        top = y - LETTER_HEIGHT * len(words) / 2
        for n, word in enumerate(words):
            css = "gradient" if n else "weight"
            parts.append(text(word, x, top + LETTER_HEIGHT * (n + 1) - 2.5, css, anchor="m"))
    return parts


def _free_place(
    start: tuple[float, float], end: tuple[float, float], words: Sequence[str], taken: Sequence[Box]
) -> tuple[float, float, Box]:
    half_width = max(map(width_of, words)) / 2
    half_height = LETTER_HEIGHT * len(words) / 2
    tried: list[tuple[float, int, float, float, Box]] = []
    for share in PLACES:
        x = start[0] + share * (end[0] - start[0])
        y = start[1] + share * (end[1] - start[1])
        box = Box(x - half_width, y - half_height, x + half_width, y + half_height)
        tried.append((sum(overlap(box, other) for other in taken), len(tried), x, y, box))
    _, _, x, y, box = min(tried)
    return x, y, box


def tell_network(data: Network) -> str:
    """Return the shape of the network and what comes out of it."""
    shape = "–".join(str(len(column)) for column in data.columns)
    ends = ", ".join(f"{node.name} = {number(node.value)}" for node in data.columns[-1])
    starts = ", ".join(f"{node.name} = {number(node.value)}" for node in data.columns[0])
    return f"A {shape} network with {len(data.edges)} weights: {starts} gives {ends}."


def _table(data: Network) -> Table:
    nodes = [
        (node.name, number(node.value, 4), _optional(node.gradient))
        for column in data.columns
        for node in column
    ]
    edges = [
        (f"{edge.source} → {edge.target}", number(edge.value, 4), _optional(edge.gradient))
        for edge in data.edges
    ]
    return Table(("node or weight", "value", "gradient"), (*nodes, *edges))


def _optional(value: float | None) -> str:
    return "" if value is None else number(value, 4)
