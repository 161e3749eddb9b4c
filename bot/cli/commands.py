"""All commands. What a command needs is imported when it runs: `ask` is quick because of it."""

import gc
import sys
from pathlib import Path
from typing import Annotated

import typer

from bot.cli import consent, directory, maintenance, person, statements
from bot.cli.database import db
from bot.cli.escalations import escalations
from bot.cli.renewals import renewals
from bot.cli.report import report
from bot.cli.workspaces import workspaces

app = typer.Typer(
    name="signpost",
    help="Which company helps with an OnyxCeph problem, whom to reach there, and what to do next.",
    no_args_is_help=True,
    add_completion=False,
    pretty_exceptions_enable=False,
    context_settings={"help_option_names": ["-h", "--help"]},
)
Verbose = Annotated[bool, typer.Option("--verbose", "-v", help="Log more, for finding a fault.")]


def main() -> None:
    """Run the command line; a fault that is foreseen becomes plain lines on stderr and exit code 1."""
    from bot.files.knowledge import KnowledgeError
    from bot.settings import SettingsError

    try:
        app()
    except (SettingsError, KnowledgeError) as error:
        for fault in error.faults:
            typer.echo(fault, err=True)
        sys.exit(1)


@app.command()
def ask(
    question: Annotated[list[str], typer.Argument(help="What somebody asks, as they would type it.")],
    practice: Annotated[str, typer.Option(help="The practice that asks, by its exact name.")] = "",
) -> None:
    """Ask a question here in the terminal: no Slack, no tokens."""
    from bot.cli.ask import ask_once

    typer.echo(ask_once(" ".join(question), practice))


@app.command("try")
def try_(
    port: Annotated[int, typer.Option(help="The port of the page; 0 takes a free one.")] = 0,
    browser: Annotated[bool, typer.Option(help="Open the page in the browser.")] = True,
    verbose: Verbose = False,
) -> None:
    """Try the bot in a local Slack workspace with sample companies. No account, no network."""
    from bot.cli.running import run_try

    run_try(port, open_browser=browser, verbose=verbose)


@app.command()
def serve(
    http: Annotated[int | None, typer.Option(help="Listen on this port for Slack's HTTP instead.")] = None,
    status_address: Annotated[
        str,
        typer.Option(help="Answer /healthz, /readyz and /metrics here, for instance 127.0.0.1:9464."),
    ] = "",
    verbose: Verbose = False,
) -> None:
    """Join your Slack workspace over Socket Mode and work until stopped."""
    # What a start makes stays: looking through it for garbage takes a seventh of the time until it is ready.
    gc.disable()
    # structlog imports Rich where it can, for tracebacks in colour: another twentieth. `None`: it cannot.
    sys.modules["rich"] = None  # type: ignore[assignment]
    from bot.cli.running import run_serve

    run_serve(http, status_address, verbose=verbose)


@app.command()
def check(
    offline: Annotated[
        bool, typer.Option(help="Leave Slack out: look at settings, knowledge and database only.")
    ] = False,
) -> None:
    """Say in plain words what is missing or wrong with the set-up."""
    from bot.cli.check import run_check

    sys.exit(run_check(offline=offline))


@app.command()
def manifest() -> None:
    """Print the Slack app's manifest, with the command names that are set."""
    from bot.app.manifest import manifest_text
    from bot.settings import load_settings

    typer.echo(manifest_text(load_settings()), nl=False)


@app.command()
def classify(
    file: Annotated[
        Path | None, typer.Argument(help='JSON lines {"text": …}; without it, standard input.')
    ] = None,
    knowledge: Annotated[Path | None, typer.Option(help="Another folder of knowledge.")] = None,
    words_only: Annotated[bool, typer.Option(help="Never ask for the meaning.")] = False,
) -> None:
    """Decide many messages at once: JSON lines in, a decision as a JSON line out for each."""
    from bot.cli.classify import classify_lines

    classify_lines(file, knowledge, words_only=words_only)


@app.command("compile")
def compile_(
    knowledge: Annotated[Path | None, typer.Option(help="Another folder of knowledge.")] = None,
) -> None:
    """Learn from the knowledge ahead, so that no question has to wait for it after a start."""
    from bot.cli.compiling import compile_ahead

    compile_ahead(knowledge)


@app.command()
def evaluate(
    file: Annotated[
        Path | None, typer.Argument(help='JSON lines {"text": …, "label": topic or "none", …}.')
    ] = None,
    cross_validate: Annotated[
        bool, typer.Option("--cross-validate", help="Measure on the phrases, each unseen, instead of a file.")
    ] = False,
    noise: Annotated[
        bool, typer.Option("--noise", help="Also with typos, without capitals or umlauts, with greetings.")
    ] = False,
    seed: Annotated[int, typer.Option(help="Which noise: the same number gives the same.")] = 1,
    picture: Annotated[
        Path | None, typer.Option(help="Save confusions and trade-off as PNG; needs matplotlib.")
    ] = None,
    knowledge: Annotated[Path | None, typer.Option(help="Another folder of knowledge.")] = None,
    words_only: Annotated[bool, typer.Option(help="Never ask for the meaning.")] = False,
) -> None:
    """Measure how often the bot is right, on labelled messages that it has not learned from."""
    from bot.cli.evaluate import run_evaluate

    run_evaluate(
        file,
        cross_validate=cross_validate,
        noise=noise,
        seed=seed,
        picture=picture,
        knowledge=knowledge,
        words_only=words_only,
    )


app.command("import")(directory.import_)
app.command("export")(directory.export)
app.command()(renewals)
app.command()(escalations)
app.command()(report)
app.command("statement")(statements.statement)
app.command("statements")(statements.statements)
app.command()(maintenance.record)
app.command()(maintenance.entries)
app.command()(person.kept)
app.command()(person.forget)
app.add_typer(consent.learn, name="learn")
app.add_typer(consent.editors, name="editors")
app.add_typer(db, name="db")
app.add_typer(workspaces, name="workspaces")
