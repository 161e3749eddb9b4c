"""What is kept of a person: `signpost kept` and `signpost forget`."""

import json
from pathlib import Path
from typing import TYPE_CHECKING, Annotated

import typer

from bot.cli.house import at_work, stop, wordless_bot, write

if TYPE_CHECKING:
    from bot.services.forgetting.person import Kept

WhoArgument = Annotated[str, typer.Argument(help="E-mail address, or workspace/Slack id (T…/U…).")]


def kept(
    who: WhoArgument,
    file: Annotated[Path | None, typer.Argument(help="Write it to this file instead, as JSON.")] = None,
) -> None:
    """Show everything that is kept of a person, as JSON: what they may ask for (GDPR, Article 15)."""
    from bot.services.forgetting.person import kept_of

    with at_work() as (settings, database):
        found = database.run(lambda session: kept_of(session, who, settings.admins))
    content = json.dumps({one.name: one.rows for one in found.found}, ensure_ascii=False, indent=1)
    if file is None:
        typer.echo(content)
    else:
        write(file, f"{content}\n".encode())


def forget(
    who: WhoArgument,
    by: Annotated[str, typer.Option("--by", help="The admin who decides: e-mail address or Slack id.")] = "",
    dry_run: Annotated[bool, typer.Option("--dry-run", help="Only show what is kept.")] = False,
    yes: Annotated[bool, typer.Option("--yes", help="Do not ask.")] = False,
) -> None:
    """Forget a person: empty or remove what is kept of them (GDPR, Article 17). It cannot be undone."""
    from bot.services.forgetting.person import forget_person, kept_of

    with at_work() as (settings, database):
        bot = wordless_bot(settings)
        found = database.run(lambda session: kept_of(session, who, bot.admins))
        typer.echo(_on_paper(found))
        if dry_run:
            typer.echo("Nothing was changed: this was a dry run.")
            return
        if not by:
            stop("Who decides this? --by E-MAIL of an admin.")
        if found.obstacles:
            stop("Nothing was changed: first see to what stands in the way.")
        if not yes:
            typer.confirm("Forget them? This cannot be undone.", abort=True)
        database.run(lambda session: forget_person(session, bot, who, by))
    typer.echo("Forgotten.")


def _on_paper(kept: "Kept") -> str:
    lines = [
        f"{one.name}: {len(one.rows)}{_what_happens(one.stays, is_erased=one.is_erased)}"
        for one in kept.found
    ]
    lines = lines or ["Nothing is kept of them."]
    lines += [f"! {obstacle}" for obstacle in kept.obstacles]
    lines += [f"  {hint}" for hint in kept.hints]
    return "\n".join(lines)


def _what_happens(stays: str, *, is_erased: bool) -> str:
    if not stays:
        return ""
    return f" ({stays})" if is_erased else f" (stays: {stays})"
