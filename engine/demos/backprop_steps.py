"""Forward and backprop step by step: every number of a 2-3-1 network, by name."""

from collections.abc import Iterator, Mapping

from engine.activations import sigmoid, softplus
from engine.demos.result import (
    Demo,
    Edge,
    FactSpec,
    Network,
    Node,
    Param,
    Preset,
    Result,
    Series,
    Table,
)
from engine.demos.settings import ACTIVATIONS, activation_param, without_seed
from engine.demos.wording import number
from engine.scalar import Value

UNITS = (1, 2, 3)
WEIGHTS = {
    "w11": 0.5, "w12": -0.4, "w13": 0.8,  # from x1 to the hidden units
    "w21": -0.3, "w22": 0.9, "w23": 0.2,  # from x2
    "b1": 0.1, "b2": -0.2, "b3": 0.0,
    "v1": 0.7, "v2": -1.1, "v3": 0.4,  # from the hidden units to the output
    "c": 0.1,
}  # fmt: skip


def step_through(
    *,
    x1: float,
    x2: float,
    target: float,
    activation: str,
    loss: str,
    lr: float,
    **weights: float,
) -> Result:
    """One example forward and back, and the loss after one step against the gradient."""
    example = {"x1": x1, "x2": x2, "t": target}
    graph = forward({**example, **weights}, activation, loss)
    graph["L"].backward()
    moved = {name: weights[name] - lr * graph[name].grad for name in WEIGHTS}
    after = forward({**example, **moved}, activation, loss)["L"].data
    facts = facts_of(graph, after)
    series: dict[str, Series] = {
        "network": diagram(graph),
        "forward": Table("Forward", HEADER, tuple(forward_rows(graph, loss))),
        "backward": Table("Backward", HEADER, tuple(backward_rows(graph))),
    }
    return Result(series, facts, reading(facts, activation, target=target, lr=lr))


def forward(numbers: Mapping[str, float], activation: str, loss: str) -> dict[str, Value]:
    """Every number of the network by name, from the inputs and weights to the loss L."""
    g = {name: Value(value) for name, value in numbers.items()}
    g["z"] = g["c"]
    for j in UNITS:
        g[f"z{j}"] = g[f"w1{j}"] * g["x1"] + g[f"w2{j}"] * g["x2"] + g[f"b{j}"]
        g[f"a{j}"] = g[f"z{j}"].apply(ACTIVATIONS[activation])
        g["z"] = g["z"] + g[f"v{j}"] * g[f"a{j}"]
    if loss == "bce":  # from the logit z, as every framework does it: ln(1 + exp z) - t z
        g["y"] = g["z"].apply(sigmoid)
        g["L"] = g["z"].apply(softplus) - g["t"] * g["z"]
    else:
        g["y"] = g["z"]
        g["L"] = Value(0.5) * (g["y"] - g["t"]) * (g["y"] - g["t"])
    return g


def facts_of(graph: Mapping[str, Value], loss_after: float) -> dict[str, float]:
    """The declared facts."""
    units = {f"{name}{j}": graph[f"{name}{j}"].data for name in "za" for j in UNITS}
    deltas = {f"delta{j}": graph[f"z{j}"].grad for j in UNITS}
    gradients = {f"d{name}": graph[name].grad for name in WEIGHTS}
    ends = {"output": graph["y"].data, "loss": graph["L"].data, "loss_after": loss_after}
    return {**ends, **units, "z": graph["z"].data, "delta": graph["z"].grad, **deltas, **gradients}


def diagram(graph: Mapping[str, Value]) -> Network:
    """The network with its values, the deltas at its units and the gradients of its weights."""

    def edge(source: str, target: str, weight: str) -> Edge:
        return Edge(source, target, graph[weight].data, graph[weight].grad)

    inputs = tuple(Node(name, graph[name].data) for name in ("x1", "x2"))
    hidden = tuple(Node(f"a{j}", graph[f"a{j}"].data, graph[f"z{j}"].grad) for j in UNITS)
    output = (Node("y", graph["y"].data, graph["z"].grad),)
    edges = [edge(f"x{i}", f"a{j}", f"w{i}{j}") for i in (1, 2) for j in UNITS]
    edges += [edge(f"a{j}", "y", f"v{j}") for j in UNITS]
    title = "Values, weights, and the gradients that reach them (δ at the units)"
    return Network(title, (inputs, hidden, output), tuple(edges))


HEADER = ("number", "rule", "value")


def forward_rows(graph: Mapping[str, Value], loss: str) -> Iterator[tuple[str, str, float]]:
    """The forward pass in the order in which it is computed."""
    for j in UNITS:
        yield f"z{j}", f"w1{j}·x1 + w2{j}·x2 + b{j}", graph[f"z{j}"].data
        yield f"a{j}", f"f(z{j})", graph[f"a{j}"].data
    yield "z", "v1·a1 + v2·a2 + v3·a3 + c", graph["z"].data
    yield "y", "sigmoid(z)" if loss == "bce" else "z", graph["y"].data
    rule = "−t·ln y − (1 − t)·ln(1 − y)" if loss == "bce" else "(y − t)²/2"
    yield "L", rule, graph["L"].data


def backward_rows(graph: Mapping[str, Value]) -> Iterator[tuple[str, str, float]]:
    """The backward pass in the order of the chain rule, from the loss to the first weights."""
    yield "δ = dL/dz", "y − t", graph["z"].grad
    for j in UNITS:
        yield f"dv{j}", f"δ·a{j}", graph[f"v{j}"].grad
    yield "dc", "δ", graph["c"].grad
    for j in UNITS:
        yield f"da{j}", f"δ·v{j}", graph[f"a{j}"].grad
        yield f"δ{j} = dL/dz{j}", f"da{j}·f′(z{j})", graph[f"z{j}"].grad
        yield f"dw1{j}", f"δ{j}·x1", graph[f"w1{j}"].grad
        yield f"dw2{j}", f"δ{j}·x2", graph[f"w2{j}"].grad
        yield f"db{j}", f"δ{j}", graph[f"b{j}"].grad


def reading(facts: Mapping[str, float], activation: str, *, target: float, lr: float) -> str:
    """The pass in three sentences, with its numbers."""
    y, loss, after, delta = (facts[name] for name in ("output", "loss", "loss_after", "delta"))
    if delta == 0:
        return f"The output is exactly the target, {number(y)}: every gradient is 0."
    deltas = ", ".join(f"δ{j} = {number(facts[f'delta{j}'], 4)}" for j in UNITS)
    change = "down" if after < loss else "up" if after > loss else "nowhere"
    too_far = ": the step is too long for this slope" if after > loss else ""
    return (
        f"The output is {number(y, 4)} for a target of {number(target)}, a loss of "
        f"{number(loss, 4)}. The error δ = y − t = {number(delta, 4)} goes back through each v and "
        f"each slope f′(z): {deltas}{silent_units(facts, activation)}. A weight's gradient is the "
        f"δ at its end times the value at its start, so dw11 = δ1·x1 = {number(facts['dw11'], 4)}. "
        f"One step of rate {number(lr)} against the gradient takes the loss {change}, from "
        f"{number(loss, 4)} to {number(after, 4)}{too_far}."
    )


def silent_units(facts: Mapping[str, float], activation: str) -> str:
    """A remark on rectifiers that are off, if there are any."""
    off = [f"z{j} ≤ 0" for j in UNITS if activation == "relu" and facts[f"z{j}"] <= 0]
    return f" (nothing passes a rectifier with {', '.join(off)})" if off else ""


def weight_param(name: str, default: float) -> Param:
    """The setting of one weight or bias."""
    kinds = {
        "w": "Weight from x{0} to unit {1}",
        "b": "Bias of unit {0}",
        "v": "Weight from unit {0}",
    }
    text = kinds.get(name[0], "Bias of the output").format(*name[1:])
    return Param(name, name, "float", default, low=-3.0, high=3.0, step=0.1, help=text)


def fact_specs() -> Iterator[FactSpec]:
    """Every number of the two passes, in their order."""
    yield FactSpec("output", "output y", digits=4)
    yield FactSpec("loss", "loss L", digits=4)
    yield FactSpec("loss_after", "loss after one step of gradient descent", digits=4)
    for j in UNITS:
        yield FactSpec(f"z{j}", f"input of hidden unit {j}", digits=4)
        yield FactSpec(f"a{j}", f"output of hidden unit {j}", digits=4)
        yield FactSpec(f"delta{j}", f"gradient of the loss by z{j}", digits=4)
    yield FactSpec("z", "input of the output unit", digits=4)
    yield FactSpec("delta", "gradient of the loss by z", digits=4)
    for name in WEIGHTS:
        yield FactSpec(f"d{name}", f"gradient of the loss by {name}", digits=4)


LOSSES = (("half_mse", "(y − t)²/2 of a linear output"), ("bce", "cross-entropy of a sigmoid"))

DEMO = Demo(
    slug="backprop-steps",
    title="Forward and backprop step by step",
    summary="Every number of a 2-3-1 network on one example: forward, backward and one update.",
    topics=("backprop", "nn-basics"),
    params=(
        Param("x1", "x₁", "float", 1.0, low=-3.0, high=3.0, step=0.1, help="First input"),
        Param("x2", "x₂", "float", 0.5, low=-3.0, high=3.0, step=0.1, help="Second input"),
        Param("target", "t", "float", 1.0, low=0.0, high=1.0, step=0.1, help="Wanted output"),
        activation_param("sigmoid", "sigmoid", "tanh", "relu"),
        Param("loss", "L", "choice", "half_mse", choices=LOSSES, help="Output and loss"),
        Param("lr", "η", "float", 0.5, low=0.01, high=10.0, step=0.01, log=True, help="Step size"),
        *(weight_param(name, default) for name, default in WEIGHTS.items()),
    ),
    facts=tuple(fact_specs()),
    run=without_seed(step_through),
    references=(
        "Rumelhart, Hinton & Williams 1986, Learning representations by back-propagating errors",
    ),
    presets=(
        Preset(
            "Squared error or cross-entropy",
            {"loss": "half_mse"},
            {"loss": "bce"},
        ),
        Preset("A rectifier that is off", {"activation": "relu", "x1": -1.0, "x2": -0.5}),
        Preset("A saturated sigmoid", {"w11": 3.0, "x1": 3.0}, {"w11": 0.5, "x1": 3.0}),
        Preset("A step that is too long", {"lr": 0.5}, {"lr": 8.0}),
    ),
)
