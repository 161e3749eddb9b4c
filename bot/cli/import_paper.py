"""What an import will do, as text for a terminal."""

from collections.abc import Iterator, Sequence

from bot.services.imports.plan import Change, Gone, Hint, ImportPlan

SHOWN = 20
"""How many of a kind are listed; of the rest the number is said."""


def plan_on_paper(plan: ImportPlan) -> str:
    """Say what the plan adds, changes, leaves and removes, in words and one line each."""
    count = f"{len(plan.added)} new, {len(plan.changed)} changed, {plan.unchanged} as before"
    lines = [f"{plan.file}: {count}."]
    lines += _block("New:", [f"  + {change.key}" for change in plan.added])
    lines += _block("Changed:", [_change(change) for change in plan.changed])
    going = "Not in the file any more, to be removed:"
    staying = "Not in the file any more; kept, since only --prune removes them:"
    lines += _block(going if plan.prune else staying, [_gone(gone) for gone in plan.disappeared])
    lines += _block("Please look at:", _hints(plan.hints))
    return "\n".join(lines)


def _block(title: str, lines: Sequence[str]) -> Iterator[str]:
    if lines:
        yield title
        yield from lines[:SHOWN]
    if len(lines) > SHOWN:
        yield f"  … and {len(lines) - SHOWN} more"


def _change(change: Change) -> str:
    columns = [f"{c.column}: {c.before or 'empty'} → {c.after or 'empty'}" for c in change.columns]
    return "\n      ".join([f"  ~ {change.key} (line {change.line})", *columns])


def _gone(gone: Gone) -> str:
    return f"  - {gone.key}" + (f" (cannot be removed: {gone.obstacle})" if gone.obstacle else "")


def _hints(hints: Sequence[Hint]) -> list[str]:
    return [f"  ! {hint}" for hint in hints]
