"""Licence packages that fall due while the bot dies again and again."""

from datetime import datetime, timedelta

from bot.domain.maintenance.ladder import DEFAULT_STAGES
from bot.services.renewals.arming import plans
from bot.storage.queries import maintenance
from tests.builders import licence_package
from tests.faults.record import is_late_answer
from tests.faults.stage import Stage

BEFORE_FIRST = timedelta(days=3)
OWNERS = {
    "FAULT-1": ("Kieferorthopädie am Markt", "anna"),
    "FAULT-2": ("Smile Orthodontics Manchester", "priya"),
    "FAULT-3": ("Northgate Orthodontic Centre", "grace"),
}
HOUR = timedelta(hours=1)


class Packages:
    """One package each of three practices; time goes from stage to stage of their reminders.

    `said` is how many stages have come by now.
    """

    def __init__(self, stage: Stage) -> None:
        self._stage = stage
        self._moments: list[datetime] = []
        self.said = 0

    def sell(self) -> None:
        """Let the practices have them."""
        database, now = self._stage.open_database(), self._stage.slack.clock.now()
        due_on = now.date() + BEFORE_FIRST - timedelta(days=DEFAULT_STAGES[0])
        with database.transaction() as session:
            keys = [
                licence_package(session, number, practice, due_on, now=now)[0]
                for number, (practice, _) in OWNERS.items()
            ]
            ladders = [plans(rows)[0] for rows in maintenance.periods(session, keys).values()]
        database.close()
        each = ([at for _, at in plan.ladder.moments(due_on, plan.workdays)] for plan in ladders)
        self._moments = [max(moments) for moments in zip(*each, strict=True)]

    @property
    def is_over(self) -> bool:
        """Whether the last reminder is due already."""
        return self.said == len(self._moments)

    def come_due(self) -> bool:
        """Let time pass to the next stage once the last one was said; return whether it did."""
        if self.is_over or any(self.came(number) < self.said for number in OWNERS):
            return False
        at = self._moments[self.said] + HOUR
        self.said += 1
        self._stage.pass_time(max(at - self._stage.slack.clock.now(), timedelta()))
        return True

    def came(self, number: str) -> int:
        """Return how many reminders of a package stand in the conversation of whoever is reminded."""
        channel = self._stage.slack.direct_id(OWNERS[number][1])
        heads = (one for one in self._stage.slack.workspace.public(channel) if not one.is_reply)
        # An answer to `/renewals` that came late names it as well.
        return sum(number in one.text and not is_late_answer(one) for one in heads)
