"""What was changed in Slack: one row a field, with who, when, before and after."""

from sqlmodel import Session, col, select

from bot.domain.editing import Change, Field, Values
from bot.services.bot import Bot
from bot.services.editing.subjects import Subject
from bot.services.renewals.actors import Actor, names
from bot.storage.tables import DirectoryChangeRow

SHOWN = 5


def keep(session: Session, bot: Bot, actor: Actor, subject: Subject, before: Values, after: Values) -> int:
    """Keep what differs; return how many fields do. What is not there before or after is empty."""
    fields = [name for name in {**before, **after} if before.get(name, "") != after.get(name, "")]
    for name in fields:
        row = DirectoryChangeRow(
            company_id=subject.company_id,
            subject=subject.key,
            name=subject.name,
            field=name,
            before=before.get(name, ""),
            after=after.get(name, ""),
            changed_at=bot.clock.now(),
            changed_by=actor.known_as,
        )
        session.add(row)
    session.flush()
    return len(fields)


def last(session: Session, company_id: int | None) -> tuple[Change, ...]:
    """Return what was changed last of a company, or (`None`) of all, the newest first."""
    query = select(DirectoryChangeRow).order_by(col(DirectoryChangeRow.id).desc()).limit(SHOWN)
    if company_id is not None:
        query = query.where(DirectoryChangeRow.company_id == company_id)
    rows = session.exec(query).all()
    named = names(session, [row.changed_by for row in rows])
    return tuple(
        Change(row.changed_at, named[row.changed_by], row.name, Field(row.field), row.before, row.after)
        for row in rows
    )


def last_by(session: Session, subject: Subject) -> dict[Field, str]:
    """Return by field who changed it last."""
    query = select(DirectoryChangeRow).where(DirectoryChangeRow.subject == subject.key)
    rows = session.exec(query.order_by(col(DirectoryChangeRow.id))).all()
    named = names(session, [row.changed_by for row in rows])
    return {Field(row.field): named[row.changed_by] for row in rows}
