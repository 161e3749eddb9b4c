"""What people give with a move, and what a move cannot do without."""

from msgspec import Struct

from bot.domain.escalation.life import Move


class Details(Struct, frozen=True):
    """What comes with a move. `text` is what the mover writes: for handing over what was tried so far.

    `error_text` is the exact text or says that there is none, `version` may say that it is not known, and
    `has_consent` says whether the practice agrees to remote access, `None` while nobody asked it.
    `to_person` and `to_company` are keys.
    """

    text: str = ""
    error_text: str = ""
    version: str = ""
    has_consent: bool | None = None
    to_person: int | None = None
    to_company: int | None = None


WANTED: dict[Move, tuple[str, ...]] = {
    Move.ASK_BACK: ("text",),
    Move.REPLY: ("text",),
    Move.HAND_OVER: ("text", "error_text", "version", "has_consent"),
    Move.SEND_BACK: ("text",),
    Move.PASS_ON: ("to_company",),
    Move.REASSIGN: ("to_person",),
    Move.RESOLVE: ("text",),
    Move.GIVE_UP: ("text",),
}


def missing(move: Move, details: Details) -> tuple[str, ...]:
    """Return the fields of `Details` that a move wants and that are empty."""
    return tuple(name for name in WANTED.get(move, ()) if _is_empty(getattr(details, name)))


def _is_empty(value: object) -> bool:
    return value is None or (isinstance(value, str) and not value.strip())
