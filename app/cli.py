"""The `forwardpass` command: serve, check, sync."""

import json
import logging
import socket
import sys
from collections.abc import Iterable, Iterator
from contextlib import contextmanager
from datetime import UTC, datetime
from pathlib import Path
from typing import Annotated

import typer
from pydantic import ValidationError

from app.db import CannotStart, sole_server
from app.settings import Settings

app = typer.Typer(
    add_completion=False,
    no_args_is_help=False,
    pretty_exceptions_enable=False,
    help="The interview-prep quiz for deep learning whose answers are computed.",
)

Host = Annotated[str, typer.Option(help="The address to listen on.")]
Port = Annotated[int, typer.Option(min=0, max=65535, help="The port to listen on.")]


def main() -> None:
    """Run the command; what stops it from starting is said in one message."""
    try:
        app()
    except CannotStart as error:
        typer.echo(f"Forward Pass cannot start: {error}.", err=True)
        sys.exit(1)


@app.callback(invoke_without_command=True)
def default(context: typer.Context) -> None:
    """Serve, when no other command is named."""
    if context.invoked_subcommand is None:
        serve()


@app.command()
def serve(host: Host = "127.0.0.1", port: Port = 8000) -> None:
    """Set up what is missing and serve the quiz."""
    import uvicorn

    from app.main import create_app, prepare

    settings = load_settings()
    configure_logging(settings)
    with sole_server(settings) as announce, listening(host, port) as listener:
        address = f"http://{shown_host(host)}:{listener.getsockname()[1]}"
        announce(address)
        _print_lines(prepare(settings, progress=_show_progress).lines())
        application = create_app(settings)
        config = uvicorn.Config(application, ws="none", log_config=None, access_log=False)
        typer.echo(f"Forward Pass is at {address}  (Ctrl+C stops it)")
        uvicorn.Server(config).run(sockets=[listener])


@app.command()
def check(
    paths: Annotated[
        list[Path] | None, typer.Argument(help="Files or folders of the bank; default: all of it.")
    ] = None,
    as_json: Annotated[  # noqa: FBT002 - on the command line it is a flag
        bool, typer.Option("--json", help="Print the summary as JSON.")
    ] = False,
) -> None:
    """Parse and verify the question bank; exit with 1 where anything is wrong."""
    from app.bank import service as bank

    settings = load_settings()
    missing = [path for path in paths or () if not path.exists()]
    if missing:
        raise CannotStart(f"{missing[0]} does not exist; name a file or a folder of the bank")
    report = bank.check(
        settings.content_dir,
        paths=paths or (),
        cache_dir=settings.cache_dir,
        progress=_show_progress,
    )
    if as_json:
        typer.echo(json.dumps(report.to_json(), indent=2, ensure_ascii=False))
    else:
        _print_lines(bank.report_lines(report))
    raise typer.Exit(1 if report.errors else 0)


@app.command()
def sync() -> None:
    """Bring the bank's files into the database; exit with 1 where a file was not taken."""
    from app.main import prepare

    settings = load_settings()
    with sole_server(settings):
        report = prepare(settings, progress=_show_progress)
    _print_lines(report.lines() or ["The database holds the bank as it is."])
    raise typer.Exit(1 if report.errors or report.conflicts else 0)


@contextmanager
def listening(host: str, port: int) -> Iterator[socket.socket]:
    """Hold the listening socket, so that a taken port is known before anything is written."""
    family = socket.AF_INET6 if ":" in host else socket.AF_INET
    with socket.socket(family, socket.SOCK_STREAM) as listener:
        listener.setsockopt(socket.SOL_SOCKET, socket.SO_REUSEADDR, 1)
        try:
            listener.bind((host, port))
            listener.listen(128)
        except OSError as error:
            raise CannotStart(
                f"port {port} on {host} cannot be used ({error.strerror}); "
                "name another one: forwardpass serve --port 8001"
            ) from None
        yield listener


def shown_host(host: str) -> str:
    """Return the host as a browser takes it."""
    if host in {"0.0.0.0", "::"}:  # noqa: S104 - compared, not bound
        return "127.0.0.1"
    return f"[{host}]" if ":" in host else host


def load_settings() -> Settings:
    """Return the settings; one that cannot be used is named as the variable it is."""
    try:
        return Settings()
    except ValidationError as error:
        first = error.errors(include_url=False)[0]
        variable = f"FORWARDPASS_{str(first['loc'][0]).upper()}"
        raise CannotStart(f"{variable} is {first['input']!r}: {first['msg']}") from None


def configure_logging(settings: Settings) -> None:
    """Write to stderr as JSON lines with UTC time."""
    handler = logging.StreamHandler()
    handler.setFormatter(JsonLines())
    logging.basicConfig(level=logging.WARNING, handlers=[handler], force=True)
    logging.getLogger("forwardpass").setLevel(settings.log_level.upper())


class JsonLines(logging.Formatter):
    """One JSON object a record; JSON escapes newlines, so a record stays one line."""

    def format(self, record: logging.LogRecord) -> str:
        """Return the line."""
        line = {
            "time": datetime.fromtimestamp(record.created, UTC).isoformat(timespec="milliseconds"),
            "level": record.levelname.lower(),
            "logger": record.name,
            "message": record.getMessage(),
        }
        if record.exc_info:
            line["exception"] = self.formatException(record.exc_info)
        return json.dumps(line, ensure_ascii=False)


def _show_progress(done: int, total: int) -> None:
    """Keep one line up to date where a person is watching."""
    if sys.stderr.isatty():
        end = "\n" if done == total else ""
        typer.echo(f"\rChecking the bank: {done} of {total} questions{end}", err=True, nl=False)


def _print_lines(lines: Iterable[str]) -> None:
    for line in lines:
        typer.echo(line, err=True)
