"""The company's card and its forms: within Slack's limits at their worst, safe, and whole in words alone."""

from typing import Any

import pytest
from msgspec.structs import replace

from bot.domain.escalation.agenda import Step
from bot.domain.escalation.life import Move, State, Urgency
from bot.domain.escalation.note import WANTED
from bot.domain.escalation.saying import Card, Fault, Nudge, Receipt, Summary, ThreadLine, Trouble
from bot.domain.escalation.work import (
    FORMS,
    Choice,
    Gaps,
    MaintenanceNote,
    Validity,
    WhyRefused,
    WorkForm,
    WorkRefused,
)
from bot.domain.network import Contact
from bot.domain.scheme import Language
from bot.playground.blocks import message_faults, view_faults
from bot.slack.blocks import render
from bot.slack.blocks.escalation_forms import LONGEST, gap_errors, work_refused_view, work_view
from tests.builders import MORNING, topic

LONG = "&<!channel> " * 25
FULL = "&" * LONGEST
OF_COMPANY = (
    Move.TAKE, Move.ASK_BACK, Move.HAND_OVER, Move.SEND_BACK, Move.PASS_ON, Move.REASSIGN, Move.RESOLVE,
    Move.GIVE_UP,
)  # fmt: skip
OF_REQUESTER = (Move.CONFIRM, Move.REOPEN, Move.TAKE_UP)
SUMMARY = Summary(
    escalation_id=42,
    reference="ESC-2026-0042",
    state=State.TAKEN,
    urgency=Urgency.STOPPED,
    level=0,
    company="Nord Dental",
    contact=Contact("Tom"),
    owner="Tom",
    keeper="tom@nord.example",
    practice="Praxis Dr. Berg",
    package="OC-7",
    topic=topic(),
    requester="Anna",
    opened_by="",
    respond_by=MORNING,
    solve_by=MORNING,
    time_zone="Europe/Berlin",
    manufacturer="Image Instruments",
    lower="Alpine Ortho",
)
CARD = Card(
    language=Language.EN,
    summary=SUMMARY,
    happened="No server is found.",
    reach_me="+49 371 555 0123",
    asked="why?",
    tried="restarted",
    error_text="E 17",
    version="3.2",
    has_consent=True,
    handed_over_by="Alpine Ortho",
    moves=(Move.ASK_BACK, Move.HAND_OVER, Move.REASSIGN, Move.RESOLVE, Move.GIVE_UP),
    maintenance=(MaintenanceNote("OC-7", Validity.LAPSED, MORNING.date(), "Nord Dental"),),
    next_step=Step.SILENT,
    next_at=MORNING,
)
WORST_SUMMARY = replace(
    SUMMARY,
    company=LONG,
    owner=LONG,
    practice=LONG,
    package=LONG,
    requester=LONG,
    opened_by=LONG,
    manufacturer=LONG,
    lower=LONG,
    is_unconfirmed=True,
)
WORST_CARD = replace(
    CARD,
    summary=WORST_SUMMARY,
    happened=FULL,
    reach_me=LONG,
    asked="<" * 4000,
    tried=FULL,
    error_text=FULL,
    version=LONG,
    handed_over_by=LONG,
    moves=OF_COMPANY,
    informed=(LONG, LONG),
    maintenance=(MaintenanceNote(LONG, Validity.DUE, MORNING.date(), LONG),) * 5,
    bounces=3,
)


def labels(blocks: tuple[dict[str, Any], ...]) -> list[str]:
    found = [element for block in blocks if block["type"] == "actions" for element in block["elements"]]
    return [
        text["text"]["text"]
        for element in found
        for text in (element["options"] if element["type"] == "overflow" else [element])
    ]


def test_the_card_says_all_that_it_takes_to_help() -> None:
    card = render(CARD)
    for words in (
        "ESC-2026-0042 · work has stopped",
        "Practice: Praxis Dr. Berg",
        "Licence package: OC-7",
        "Maintenance: lapsed, it was valid until 24 Nov 2026, billed by Nord Dental",
        "How to reach them: +49 371 555 0123",
        "What happened: No server is found.",
        "Tried so far: restarted",
        "Error text: E 17",
        "Version: 3.2",
        "Remote access: The practice agrees",
        "Handed over by: Alpine Ortho",
        "Response due: Tue 24 Nov",
        "Tom is reminded, unless something happens.",
    ):
        assert words in card.text
    assert labels(card.blocks) == [
        "Ask back",
        "Hand over to Image Instruments (level 1)",
        "Resolve",
        "Reassign",
        "We cannot solve it",
    ]


def test_no_level_stands_in_a_button_without_its_company() -> None:
    for label in labels(render(replace(CARD, summary=WORST_SUMMARY)).blocks):
        assert "(level 1)" not in label or label.startswith("Hand over to &<!channel>")


@pytest.mark.parametrize("language", Language)
@pytest.mark.parametrize("state", State)
def test_the_longest_card_is_within_slacks_limits_and_loses_nothing(language: Language, state: State) -> None:
    worst = replace(WORST_CARD, language=language, summary=replace(WORST_SUMMARY, state=state))
    shown = render(worst)
    assert message_faults(list(shown.blocks)) == ()
    assert len(shown.text) < 40_000
    assert "<!channel>" not in shown.text + str(shown.blocks)[: -len(str(shown.blocks[-1]))]
    everything = "".join(block["text"]["text"] for block in shown.blocks if block["type"] == "section")
    assert everything.count("&lt;") >= 4000
    assert everything.count("&amp;") >= 3 * LONGEST
    assert len(labels(shown.blocks)) == len(OF_COMPANY)


def test_who_only_hears_of_it_has_nothing_to_press() -> None:
    shown = render(replace(CARD, moves=(), is_informed=True))
    assert labels(shown.blocks) == []
    assert "you need not do anything" in shown.text


@pytest.mark.parametrize("language", Language)
def test_a_card_speaks_to_the_company_and_never_to_the_practice(language: Language) -> None:
    for state in State:
        shown = render(replace(CARD, language=language, summary=replace(SUMMARY, state=state))).text
        assert "your practice" not in shown
        assert "Ihrer Praxis" not in shown


@pytest.mark.parametrize("step", Step)
def test_what_comes_next_is_true_in_whichever_company_s_thread_it_stands(step: Step) -> None:
    shown = render(replace(CARD, is_informed=True, next_step=step, next_at=MORNING)).text
    assert "this channel" not in shown


def test_the_message_that_was_asked_is_a_link_with_a_name() -> None:
    shown = str(render(replace(CARD, link="https://signpost.slack.com/archives/C1/p1")).blocks)
    assert "<https://signpost.slack.com/archives/C1/p1|Open the message that was asked" in shown
    assert "Open the message" not in str(render(CARD).blocks)


def test_maintenance_names_its_package_where_nobody_did() -> None:
    assert "Maintenance: lapsed" in render(CARD).text
    unnamed = render(replace(CARD, summary=replace(SUMMARY, package=""))).text
    assert "Maintenance OC-7: lapsed" in unnamed


def test_a_closed_card_names_nobody_who_sees_to_it_after_bounces() -> None:
    bounced = replace(CARD, bounces=2)
    assert "Sent back 2 times, so Tom" in render(bounced).text
    closed = replace(bounced, summary=replace(SUMMARY, state=State.CLOSED))
    assert "sees to it" not in render(closed).text


@pytest.mark.parametrize(
    ("move", "said"),
    [
        (Move.ASK_BACK, "Please answer here in this thread."),
        (Move.REOPEN, "Please write here in this thread what is still wrong."),
    ],
)
def test_the_requester_and_nobody_else_is_told_where_to_answer(move: Move, said: str) -> None:
    line = ThreadLine(Language.EN, SUMMARY, move, "Tom", "Which version?")
    assert said not in render(line).text
    assert render(replace(line, is_requesters=True)).text.endswith(said)


@pytest.mark.parametrize("language", Language)
@pytest.mark.parametrize("step", Step)
def test_whoever_is_reminded_hears_what_to_do_now(language: Language, step: Step) -> None:
    if step is not Step.CLOSE:
        asks = {Language.EN: ("please", "help"), Language.DE: ("bitte",)}[language]
        assert any(word in render(Nudge(language, SUMMARY, step)).text.casefold() for word in asks)


@pytest.mark.parametrize("move", [Move.RESOLVE, Move.GIVE_UP, Move.CLOSE])
def test_the_requester_is_asked_in_the_thread_what_became_of_it(move: Move) -> None:
    line = ThreadLine(Language.EN, SUMMARY, move, "Tom", LONG, OF_REQUESTER)
    shown = render(line)
    assert labels(shown.blocks) == ["Solved", "Still need help", "Take it to Image Instruments"]
    assert message_faults(list(shown.blocks)) == ()
    ids = [element["action_id"] for element in shown.blocks[-1]["elements"]]
    assert ids == ["signpost.esc-confirm", "signpost.esc-reopen", "signpost.esc-take-up"]
    assert {element["value"] for element in shown.blocks[-1]["elements"]} == {"42"}


def test_other_lines_carry_no_buttons_and_the_way_up_does() -> None:
    assert (
        labels(render(ThreadLine(Language.EN, SUMMARY, Move.TAKE, "Tom", "", (Move.TAKE_UP,))).blocks) == []
    )
    up = render(Nudge(Language.EN, SUMMARY, Step.UNTAKEN, is_way_up=True))
    assert labels(up.blocks) == ["Take it to Image Instruments"]
    assert labels(render(Receipt(Language.EN, SUMMARY, OF_REQUESTER)).blocks)[0] == "Solved"
    assert "Pass on" in labels(render(Trouble(Language.EN, SUMMARY, Fault.UNROUTED, OF_COMPANY)).blocks)


@pytest.mark.parametrize("language", Language)
@pytest.mark.parametrize("move", sorted(FORMS))
@pytest.mark.parametrize("count", [0, 1, 100, 101, 250])
def test_the_longest_forms_are_within_slacks_limits(language: Language, move: Move, count: int) -> None:
    form = WorkForm(
        language=language,
        move=move,
        escalation_id=10**9 - 1,
        reference="ESC-2026-99999",
        company=LONG,
        to=LONG,
        tried=FULL * 2,
        error_text=FULL * 2,
        version=FULL,
        choices=tuple(Choice(number, LONG) for number in range(count)),
    )
    view = work_view(form, "{}").to_dict()
    assert view_faults(view) == ()
    has_inputs = any(block["type"] == "input" for block in view["blocks"])
    assert ("submit" in view) is has_inputs


@pytest.mark.parametrize("language", Language)
def test_every_refusal_and_every_gap_is_said_in_a_sentence(language: Language) -> None:
    for why in WhyRefused:
        for state in State:
            refused = WorkRefused(language, why, "ESC-2026-0042", LONG, LONG, state)
            assert render(refused).text.endswith(".")
            assert message_faults(list(render(refused).blocks)) == ()
            assert view_faults(work_refused_view(refused).to_dict()) == ()
    fields = tuple({field for wanted in WANTED.values() for field in wanted})
    assert all(said.endswith(".") for said in gap_errors(Gaps(language, fields, "Nord Dental")).values())
