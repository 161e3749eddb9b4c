"""How long things are kept, and what stands where they were."""

from datetime import timedelta

from msgspec import Struct

GONE = "—"
"""What stands where somebody's name or address was."""


class Keep(Struct, frozen=True):
    """How long what people wrote, and who they are, is kept; after that it is forgotten.

    `text`: questions, and what came in and went out. `escalations`: what was written in an escalation, after
    it closed. `strangers`: whoever belongs to no company and no practice, after they were seen last.
    `changes`: who changed what in the directory or answered a reminder. `accounts`: who recorded what in the
    accounts.
    """

    text: timedelta = timedelta(days=30)
    escalations: timedelta = timedelta(days=730)
    strangers: timedelta = timedelta(days=365)
    changes: timedelta = timedelta(days=730)
    accounts: timedelta = timedelta(days=11 * 366)
