"""How a database stands, as text for a terminal."""

from datetime import datetime

from bot.storage.condition import Condition, Queue
from bot.storage.dumps import DumpCommands
from bot.storage.schema import newest_revision


def condition_on_paper(condition: Condition) -> str:
    """Lay out how a database stands, one thing a line."""
    lines = [
        f"Engine:    {condition.engine}",
        f"Place:     {condition.place}",
        f"Size:      {condition.size_bytes:,} bytes",
        f"Schema:    {_schema(condition)}",
        *(f"{queue.name.capitalize() + ':':<11}{_queue(queue)}" for queue in condition.queues),
    ]
    lines += [f"Broken:    {fault}" for fault in condition.faults]
    if condition.faults:
        lines.append("           Stop the bot and restore a backup: signpost db restore FILE")
    else:
        lines.append("Integrity: nothing broken was found.")
    return "\n".join(lines)


def commands_on_paper(commands: DumpCommands) -> str:
    """Lay out what to type for PostgreSQL, ready to be copied."""
    return "\n".join(
        (
            "PostgreSQL does this itself. PGPASSWORD or ~/.pgpass gives it the password.",
            "Back up, while the bot works:",
            f"  {commands.back_up}",
            "Restore: stop every bot on this database first, and upgrade it afterwards:",
            f"  {commands.restore} && signpost db upgrade",
        )
    )


def _schema(condition: Condition) -> str:
    revision, newest = condition.revision or "empty", newest_revision()
    if condition.is_too_new:
        return f"{revision}, which this version ({newest}) does not know: install the newer Signpost"
    if condition.pending:
        return f"{revision}, newest {newest}: {', '.join(condition.pending)} pending (signpost db upgrade)"
    return f"{revision}, the newest"


def _queue(queue: Queue) -> str:
    counts = ", ".join(f"{count:,} {state}" for state, count in sorted(queue.rows.items())) or "empty"
    since = queue.oldest_waits_since
    return f"{counts}{f'; the oldest waits since {_instant(since)}' if since else ''}"


def _instant(at: datetime) -> str:
    return f"{at:%Y-%m-%d %H:%M:%S} UTC"
