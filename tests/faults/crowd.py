"""People who ask, press, order, escalate and answer, whatever the weather; what they do is up to chance."""

import asyncio
import itertools
from collections import defaultdict
from collections.abc import Awaitable, Callable, Iterable
from contextlib import suppress
from random import Random

from bot.playground.people import NotAcknowledgedError, PersonInTests
from bot.playground.shown import Shown
from tests.faults.stage import Stage

BOT, SUPPORT, GENERAL = "@Signpost", "#support", "#general"
PRACTICE = ("anna", "priya", "grace", "heike", "reto")
COMPANY = ("tom", "oliver", "lena", "karl")
QUESTIONS = (
    "the second PC cannot find the database server",
    "how do I set up the backup of the database?",
    "how do I install the client on a new PC?",
)
CHATTER = ("see you at lunch", "thank you so much!", "the coffee machine is broken again")
ORDER = "/support how do I restore the database?"
ESCALATE, SOLVED, TAKE = ("Escalate", "Eskalieren"), ("Solved", "Gelöst"), ("Take it", "Übernehmen")
RESOLVE = ("Resolve", "Gelöst melden")
HAPPENED = ("What happened?", "Was ist passiert?")
HELPED = ("What helped", "Was geholfen hat")
REFERENCE = "ESC-"
FORM_SECONDS = 3.0
ASK_AGAIN = 4
"""How often somebody presses submit before giving up."""
NEWEST = 12
"""How many messages back somebody looks for something to press."""


class Crowd:
    """Everybody in the workspace. `remarks` are the marks of what was written for the other side."""

    def __init__(self, stage: Stage, chance: Random) -> None:
        self._stage, self._slack, self._chance = stage, stage.slack, chance
        self._marks = itertools.count(1)
        self._pressed: set[tuple[str, str, str]] = set()
        self._at_a_form: defaultdict[str, asyncio.Lock] = defaultdict(asyncio.Lock)
        self._is_over = False
        self._deeds: list[tuple[int, Callable[[], Awaitable[None]]]] = [
            (5, self._ask),
            (1, self._chat),
            (2, self._order),
            (2, self._press_solved),
            (3, self._escalate),
            (2, self._escalate_by_command),
            (3, self._take),
            (3, self._remark),
            (1, self._resolve),
            (1, self._look_at_home),
            (1, self._order_renewals),
        ]

    async def live(self, actors: int) -> None:
        """Let so many people do one thing after the other, until it is over."""
        async with asyncio.TaskGroup() as group:
            for _ in range(actors):
                group.create_task(self._act())

    def go_home(self) -> None:
        """Let everybody finish what they are doing, and nothing more."""
        self._is_over = True

    async def _act(self) -> None:
        weights, deeds = zip(*self._deeds, strict=True)
        while not self._is_over:
            pause = self._chance.uniform(0.05, 0.6)
            await asyncio.sleep(pause if self._stage.is_up else 2 * pause)
            (deed,) = self._chance.choices(deeds, weights)
            # Not acknowledged, or gone: people see that, and so does the record of deliveries.
            with suppress(AssertionError, LookupError):
                await deed()

    # -- asking

    async def _ask(self) -> None:
        person, words = self._anybody(PRACTICE), self._chance.choice(QUESTIONS)
        where = self._chance.choice((BOT, BOT, SUPPORT, GENERAL))
        await (person.mentions(words, in_=where) if where == GENERAL else person.says(words, in_=where))

    async def _chat(self) -> None:
        await self._anybody(PRACTICE).says(self._chance.choice(CHATTER), in_=GENERAL)

    async def _order(self) -> None:
        await self._anybody(PRACTICE).runs(ORDER, in_=SUPPORT)

    async def _order_renewals(self) -> None:
        await self._anybody((*PRACTICE, *COMPANY)).runs("/renewals", in_=SUPPORT)

    async def _press_solved(self) -> None:
        person = self._anybody(PRACTICE)
        answer = self._find(person, SOLVED, (BOT, SUPPORT), but=REFERENCE)
        if answer is not None and self._is_to(answer, person):
            await person.clicks(_label(answer, SOLVED), on=answer)

    async def _look_at_home(self) -> None:
        await self._anybody((*PRACTICE, *COMPANY)).opens_home()

    # -- escalating

    async def _escalate(self) -> None:
        person = self._anybody(PRACTICE)
        answer = self._find(person, ESCALATE, (BOT,), but=REFERENCE)
        if answer is not None:
            async with self._at_a_form[person.user_id]:
                await person.clicks(_label(answer, ESCALATE), on=answer)
                await self._fill_in(person)

    async def _escalate_by_command(self) -> None:
        person = self._anybody(PRACTICE)
        async with self._at_a_form[person.user_id]:
            await person.runs("/escalate", in_=SUPPORT)
            await self._fill_in(person)

    async def _fill_in(self, person: PersonInTests) -> None:
        await self._fill_form(person, HAPPENED, f"trouble {next(self._marks):05d}")

    async def _fill_form(self, person: PersonInTests, labels: tuple[str, ...], words: str) -> None:
        """Fill in the form that comes and send it, again and again as somebody does who gets no answer."""
        try:
            form = await person.sees_modal(within=FORM_SECONDS)
            field = next((label for label in labels if label in form.labels), None)
            if field is not None:
                await person.fills({field: words}, submit=False)
                await self._send(person)
        finally:
            if self._slack.workspace.modals.get(person.user_id):
                await person.closes_modal(all_of_them=True)

    async def _send(self, person: PersonInTests) -> None:
        for _ in range(ASK_AGAIN):
            try:
                await person.submits()
            except NotAcknowledgedError:
                await asyncio.sleep(self._chance.uniform(0.1, 0.8))
            else:
                return

    # -- working on it

    async def _take(self) -> None:
        person = self._anybody(COMPANY)
        card = self._find(person, TAKE, (BOT,))
        if card is not None:
            await person.clicks(_label(card, TAKE), on=card)

    async def _resolve(self) -> None:
        person = self._anybody(COMPANY)
        card = self._find(person, RESOLVE, (BOT,))
        if card is None:
            return
        async with self._at_a_form[person.user_id]:
            await person.clicks(_label(card, RESOLVE), on=card)
            await self._fill_form(person, HELPED, f"help {next(self._marks):05d}")

    async def _remark(self) -> None:
        """Write in the thread of an escalation, for the other side to read."""
        person = self._anybody((*PRACTICE, *COMPANY))
        heads = [shown for shown in self._newest(person, BOT) if REFERENCE in shown.text and _is_head(shown)]
        if heads:
            await person.says(f"remark {next(self._marks):05d}", in_=BOT, thread=self._chance.choice(heads))

    # -- within

    def _is_to(self, answer: Shown, person: PersonInTests) -> bool:
        """Whether it was this person who asked; somebody else is told that it is not for them."""
        asked = self._slack.workspace.message(answer.channel, answer.thread_ts or "")
        return answer.is_ephemeral or (asked is not None and asked.user == person.user_id)

    def _anybody(self, handles: Iterable[str]) -> PersonInTests:
        return self._slack.person(self._chance.choice(list(handles)))

    def _newest(self, person: PersonInTests, where: str) -> list[Shown]:
        mine = [one for one in person.all_she_sees(where) if one.message.bot_id is not None]
        return mine[-NEWEST:]

    def _find(
        self, person: PersonInTests, labels: tuple[str, ...], places: Iterable[str], *, but: str = "\0"
    ) -> Shown | None:
        """Return a message with this button that this person has not pressed there yet."""
        found = [
            shown
            for place in places
            for shown in self._newest(person, place)
            if any(label in shown.labels for label in labels) and but not in shown.text
            if (person.user_id, shown.ts, labels[0]) not in self._pressed
        ]
        if not found:
            return None
        chosen = self._chance.choice(found)
        self._pressed.add((person.user_id, chosen.ts, labels[0]))
        return chosen


def _label(shown: Shown, labels: tuple[str, ...]) -> str:
    return next(label for label in labels if label in shown.labels)


def _is_head(shown: Shown) -> bool:
    return shown.thread_ts is None or shown.thread_ts == shown.ts
