"""The list of escalations in the shell, for a spreadsheet, or for a program."""

import json as json_format
from pathlib import Path
from typing import TYPE_CHECKING, Annotated

import typer

from bot.cli.house import company_of, looking, stop, write

if TYPE_CHECKING:
    from collections.abc import Sequence


def escalations(
    state: Annotated[str, typer.Option(help="open, all, or one of: new taken waiting resolved closed.")] = (
        "open"
    ),
    company: Annotated[str, typer.Option(help="Only what concerns this company, by its slug.")] = "",
    overdue: Annotated[
        bool, typer.Option("--overdue", help="Only those whose promise is broken by now.")
    ] = False,
    csv: Annotated[Path | None, typer.Option(help="Write them to this file as CSV.")] = None,
    json: Annotated[Path | None, typer.Option(help="Write them to this file as JSON.")] = None,
) -> None:
    """List escalations by due time: who has which, what was promised, what happens next."""
    from bot.files.escalation_csv import write_escalations
    from bot.services.escalations.exporting import exported

    states = _states(state)
    with looking() as (session, bot):
        rows = exported(
            session, bot, states=states, company_id=company_of(session, company), only_overdue=overdue
        )
    write(csv, write_escalations(rows))
    write(json, json_format.dumps(rows, ensure_ascii=False, indent=1).encode())
    if csv is None and json is None:
        for row in rows:
            typer.echo(_line(row))
    typer.echo(f"{len(rows)} escalation{'' if len(rows) == 1 else 's'}.")


def _line(row: dict[str, str]) -> str:
    due = f"due {row['due_at']}{' OVERDUE' if row['overdue'] else ''}" if row["due_at"] else ""
    who = " / ".join(part for part in (row["company"], row["owner"] or row["keeper"]) if part)
    parts = (row["reference"], row["state"], row["urgency"], who, row["practice"], row["title"], due)
    return "  ".join(part for part in parts if part)


def _states(text: str) -> "Sequence[str]":
    from bot.domain.escalation.life import OPEN, State

    if text == "all":
        return ()
    if text == "open":
        return sorted(OPEN)
    if text not in set(State):
        stop(f"--state {text}: give open, all, or one of {', '.join(State)}.")
    return (text,)
