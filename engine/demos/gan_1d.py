"""A GAN on a line: a generator that must find every mode, and what makes it settle for one."""

from typing import NamedTuple

import numpy as np

from engine.activations import leaky_relu, relu
from engine.arrays import Array
from engine.demos.result import (
    Axis,
    Curve,
    Demo,
    FactSpec,
    Histograms,
    Lines,
    Param,
    Preset,
    Result,
    Series,
)
from engine.demos.settings import by_name
from engine.demos.wording import number
from engine.initializers import he
from engine.losses import bce, mean
from engine.optimizers import Step, adam
from engine.parameters import Parameters
from engine.training import mlp, mlp_parameters

STEPS, BATCH, HIDDEN = 400, 64, (32, 32)
SPACING, DEVIATION = 1.5, 0.2  # of the modes
SAMPLES, FOUND = 1000, 0.1  # a mode is covered when this share of the samples lies in it
SHOWN = (0, 100, 200, 300, 400)  # steps after which samples are drawn
COUNTED = (320, 340, 360, 380, 400)  # steps after which modes are counted: they come and go
BETA1 = 0.8  # less momentum than Adam's usual 0.9: the opponent moves, and old gradients mislead
BINS = 60


class Player(NamedTuple):
    """A network with its optimizer and its learning rate."""

    parameters: Parameters
    step: Step
    lr: float

    def learn(self, gradients: list[Array]) -> None:
        """Take one step against the gradients."""
        self.step(self.parameters.theta, self.parameters.store(gradients), self.lr)


class Game(NamedTuple):
    """The losses of both players, (steps,), and the generator's samples, (SAMPLES,), by step."""

    discriminator: Array
    generator: Array
    samples: dict[int, Array]


def play(*, modes: int, lr_g: float, lr_d: float, saturating: bool, p: float, seed: int) -> Result:
    """Train generator and discriminator in turn, and see which modes the generator draws from."""
    rng = np.random.default_rng(seed)
    centres = SPACING * (np.arange(float(modes)) - (modes - 1) / 2)
    generator = player(rng, lr_g, spread=0.5)
    discriminator = player(rng, lr_d, spread=2.0)
    game = train(rng, centres, generator, discriminator, saturating=saturating)
    facts = {
        "modes_covered": float(np.median([covered(game.samples[t], centres) for t in COUNTED])),
        "generator_gradient": abs(generator_slope(p, saturating=saturating)),
        "gradient_factor": abs(generator_slope(p, saturating=False))
        / abs(generator_slope(p, saturating=True)),
        "discriminator_loss": float(game.discriminator[-STEPS // 10 :].mean()),
    }
    series: dict[str, Series] = {
        "samples": histograms(rng, game, centres),
        "losses": Lines(
            "Losses of the two players",
            np.arange(float(STEPS)),
            (Curve("discriminator", game.discriminator), Curve("generator", game.generator)),
            Axis("step"),
            Axis("loss", unit="nats"),
        ),
    }
    return Result(series, facts, reading(facts, modes, p, saturating=saturating))


def player(rng: np.random.Generator, lr: float, *, spread: float) -> Player:
    """A network from one number to one, trained by Adam.

    The biases of its first layer are spread out: at 0 every ReLU would bend at 0, and neither
    player could tell one place of the line from another.
    """
    parameters = mlp_parameters(rng, (1, *HIDDEN, 1), he)
    parameters.values[1][...] = rng.normal(0, spread, HIDDEN[0])
    return Player(parameters, adam(parameters.theta.size, beta1=BETA1), lr)


def train(
    rng: np.random.Generator,
    centres: Array,
    generator: Player,
    discriminator: Player,
    *,
    saturating: bool,
) -> Game:
    """One step of the discriminator, one of the generator, and so on."""
    truth = np.repeat([1.0, 0.0], BATCH)[:, None]  # real examples first
    losses, samples = [], {0: generate(rng, generator, SAMPLES)}
    for t in range(1, STEPS + 1):
        fake, fake_back = mlp(noise(rng, BATCH), generator.parameters.values, relu)
        both = np.concatenate([real(rng, centres, BATCH), fake])
        scores, back = mlp(both, discriminator.parameters.values, leaky_relu)
        d_loss, d_loss_back = mean(bce(scores, truth))
        discriminator.learn(back(d_loss_back())[1])
        scores, back = mlp(fake, discriminator.parameters.values, leaky_relu)
        g_loss, dscores = generator_loss(scores, saturating=saturating)
        generator.learn(fake_back(back(dscores)[0])[1])
        losses.append((d_loss, g_loss))
        if t in {*SHOWN, *COUNTED}:
            samples[t] = generate(rng, generator, SAMPLES)
    d_losses, g_losses = np.array(losses).T
    return Game(d_losses, g_losses, samples)


def generator_loss(scores: Array, *, saturating: bool) -> tuple[float, Array]:
    """The mean loss for the discriminator's logits of fakes, and its gradient.

    −ln D asks to be taken for real; the ln(1 − D) of the minimax game only asks not to be found
    out, and has hardly a gradient while the discriminator is sure.
    """
    target = np.zeros_like(scores) if saturating else np.ones_like(scores)
    loss, back = mean(bce(scores, target))
    return (-loss, -back()) if saturating else (loss, back())


def generator_slope(p: float, *, saturating: bool) -> float:
    """The gradient of the generator's loss at a logit where the discriminator says p."""
    logit = np.log(p / (1 - p))
    return float(generator_loss(np.array([[logit]]), saturating=saturating)[1][0, 0])


def noise(rng: np.random.Generator, n: int) -> Array:
    """What the generator starts from, (n, 1)."""
    return rng.uniform(-1, 1, (n, 1))


def real(rng: np.random.Generator, centres: Array, n: int) -> Array:
    """Numbers around the modes, (n, 1)."""
    return rng.choice(centres, (n, 1)) + DEVIATION * rng.normal(size=(n, 1))


def generate(rng: np.random.Generator, generator: Player, n: int) -> Array:
    """Numbers of the generator, (n,)."""
    return mlp(noise(rng, n), generator.parameters.values, relu)[0][:, 0]


def covered(samples: Array, centres: Array) -> int:
    """How many modes have their share of samples within two deviations."""
    near = np.abs(samples[:, None] - centres) < 2 * DEVIATION
    return int((near.mean(0) > FOUND).sum())


def histograms(rng: np.random.Generator, game: Game, centres: Array) -> Histograms:
    """The data, and the generator's samples as the game goes on."""
    edge = float(centres[-1]) + SPACING
    edges = np.linspace(-edge, edge, BINS + 1)
    rows = [real(rng, centres, SAMPLES)[:, 0], *(game.samples[t] for t in SHOWN)]
    counts = np.array([np.histogram(row, edges)[0] for row in rows], float)
    labels = ("data", *(f"generator, step {step}" for step in SHOWN))
    return Histograms("What the generator draws", edges, counts, labels, Axis("number"))


def reading(facts: dict[str, float], modes: int, p: float, *, saturating: bool) -> str:
    """How many modes were found, and what the generator feels when it is found out."""
    found, loss = int(facts["modes_covered"]), facts["discriminator_loss"]
    outcome = (
        "every mode has its share"
        if found == modes
        else "it draws from some and leaves the others out: modes have collapsed"
        if found
        else "it draws from none of them"
    )
    kind = "minimax loss ln(1 − D)" if saturating else "loss −ln D"
    return (
        f"The data have {modes} mode{'s' if modes > 1 else ''}; after {STEPS} steps the generator "
        f"covers {found}: {outcome}. The discriminator's loss ends near {number(loss)} (ln 2 = "
        f"0.693 if it can only guess). Where it gives a fake the probability {number(p)}, the "
        f"generator's {kind} has a gradient of {number(facts['generator_gradient'])}; that of "
        f"−ln D is {number(facts['gradient_factor'])} times that of ln(1 − D)."
    )


DEMO = Demo(
    slug="gan-1d",
    title="A GAN on a line",
    summary="Two nets play: does the generator find all modes, or settle for one?",
    topics=("losses", "training-practice"),
    params=(
        Param("modes", "", "int", 4, low=1, high=6, help="Clusters of the data"),
        Param(
            "lr_g", "η_G", "float", 0.002, low=0.0002, high=0.02, log=True, help="Generator's rate"
        ),
        Param(
            "lr_d",
            "η_D",
            "float",
            0.002,
            low=0.0002,
            high=0.02,
            log=True,
            help="Discriminator's rate",
        ),
        Param("saturating", "", "bool", default=False, help="Train the generator on ln(1 − D)"),
        Param(
            "p",
            "D",
            "float",
            0.01,
            low=0.001,
            high=0.999,
            help="Discriminator's output, to read the gradients off",
        ),
    ),
    facts=(
        FactSpec(
            "modes_covered",
            "modes with 10% of the samples or more, in the end",
            integer=True,
        ),
        FactSpec("generator_gradient", "size of the generator's gradient by the logit, at D = p"),
        FactSpec("gradient_factor", "that of −ln D over that of ln(1 − D), at D = p", log=True),
        FactSpec("discriminator_loss", "discriminator's loss in the last tenth", unit="nats"),
    ),
    run=by_name(play),
    references=(
        "Goodfellow et al. 2014, Generative adversarial nets, arXiv:1406.2661",
        "Metz et al. 2017, Unrolled generative adversarial networks, arXiv:1611.02163",
    ),
    presets=(
        Preset(
            "A generator that runs ahead collapses",
            {"lr_g": 0.002, "lr_d": 0.002},
            {"lr_g": 0.01, "lr_d": 0.0005},
        ),
        Preset("Minimax loss or −ln D?", {"saturating": True}, {"saturating": False}),
    ),
    heavy=True,
)
