"""The App Home: what concerns a person, one part below the other."""

from collections.abc import Callable

from sqlmodel import Session

from bot.domain.arrival import HomeOpened
from bot.domain.maintenance.saying_overview import AskMePart, Home, HomePart
from bot.services import people
from bot.services import saying as say
from bot.services.bot import Bot
from bot.services.editing import section
from bot.services.escalations import listing
from bot.services.people import Profile
from bot.services.renewals import overview
from bot.services.renewals.viewing import Viewer, viewer_of
from bot.storage.tables import PersonRow

Section = Callable[[Session, Bot, Viewer], tuple[HomePart, ...]]


def _ask_me(_session: Session, bot: Bot, _viewer: Viewer) -> tuple[HomePart, ...]:
    return (AskMePart(bot.command, bot.renewals_command, bot.escalate_command),)


def _escalations(session: Session, bot: Bot, viewer: Viewer) -> tuple[HomePart, ...]:
    """Show lists only to whom there is something to show."""
    person = session.get(PersonRow, viewer.person_id) if viewer.person_id is not None else None
    part = listing.part_of(session, bot, person) if person is not None else None
    return (part,) if part is not None and part.shelves else ()


SECTIONS: tuple[Section, ...] = (_escalations, overview.parts, section.parts, _ask_me)
"""What a Home shows, from top to bottom. A new section is one more function here and its parts' blocks."""


def settle(session: Session, bot: Bot, opened: HomeOpened, profile: Profile | None) -> None:
    """Show somebody who opened it their Home."""
    show(session, bot, people.meet(session, opened.user, bot.clock.now(), profile), opened.key)


def show(session: Session, bot: Bot, person: PersonRow, cause: str) -> None:
    """Queue a person's Home as it is now; nothing for somebody whose Slack id is not known.

    `cause` is the key of what happened; the same one twice shows it once. Call it after whatever the person
    did that changes the Home.
    """
    viewer = viewer_of(session, bot, person)
    parts = tuple(part for make in SECTIONS for part in make(session, bot, viewer))
    say.publish_home(session, bot, person, Home(viewer.language, parts), cause)
