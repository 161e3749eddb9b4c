"""Learning with consent: `signpost learn` and `signpost editors`."""

from functools import partial
from pathlib import Path
from typing import TYPE_CHECKING, Annotated

import typer

from bot.cli.house import at_work
from bot.domain.scheme import Language

if TYPE_CHECKING:
    pass

learn = typer.Typer(
    help="What questions teach the matcher. Nothing is learned without the yes of an editor.",
    no_args_is_help=True,
)
editors = typer.Typer(
    help="Who may say yes: people of the manufacturer whom an admin appointed.", no_args_is_help=True
)

IdArgument = Annotated[int, typer.Argument(help="The number that `signpost learn list` shows.")]
ByOption = Annotated[str, typer.Option("--by", help="The editor who decides: e-mail address or Slack id.")]
WhoArgument = Annotated[str, typer.Argument(help="E-mail address, Slack id, or workspace/Slack id.")]
AdminOption = Annotated[str, typer.Option("--by", help="The admin who decides: e-mail address or Slack id.")]


@learn.command("list")
def list_(
    judged: Annotated[bool, typer.Option("--judged", help="What was judged instead: who, and when.")] = False,
) -> None:
    """Show the suggestions topic by topic, with how often something was asked like this and why it counts."""
    from bot.cli.consent_paper import judgements_on_paper, suggestions_on_paper
    from bot.files.knowledge import read_knowledge
    from bot.services import learning
    from bot.storage.queries import learning as stored

    with at_work() as (settings, database):
        scheme = read_knowledge(settings.knowledge_dir)
        if judged:
            words = judgements_on_paper(database.run(stored.judgements))
        else:
            found = database.run(partial(learning.suggestions, scheme=scheme))
            words = suggestions_on_paper(found, scheme)
    typer.echo(words)


@learn.command()
def accept(
    suggestion: IdArgument,
    by: ByOption,
    topic: Annotated[str, typer.Option(help="The topic; without it, the suggested one.")] = "",
    text: Annotated[str, typer.Option(help="Other words, for instance without a name.")] = "",
    language: Annotated[Language | None, typer.Option(help="The language, if the list has it wrong.")] = None,
    dry_run: Annotated[bool, typer.Option("--dry-run", help="Only say what it would do.")] = False,
) -> None:
    """Measure what learning a suggestion does to the figures, and keep it; a running bot takes it up."""
    from bot.cli.consent_paper import effect_on_paper
    from bot.domain.clock import SystemClock
    from bot.domain.learning import with_learned
    from bot.domain.matching.effect import effect_of
    from bot.files.knowledge import read_knowledge
    from bot.services import learning

    wish = learning.Wish(suggestion, by, topic, text, language)
    with at_work() as (settings, database):
        scheme, admins = read_knowledge(settings.knowledge_dir), settings.admins
        proposal = database.run(lambda session: learning.propose(session, scheme, wish, admins))
        merged = with_learned(scheme, database.run(learning.accepted))
        # Measuring takes seconds, in which nobody else shall wait for the database.
        effect = effect_of(merged, proposal.phrase, proposal.suggestion.candidates)
        typer.echo(effect_on_paper(effect, proposal.phrase, scheme.topic(proposal.phrase.label)))
        if not dry_run:
            database.run(lambda session: learning.accept(session, SystemClock(), scheme, wish, admins))
    typer.echo("Nothing was kept: this was a dry run." if dry_run else "Accepted.")


@learn.command()
def refuse(suggestion: IdArgument, by: ByOption) -> None:
    """Refuse a suggestion, or take back what was accepted; its text is not kept."""
    from bot.domain.clock import SystemClock
    from bot.files.knowledge import read_knowledge
    from bot.services import learning

    with at_work() as (settings, database):
        scheme, clock, admins = read_knowledge(settings.knowledge_dir), SystemClock(), settings.admins
        taken_back = database.run(
            lambda session: learning.refuse(session, clock, scheme, suggestion, by, admins)
        )
    typer.echo("Taken back: a running bot unlearns it in seconds." if taken_back else "Refused.")


@learn.command()
def export(
    file: Annotated[Path | None, typer.Argument(help="Where to; without it, standard output.")] = None,
    force: Annotated[bool, typer.Option("--force", help="Write over a file that is there already.")] = False,
) -> None:
    """Write the accepted phrases that the knowledge files do not have yet, as TOML to paste into them."""
    from bot.domain.learning import unwritten
    from bot.files.knowledge import read_knowledge
    from bot.files.learned_toml import write_learned
    from bot.services import learning

    with at_work() as (settings, database):
        scheme = read_knowledge(settings.knowledge_dir)
        content = write_learned(unwritten(scheme, database.run(learning.accepted)))
    if file is None:
        typer.echo(content, nl=False)
        return
    try:
        with file.open("w" if force else "x", encoding="utf-8", newline="\n") as stream:
            stream.write(content)
    except FileExistsError:
        typer.echo(f"{file} is there already: name another file, or use --force.", err=True)
        raise typer.Exit(1) from None
    except OSError as error:
        typer.echo(f"{file}: {error.strerror or error}", err=True)
        raise typer.Exit(1) from None
    typer.echo(f"Written to {file}.", err=True)


@editors.command()
def add(who: WhoArgument, by: AdminOption) -> None:
    """Appoint an editor."""
    from bot.domain.clock import SystemClock
    from bot.services import editors as service

    with at_work() as (settings, database):
        is_new = database.run(
            lambda session: service.appoint(session, SystemClock(), who, by, settings.admins)
        )
    typer.echo(f"{who} is an editor now." if is_new else f"{who} was an editor already.")


@editors.command()
def remove(who: WhoArgument, by: AdminOption) -> None:
    """End an appointment. What was accepted stays, with the editor's name."""
    from bot.services import editors as service

    with at_work() as (settings, database):
        database.run(lambda session: service.dismiss(session, who, by, settings.admins))
    typer.echo(f"{who} is no editor any more.")


@editors.command("list")
def list_editors() -> None:
    """Show who is an editor, appointed by whom and when."""
    from bot.cli.consent_paper import editors_on_paper
    from bot.services import editors as service

    with at_work() as (_, database):
        typer.echo(editors_on_paper(database.run(service.appointed)))
