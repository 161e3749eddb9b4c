"""Who may say yes to what the matcher learns: people of the manufacturer whom an admin appointed."""

from datetime import datetime

from msgspec import Struct
from sqlmodel import Session

from bot.domain.clock import Clock
from bot.domain.network import Role
from bot.domain.rights import Action, may
from bot.domain.scheme import Provider
from bot.services import people
from bot.storage.insert import insert_once
from bot.storage.queries import directory as stored
from bot.storage.queries import learning
from bot.storage.tables import EditorRow, PersonRow


class EditorRefusedError(Exception):
    """`who` cannot be, name or dismiss an editor, or speak as one; `reason` says why and what helps."""

    def __init__(self, who: str, reason: str) -> None:
        self.who, self.reason = who, reason
        super().__init__(f"{who}: {reason}")


class Editor(Struct, frozen=True):
    """An appointed person. `counts` is whether the person still is of the manufacturer."""

    name: str
    known_as: str
    appointed_by: str
    appointed_at: datetime
    counts: bool


def appoint(session: Session, clock: Clock, who: str, by: str, admins: frozenset[str]) -> bool:
    """Make `who` an editor in the name of the admin `by`; `False` when that was so before.

    Both are an e-mail address, a Slack id, or workspace/Slack id. Raises `EditorRefusedError`.
    """
    admin = require_admin(session, by, admins)
    person = find(session, who)
    if not _is_of_manufacturer(session, person):
        raise EditorRefusedError(
            who, "is not of the manufacturer: only its people can be editors; see `signpost export people`."
        )
    values = {"person_id": person.id, "appointed_by": admin, "appointed_at": clock.now()}
    return insert_once(session, EditorRow, values)


def dismiss(session: Session, who: str, by: str, admins: frozenset[str]) -> None:
    """End the appointment of `who` in the name of the admin `by`; what was accepted stays.

    Raises `EditorRefusedError`, also when `who` is no editor.
    """
    require_admin(session, by, admins)
    editor = session.get(EditorRow, find(session, who).id)
    if editor is None:
        raise EditorRefusedError(who, "is no editor; `signpost editors list` shows who is.")
    session.delete(editor)


def appointed(session: Session) -> list[Editor]:
    """Return the editors in the order they were appointed."""
    return [
        Editor(
            person.name,
            known_as(person),
            row.appointed_by,
            row.appointed_at,
            _is_of_manufacturer(session, person),
        )
        for person, row in learning.editors(session)
    ]


def require_editor(session: Session, who: str, admins: frozenset[str]) -> str:
    """Return how the editor `who` is known. Raises `EditorRefusedError` for everybody else."""
    person = find(session, who)
    is_appointed = session.get(EditorRow, person.id) is not None
    # Whoever has left the manufacturer does not decide about its knowledge any more, admin or not.
    is_editor = is_appointed and _is_of_manufacturer(session, person)
    if may(people.role(session, person, admins), Action.JUDGE_SUGGESTION, is_own=is_editor):
        return known_as(person)
    if is_appointed:
        raise EditorRefusedError(who, "was an editor, but is not of the manufacturer any more.")
    raise EditorRefusedError(who, "is no editor: an admin appoints editors with `signpost editors add`.")


def find(session: Session, who: str) -> PersonRow:
    """Return the person with this e-mail address, Slack id, or workspace/Slack id.

    Raises `EditorRefusedError` when there is none or more than one.
    """
    found = _known(session, who)
    if not found:
        raise EditorRefusedError(
            who, "nobody is known by this e-mail address or Slack id: import people first."
        )
    if len(found) > 1:
        several = ", ".join(sorted(_slack_id(person) or "not in Slack yet" for person in found))
        raise EditorRefusedError(
            who, f"several people are known by this ({several}): name the workspace and Slack id, as T…/U…."
        )
    return found[0]


def known_as(person: PersonRow) -> str:
    """Return how a person is named in records: by e-mail address, else by workspace and Slack id."""
    return person.email or _slack_id(person)


def _known(session: Session, who: str) -> list[PersonRow]:
    key = who.strip()
    workspace_id, _, user_id = key.rpartition("/")
    # Nobody is meant by nothing: an empty address is that of everybody without one.
    if not user_id:
        return []
    key = key.lower() if "@" in key else user_id
    found = stored.people_known_as(session, frozenset({key}))
    return [person for person in found if not workspace_id or person.workspace_id == workspace_id]


def _slack_id(person: PersonRow) -> str:
    return f"{person.workspace_id}/{person.user_id}" if person.user_id else ""


def require_admin(
    session: Session, who: str, admins: frozenset[str], action: Action = Action.APPOINT_EDITOR
) -> str:
    """Return how an admin who may do this is known. The first admins may act before the bot has met them.

    Raises `EditorRefusedError` for everybody else.
    """
    key = who.strip().lower() if "@" in who else who.strip()
    if key in admins and not _known(session, who):
        role, name = Role.ADMIN, key
    else:
        person = find(session, who)
        role, name = people.role(session, person, admins), known_as(person)
    if not may(role, action, is_own=False):
        raise EditorRefusedError(who, "is no admin: only those whom ADMINS names may do this.")
    return name


def _is_of_manufacturer(session: Session, person: PersonRow) -> bool:
    company = stored.company(session, person.company_id)
    return company is not None and company.role is Provider.MANUFACTURER
