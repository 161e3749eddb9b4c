"""Saying what is missing or wrong."""

import asyncio

import typer

from bot.app.checking import Finding, check_here, check_slack
from bot.settings import Settings, load_settings


def run_check(*, offline: bool) -> int:
    """Print what was found; return the exit code: 1 when something is wrong."""
    settings = load_settings()
    findings = list(check_here(settings))
    if not offline:
        findings += asyncio.run(_collect(settings))
    for finding in findings:
        _show(finding)
    faults = sum(finding.is_fault for finding in findings)
    typer.echo("\nEverything that was looked at is fine." if not faults else f"\n{faults} to be mended.")
    return 1 if faults else 0


async def _collect(settings: Settings) -> list[Finding]:
    return [finding async for finding in check_slack(settings)]


def _show(finding: Finding) -> None:
    mark = "✗" if finding.is_fault else "!" if finding.remedy else "✓"
    color = (
        typer.colors.RED
        if finding.is_fault
        else typer.colors.YELLOW
        if finding.remedy
        else typer.colors.GREEN
    )
    typer.echo(f"{typer.style(mark, fg=color, bold=True)} {finding.part}: {finding.words}")
    if finding.remedy:
        typer.echo(f"    → {finding.remedy}")
