"""Lists and timelines: within Slack's limits at their worst, safe, and whole in their words alone."""

import pytest
from msgspec.structs import replace

from bot.domain.escalation.life import Move, State, Urgency
from bot.domain.escalation.listing import (
    Entry,
    EscalationLine,
    EscalationLists,
    EscalationShelf,
    EscalationsPart,
    ListSaying,
    NoEscalation,
    Shelf,
    Timeline,
    first_words,
)
from bot.domain.escalation.saying import Summary
from bot.domain.maintenance.saying_overview import AskMePart, Home
from bot.domain.network import Contact
from bot.domain.scheme import Language
from bot.playground.blocks import message_faults, view_faults
from bot.services.escalations.listing import SHOWN
from bot.slack.blocks import render
from bot.slack.blocks.escalation_list import ENTRIES_SHOWN, TIMELINE, timeline_view
from bot.slack.reading_escalation_list import read_timeline
from tests.builders import MORNING, topic

LONG = "&<!channel>" * 20
SUMMARY = Summary(
    escalation_id=7,
    reference="ESC-2026-0042",
    state=State.NEW,
    urgency=Urgency.STOPPED,
    level=0,
    company=LONG,
    contact=Contact(LONG),
    owner="",
    keeper=LONG,
    practice=LONG,
    package=LONG,
    topic=topic(),
    requester=LONG,
    opened_by=LONG,
    respond_by=MORNING,
    solve_by=None,
    time_zone="Europe/Berlin",
)
LINE = EscalationLine(SUMMARY, first_words(LONG * 5), MORNING, is_overdue=True, link="slack://channel?id=C1")
LISTS = EscalationLists(
    Language.EN,
    EscalationsPart(tuple(EscalationShelf(shelf, (LINE,) * SHOWN, 9) for shelf in Shelf), "/support"),
)
ENTRY = Entry(Move.HAND_OVER, MORNING, LONG, LONG, 1, 2, LONG * 10)
TIMELINES = Timeline(Language.EN, LINE, (ENTRY,) * (ENTRIES_SHOWN + 40))


@pytest.mark.parametrize("language", Language)
@pytest.mark.parametrize("saying", [LISTS, TIMELINES, NoEscalation(Language.EN, LONG, "/support")])
def test_the_worst_fits_into_a_message_and_mentions_nobody(language: Language, saying: ListSaying) -> None:
    message = render(replace(saying, language=language))
    assert message_faults(list(message.blocks)) == ()
    assert len(message.blocks) <= 50
    assert "<!channel>" not in message.text + str(message.blocks)
    assert len(message.text) < 40_000


@pytest.mark.parametrize("saying", [TIMELINES, NoEscalation(Language.DE, "", "/support")])
def test_the_worst_fits_into_a_modal(saying: ListSaying) -> None:
    view = timeline_view(saying).to_dict()
    assert not view_faults(view)
    assert "<!channel>" not in str(view)


def test_the_worst_lists_fit_into_a_home() -> None:
    home = render(Home(Language.DE, (LISTS.part, AskMePart("/support", "/renewals", "/escalate"))))
    assert not view_faults({"type": "home", "blocks": list(home.blocks)})
    assert str(home.blocks).count(TIMELINE) == SHOWN * len(Shelf)


def test_the_words_alone_say_all_that_the_blocks_say() -> None:
    message = render(EscalationLists(Language.EN, EscalationsPart((LISTS.part.shelves[0],), "/support")))
    for words in (
        "Escalations: waiting for you",
        "ESC-2026-0042",
        "Overdue! Response due: Tue 24 Nov",
    ):
        assert words in message.text
    assert "9 more are not shown here." in message.text
    one = EscalationsPart((replace(LISTS.part.shelves[0], more=1),), "/support")
    assert "One more is not shown here." in render(EscalationLists(Language.EN, one)).text


def test_nothing_open_is_one_sentence() -> None:
    message = render(EscalationLists(Language.DE, EscalationsPart((), "/support")))
    assert message.text == "Keine offene Eskalation betrifft Sie."


def test_what_is_not_known_by_name_is_somebody_s_words() -> None:
    entries = (
        Entry("open", MORNING, "Anna", "Nord", None, 1, "It is broken"),
        Entry("message", MORNING, "Tom", "Nord", 1, None, "not for them", is_internal=True),
    )
    text = render(Timeline(Language.EN, LINE, entries)).text
    assert "Anna opened it, and Nord got it. “It is broken”" in text
    assert "Tom wrote: “not for them” (internal)" in text
    unspoken = Timeline(Language.EN, LINE, (replace(entries[1], text="", is_internal=False),))
    assert render(unspoken).text.endswith("Tom wrote in the thread.")
    assert f"<!date^{int(MORNING.timestamp())}^" in text


@pytest.mark.parametrize(("value", "key"), [("7", 7), ("", 0), ("x", 0), ("9" * 10, 0), ("-3", 0)])
def test_a_button_is_read_whatever_it_carries(value: str, key: int) -> None:
    body = {"actions": [{"value": value}], "user": {"id": "U1", "team_id": "T1"}, "team": {"id": "T2"}}
    user, found = read_timeline(body)
    assert (user.workspace_id, user.user_id, found) == ("T1", "U1", key)


@pytest.mark.parametrize(
    ("text", "words"),
    [("a  b\nc", "a b c"), ("ab cd ef", "ab cd ef"), ("ab cd efg", "ab cd…"), ("abcdefghij", "abcdefg…")],
)
def test_first_words_are_cut_between_words(text: str, words: str) -> None:
    assert first_words(text, 8) == words
