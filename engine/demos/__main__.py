"""``python -m engine.demos``: list the demos, or run one and print its facts and its reading."""

import argparse
import sys
import textwrap
from collections.abc import Callable, Sequence

from engine.demos import DEMOS
from engine.demos.result import Demo, FactSpec, Param, Result, Value
from engine.demos.runs import ParameterError, accepted, run
from engine.demos.wording import number

READERS: dict[str, Callable[[str], Value]] = {
    "int": int,
    "float": float,
    "choice": str,
    "bool": lambda text: {"true": True, "false": False}.get(text, text),
}


def main(arguments: Sequence[str] | None = None) -> int:
    """Run the command; 0 for success, 2 for settings that a demo does not take."""
    given = vars(parser().parse_args(arguments))
    if given.pop("command") == "list":
        sys.stdout.write(listing())
        return 0
    demo, seed = DEMOS[given.pop("slug")], given.pop("seed")
    try:
        result = run(demo, given, seed)
    except ParameterError as error:
        sys.stderr.write(f"{error}\n")
        return 2
    sys.stdout.write(report(demo, result))
    return 0


def parser() -> argparse.ArgumentParser:
    """A command for each demo, with an option for each of its parameters."""
    root = argparse.ArgumentParser(prog="python -m engine.demos", description=__doc__)
    commands = root.add_subparsers(dest="command", required=True)
    commands.add_parser("list", help="list the demos")
    slugs = commands.add_parser("run", help="run one").add_subparsers(dest="slug", required=True)
    for demo in DEMOS.values():
        command = slugs.add_parser(demo.slug, help=demo.summary, description=demo.summary)
        command.add_argument("--seed", type=int, default=0)
        for param in demo.params:
            add_option(command, param)
    return root


def add_option(command: argparse.ArgumentParser, param: Param) -> None:
    """The option of a parameter; one that is not given stays away, and takes its default."""
    command.add_argument(
        "--" + param.name.replace("_", "-"),
        dest=param.name,
        type=READERS[param.kind],
        default=argparse.SUPPRESS,
        metavar=param.kind.upper(),
        help=f"{accepted(param)} (default {param.default})",
    )


def listing() -> str:
    """One line for each demo."""
    return "".join(f"{demo.slug:22} {demo.title}: {demo.summary}\n" for demo in DEMOS.values())


def report(demo: Demo, result: Result) -> str:
    """The facts of a run with their meanings, and its reading."""
    facts = [
        f"{fact.name:24} {shown(fact, result.facts[fact.name]):>14} {fact.unit:8} "
        f"{fact.meaning}".rstrip()
        for fact in demo.facts
    ]
    return "\n".join([*facts, "", textwrap.fill(result.reading, 100), ""])


def shown(fact: FactSpec, value: float) -> str:
    """A fact with its significant figures; a count with all of them."""
    return number(value, 15 if fact.integer else fact.digits)


if __name__ == "__main__":
    sys.exit(main())
