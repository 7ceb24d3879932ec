"""Convolution: output size, parameters and multiplications, and one kernel at work."""

from collections.abc import Callable

import numpy as np

from engine.arrays import Array
from engine.convolution import conv2d
from engine.counts import conv_macs, conv_output_size, conv_parameters, dense_parameters
from engine.demos.result import Axis, Demo, FactSpec, Heatmap, Param, Preset, Result
from engine.demos.settings import by_name
from engine.demos.wording import number

DRAWN = 32  # pixels a side that a picture keeps


def convolve(
    *,
    size: int,
    kernel: int,
    stride: int,
    padding: int,
    dilation: int,
    channels_in: int,
    channels_out: int,
    filter: str,  # noqa: A002 - the learner's word for it
    seed: int,
) -> Result:
    """Count what a layer of these settings costs, and run one of its kernels."""
    out = conv_output_size(size, kernel, stride=stride, padding=padding, dilation=dilation)
    span = dilation * (kernel - 1) + 1
    facts = {
        "output_size": out,
        "parameters": conv_parameters(kernel, channels_in, channels_out),
        "macs": conv_macs(out, out, kernel, channels_in, channels_out),
        "span": span,
        "unused_pixels": (size + 2 * padding - span) % stride,
        "dense_parameters": dense_parameters(size * size * channels_in, out * out * channels_out),
    }
    image, taps = picture(np.random.default_rng(seed), size), KERNELS[filter](kernel)
    feature_map, _ = conv2d(
        image[None, :, :, None],
        taps[:, :, None, None],
        np.zeros(1),
        stride=stride,
        padding=padding,
        dilation=dilation,
    )
    series = {
        "image": drawn("Picture", image),
        "kernel": matrix("Kernel", taps, diverging=True, show_values=True),
        "feature_map": drawn("Feature map of this kernel", feature_map[0, :, :, 0], diverging=True),
    }
    settings = {"size": size, "kernel": kernel, "stride": stride, "padding": padding}
    return Result(
        series, {name: float(value) for name, value in facts.items()}, reading(facts, settings)
    )


def picture(rng: np.random.Generator, size: int) -> Array:
    """A ring crossed by a bar, at a place and an angle of the seed: edges in every direction."""
    line, (x0, y0) = np.linspace(-1, 1, size), rng.uniform(-0.15, 0.15, 2)
    x, y, angle = line - x0, (line - y0)[:, None], rng.uniform(0, np.pi)
    ring = np.abs(np.hypot(x, y) - 0.55) < 0.13
    bar = np.abs(x * np.sin(angle) - y * np.cos(angle)) < 0.1
    image: Array = np.where(ring | bar, 1.0, 0.0)
    return image


def centre(k: int) -> Array:
    """The kernel that copies its middle pixel."""
    taps = np.zeros((k, k))
    taps[k // 2, k // 2] = 1
    return taps


def blur(k: int) -> Array:
    """The mean of the window."""
    return np.full((k, k), 1 / k**2)


def vertical_edges(k: int) -> Array:
    """The right half minus the left half: strong where brightness changes from left to right."""
    signs: Array = np.sign(np.arange(k) - (k - 1) / 2)
    return np.tile(signs / k, (k, 1))


def horizontal_edges(k: int) -> Array:
    """The lower half minus the upper half."""
    return vertical_edges(k).T


KERNELS: dict[str, Callable[[int], Array]] = {
    "vertical_edges": vertical_edges,
    "horizontal_edges": horizontal_edges,
    "blur": blur,
    "sharpen": lambda k: 2 * centre(k) - blur(k),
    "outline": lambda k: centre(k) - blur(k),
}


def drawn(title: str, values: Array, *, diverging: bool = False) -> Heatmap:
    """A picture, thinned out to what can be drawn; the title says so."""
    step = -(-len(values) // DRAWN)
    side = f"{len(values)} × {len(values)}" + (f", every {step}th pixel" if step > 1 else "")
    return matrix(f"{title}, {side}", values[::step, ::step], diverging=diverging)


def matrix(
    title: str, values: Array, *, diverging: bool = False, show_values: bool = False
) -> Heatmap:
    """Pixels as colours."""
    x_axis, y_axis, value_axis = Axis("column"), Axis("row"), Axis("value")
    return Heatmap(title, values, (), (), x_axis, y_axis, value_axis, diverging, show_values)


def reading(facts: dict[str, int], settings: dict[str, int]) -> str:
    """Where the output size comes from, and what the counts depend on."""
    size, stride, padding = settings["size"], settings["stride"], settings["padding"]
    room, span, out = size + 2 * padding, facts["span"], facts["output_size"]
    unused = facts["unused_pixels"]
    edge = f" The last {unused} of them are never covered." if unused else ""
    return (
        f"The {settings['kernel']} × {settings['kernel']} kernel spans {span} pixels. In steps of "
        f"{stride} it fits ⌊({size} + 2·{padding} − {span})/{stride}⌋ + 1 = {out} times into the "
        f"{room} pixels of a padded line: {size} × {size} becomes {out} × {out}.{edge} The layer "
        f"has {facts['parameters']:,} parameters whatever the picture's size, since every "
        f"place shares them, and uses its weights {facts['macs']:,} times. A dense layer "
        f"between the same shapes would have {number(facts['dense_parameters'])} parameters."
    )


DEMO = Demo(
    slug="convolution",
    title="Convolution: size, parameters, cost",
    summary="Slide a kernel over a picture: what comes out, how large it is and what it costs.",
    topics=("cnn-ops", "cnn-architectures"),
    params=(
        Param("size", "n", "int", 28, low=28, high=256, unit="pixels", help="Height and width"),
        Param("kernel", "k", "int", 3, low=1, high=7, unit="pixels", help="Height and width"),
        Param("stride", "s", "int", 1, low=1, high=4, unit="pixels"),
        Param("padding", "p", "int", 0, low=0, high=8, unit="pixels", help="Zeros on every side"),
        Param("dilation", "d", "int", 1, low=1, high=4, help="Distance between the kernel's taps"),
        Param("channels_in", "C_in", "int", 1, low=1, high=1024, help="3 for a colour picture"),
        Param("channels_out", "C_out", "int", 8, low=1, high=1024, help="One kernel each"),
        Param(
            "filter",
            "",
            "choice",
            "vertical_edges",
            choices=tuple((name, name.replace("_", " ")) for name in KERNELS),
            help="The kernel that is drawn at work; the counts do not depend on it",
        ),
    ),
    facts=(
        FactSpec("output_size", "height and width of a feature map", unit="pixels", integer=True),
        FactSpec("parameters", "weights and biases of the layer", integer=True),
        FactSpec("macs", "multiply-accumulates of one picture", log=True, integer=True),
        FactSpec("span", "pixels from the kernel's first tap to its last", integer=True),
        FactSpec(
            "unused_pixels", "pixels at the end of a line that no window covers", integer=True
        ),
        FactSpec("dense_parameters", "parameters of a dense layer instead", log=True, integer=True),
    ),
    run=by_name(convolve),
    references=(
        "LeCun et al. 1998, Gradient-based learning applied to document recognition",
        (
            "Dumoulin & Visin 2016, A guide to convolution arithmetic for deep learning, "
            "arXiv:1603.07285"
        ),
        (
            "Yu & Koltun 2016, Multi-scale context aggregation by dilated convolutions, "
            "arXiv:1511.07122"
        ),
    ),
    presets=(
        Preset(
            "First layer of a ResNet: 224 becomes 112",
            {
                "size": 224,
                "kernel": 7,
                "stride": 2,
                "padding": 3,
                "channels_in": 3,
                "channels_out": 64,
            },
        ),
        Preset(
            "Which way do the edges run?",
            {"filter": "vertical_edges"},
            {"filter": "horizontal_edges"},
        ),
        Preset("Padding keeps the size", {"kernel": 5}, {"kernel": 5, "padding": 2}),
        Preset(
            "Dilation: a wider view at the same price",
            {"kernel": 3, "channels_out": 64},
            {"kernel": 3, "dilation": 4, "channels_out": 64},
        ),
        Preset(
            "1 × 1: mixing channels only",
            {"kernel": 1, "channels_in": 256, "channels_out": 64, "filter": "blur"},
            {"kernel": 3, "padding": 1, "channels_in": 256, "channels_out": 64, "filter": "blur"},
        ),
    ),
)
