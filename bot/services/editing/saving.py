"""Taking what somebody filled in: checked again, compared with what changed meanwhile, kept."""

from sqlmodel import Session

from bot.domain.editing import (
    EditPress,
    FlawsError,
    No,
    NotEditedError,
    Sheet,
    Submitted,
    Values,
    mark,
    merged,
    missing,
)
from bot.services import home
from bot.services.bot import Bot
from bot.services.editing import changes, writing
from bot.services.editing.access import permitted
from bot.services.editing.subjects import Subject, find, is_there, said, values_of
from bot.services.editing.writing import Edit
from bot.services.escalations import absences
from bot.services.renewals.actors import Actor, act

NOTHING: Values = {}


def save(session: Session, bot: Bot, submitted: Submitted) -> None:
    """Keep what a form came back with.

    Raises `FlawsError` where fields are wrong or somebody else changed them meanwhile, and `NotEditedError`.
    """
    actor = act(session, bot, submitted.user)
    sheet, key = submitted.sheet, submitted.key
    subject = _subject(session, actor, sheet, key, submitted.company_id)
    now = values_of(session, sheet, key, subject.company_id)
    wanted = merged(submitted.seen, submitted.filled, now, changes.last_by(session, subject))
    if lacking := missing(wanted):
        raise FlawsError(lacking)
    is_new = key == 0
    before = NOTHING if is_new else said(session, now)
    if (not is_new and wanted == now) or (is_new and is_there(session, sheet, subject.company_id, wanted)):
        return
    edit = Edit(session, bot, actor, sheet, subject.company_id, key, wanted)
    written = writing.write(edit)
    session.expire_all()
    after = said(session, values_of(session, sheet, written, subject.company_id))
    if is_new:
        subject = find(session, sheet, written, subject.company_id) or subject
    changes.keep(session, bot, actor, subject, before, after)
    home.show(session, bot, actor.person, submitted.cause)
    if sheet is Sheet.ABSENCE:
        absences.tell(session, bot, actor.person, actor.language, written, submitted.cause)


def drop(session: Session, bot: Bot, press: EditPress, sheet: Sheet) -> int:
    """Remove a contact or an absence, unless it is no longer as it was listed; return its company.

    Raises `NotEditedError`.
    """
    actor = act(session, bot, press.user)
    key = next(iter(press.keys), 0)
    subject = _subject(session, actor, sheet, key, 0)
    now = values_of(session, sheet, key, subject.company_id)
    if stamp(now) != press.stamp:
        raise NotEditedError(actor.language, No.CHANGED)
    before = said(session, now)
    edit = Edit(session, bot, actor, sheet, subject.company_id, key)
    if sheet is Sheet.CONTACT:
        writing.drop_contact(edit)
    else:
        writing.drop_absence(edit)
    changes.keep(session, bot, actor, subject, before, NOTHING)
    home.show(session, bot, actor.person, press.key)
    return subject.company_id


def stamp(values: Values) -> str:
    """Return a mark of all values together."""
    return mark("\n".join(values.values()))


def _subject(session: Session, actor: Actor, sheet: Sheet, key: int, company_id: int) -> Subject:
    """Return what is edited, with everybody else who edits that company's data waiting."""
    found = find(session, sheet, key, company_id)
    if found is None:
        raise NotEditedError(actor.language, No.GONE)
    permitted(session, actor, found.action, found.company_id, to_change=True)
    # Whoever was first may have removed it, or given it to another company.
    again = find(session, sheet, key, company_id)
    if again is None or again.company_id != found.company_id:
        raise NotEditedError(actor.language, No.GONE)
    return again
