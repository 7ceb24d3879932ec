"""What topics and settings are called where people read them."""

from app.demos.format import value_text
from engine.demos.result import Param

LONGEST_ABBREVIATION = 3  # letters: lr, eps, tau, w11

# In the order of the subject. A topic with questions has its title from the bank.
TOPICS = {
    "nn-basics": "Neural network basics",
    "activations": "Activation functions",
    "backprop": "Backpropagation",
    "gradient-flow": "Vanishing and exploding gradients",
    "weight-init": "Weight initialisation",
    "losses": "Loss functions",
    "gradient-descent": "Gradient descent",
    "optimizers": "Optimizers",
    "schedules-clipping": "Schedules and clipping",
    "regularization": "Regularization",
    "normalization": "Normalization",
    "cnn-ops": "Convolution and pooling",
    "cnn-architectures": "CNN architectures",
    "rnn-lstm": "RNNs and LSTMs",
    "attention": "Attention",
    "transformers": "Transformers",
    "pretrained-models": "Pretrained models",
    "transfer-zero-shot": "Transfer and zero-shot",
    "training-practice": "Training in practice",
}

# Settings whose name in an address is no name to read.
SETTINGS = {
    "alpha": "Dirichlet parameter",
    "at_step": "Step",
    "beta": "Momentum",
    "body_lr_ratio": "Rate of the body",
    "channels_in": "Channels in",
    "channels_out": "Channels out",
    "d_model": "Model width",
    "dtype": "Precision",
    "gamma": "Focus",
    "hidden": "Hidden layers",
    "init": "Initialisation",
    "n_target": "Target examples",
    "norm": "Normalization",
    "start_x": "Start",
    "start_y": "Start",
    "top_k": "Top k",
    "x_range": "Input range",
}


def setting_name(param: Param) -> str:
    """Return what a setting is called; its symbol stands beside it."""
    return _name_and_rest(param)[0]


def setting_help(param: Param) -> str:
    """Say what a setting's name leaves open and what it may be: "for all layers, 2 … 60"."""
    rest = _name_and_rest(param)[1]
    parts = [rest[:1].lower() + rest[1:]] if rest else []
    if param.kind in {"int", "float"}:
        unit = f"\N{NO-BREAK SPACE}{param.unit}" if param.unit else ""
        span = f"{value_text(param.low)} … {value_text(param.high)}{unit}"
        parts.append(span.replace("-", "−"))
    return ", ".join(parts)


def _name_and_rest(param: Param) -> tuple[str, str]:
    """Split a setting's help: a mere abbreviation is called by what it stands for."""
    name, rest = SETTINGS.get(param.name, in_words(param.name)), param.help
    short = len(param.name.replace("_", "")) <= LONGEST_ABBREVIATION
    if short and param.name not in SETTINGS:
        meaning, _, rest = param.help.partition(", ")
        name = meaning or in_words(param.unit) or name
    return name, "" if rest.casefold() == name.casefold() else rest


def in_words(name: str) -> str:
    """Return a slug or a snake-case name as words, its first letter large."""
    words = name.replace("_", " ").replace("-", " ")
    return words[:1].upper() + words[1:]
