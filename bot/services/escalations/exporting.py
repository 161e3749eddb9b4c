"""Escalations as plain texts, for whoever runs the commands."""

from collections.abc import Sequence
from datetime import datetime

from sqlmodel import Session

from bot.domain.escalation.listing import due_of
from bot.services.bot import Bot
from bot.services.escalations.listing import line_of
from bot.storage.queries import escalation_lists as queries
from bot.storage.tables import EscalationRow


def exported(
    session: Session,
    bot: Bot,
    *,
    states: Sequence[str] = (),
    company_id: int | None = None,
    only_overdue: bool = False,
) -> list[dict[str, str]]:
    """Return escalations by due time, with the keys of `bot.files.escalation_csv`; instants are UTC."""
    rows = queries.chosen(session, states=states, company_id=company_id)
    texts = (_texts(session, bot, row) for row in rows)
    return [one for one in texts if one["overdue"] or not only_overdue]


def _texts(session: Session, bot: Bot, row: EscalationRow) -> dict[str, str]:
    line = line_of(session, bot, row)
    summary, due = line.summary, due_of(line.summary)
    return {
        "reference": row.reference,
        "state": row.state,
        "urgency": row.urgency,
        "topic": row.topic,
        "title": line.title,
        "practice": summary.practice,
        "package": row.package,
        "company": summary.company,
        "level": "" if row.level is None else str(row.level),
        "owner": summary.owner,
        "keeper": row.keeper,
        "requester": summary.requester,
        "opened_by": summary.opened_by,
        "opened_at": _instant(row.opened_at),
        "due_at": _instant(due.at if due else None),
        "overdue": "yes" if line.is_overdue else "",
        "next_action": row.next_action,
        "next_action_at": _instant(row.next_action_at),
        "responded_at": _instant(row.responded_at),
        "resolved_at": _instant(row.resolved_at),
        "closed_at": _instant(row.closed_at),
        "sent_back": str(row.bounces),
    }


def _instant(instant: datetime | None) -> str:
    return instant.isoformat(timespec="minutes") if instant else ""
