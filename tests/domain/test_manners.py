from itertools import product

import pytest

from bot.domain.manners import (
    Address,
    ChannelMode,
    Reaction,
    Situation,
    is_call_for_help,
    is_thanks,
    place_of,
    react,
)
from bot.domain.matching.match import Decision
from bot.domain.matching.place import ADDRESSED, CHANNEL
from tests.builders import match

QUESTION = "how do I back up the database?"
DIRECTLY = (Address.DIRECT, Address.MENTION, Address.COMMAND)
AS_DECIDED = {
    Decision.ANSWER: Reaction.ANSWER,
    Decision.CHOOSE: Reaction.CHOOSE,
    Decision.SILENT: Reaction.PICK,
}


@pytest.mark.parametrize("address", DIRECTLY)
def test_whoever_addresses_the_bot_is_expected_to_ask(address: Address) -> None:
    assert place_of(address) is ADDRESSED


def test_what_is_overheard_is_expected_to_be_chatter_as_often_as_in_any_channel() -> None:
    assert place_of(Address.OVERHEARD) is CHANNEL


@pytest.mark.parametrize("address", DIRECTLY)
@pytest.mark.parametrize("decision", Decision)
def test_whoever_addresses_the_bot_gets_an_answer_a_choice_or_the_picker(
    address: Address, decision: Decision
) -> None:
    assert react(Situation(QUESTION, address), match(decision)) is AS_DECIDED[decision]


@pytest.mark.parametrize("address", DIRECTLY)
@pytest.mark.parametrize("decision", Decision)
def test_a_thread_or_a_mention_of_others_changes_nothing_for_whoever_addresses_it(
    address: Address, decision: Decision
) -> None:
    situation = Situation(QUESTION, address, in_thread=True, mentions_others=True)
    assert react(situation, match(decision)) is AS_DECIDED[decision]


def test_a_message_stands_in_a_channel_and_means_nobody_else_until_told_otherwise() -> None:
    situation = Situation(QUESTION, Address.OVERHEARD, ChannelMode.LISTEN)
    assert react(situation, match()) is Reaction.ANSWER
    assert react(Situation(QUESTION, Address.OVERHEARD), match()) is Reaction.NOTHING


OVERHEARD_CASES = list(product(ChannelMode, Decision, [False, True], [False, True], [False, True]))


@pytest.mark.parametrize(("mode", "decision", "in_thread", "others", "clinical"), OVERHEARD_CASES)
def test_what_is_overheard_is_answered_only_as_a_sure_question_to_nobody_in_a_listening_channel(
    mode: ChannelMode, decision: Decision, in_thread: bool, others: bool, clinical: bool
) -> None:
    situation = Situation(QUESTION, Address.OVERHEARD, mode, in_thread=in_thread, mentions_others=others)
    expected = Reaction.NOTHING
    if (mode, in_thread, others, clinical) == (ChannelMode.LISTEN, False, False, False):
        expected = {Decision.ANSWER: Reaction.ANSWER, Decision.CHOOSE: Reaction.CHOOSE}.get(
            decision, expected
        )
    assert react(situation, match(decision, clinical=clinical)) is expected


@pytest.mark.parametrize("text", ["thanks!", "", "hello", "help"])
def test_pleasantries_that_are_overheard_get_nothing(text: str) -> None:
    situation = Situation(text, Address.OVERHEARD, ChannelMode.LISTEN)
    assert react(situation, match(Decision.SILENT)) is Reaction.NOTHING


@pytest.mark.parametrize("address", DIRECTLY)
@pytest.mark.parametrize("decision", Decision)
def test_clinical_questions_are_declined(address: Address, decision: Decision) -> None:
    assert react(Situation(QUESTION, address), match(decision, clinical=True)) is Reaction.DECLINE


@pytest.mark.parametrize("text", [QUESTION, "thanks", "", "help", "is ANB 7 a class II?"])
def test_a_mention_in_a_channel_that_is_off_says_so_whatever_it_is(text: str) -> None:
    situation = Situation(text, Address.MENTION, ChannelMode.OFF)
    assert react(situation, match(clinical=True)) is Reaction.SWITCHED_OFF


@pytest.mark.parametrize("address", [Address.DIRECT, Address.COMMAND])
def test_a_channel_that_is_off_stops_neither_direct_messages_nor_the_command(address: Address) -> None:
    assert react(Situation(QUESTION, address, ChannelMode.OFF), match()) is Reaction.ANSWER


@pytest.mark.parametrize("mode", [ChannelMode.LISTEN, ChannelMode.MENTIONS])
def test_mentions_are_answered_in_every_channel_that_is_not_off(mode: ChannelMode) -> None:
    assert react(Situation(QUESTION, Address.MENTION, mode), match()) is Reaction.ANSWER


@pytest.mark.parametrize("address", DIRECTLY)
@pytest.mark.parametrize(
    ("text", "expected"),
    [
        ("Thanks a lot!", Reaction.WELCOME),
        ("", Reaction.PICK),
        (" \n\t", Reaction.PICK),
        ("help", Reaction.HELP),
        ("Guten Tag!", Reaction.HELP),
    ],
)
def test_pleasantries_are_answered_in_kind_even_when_the_matcher_is_sure(
    address: Address, text: str, expected: Reaction
) -> None:
    assert react(Situation(text, address), match(clinical=True)) is expected


@pytest.mark.parametrize(
    "text",
    [
        "thanks", "Thank you so much!!", "ty", "cheers all :)", "Danke", "vielen Dank für die schnelle Hilfe",
        "danke, hat geklappt", "läuft wieder, danke!", "Thanks, it works now", "solved, thank you",
        "Herzlichen Dank nochmals", "ok super, danke euch", "thx 👍", "great, that was quick. Thanks again",
    ],
)  # fmt: skip
def test_a_mere_thanks_is_one(text: str) -> None:
    assert is_thanks(text)


@pytest.mark.parametrize(
    "text",
    [
        "", "ok", "great", "thanks, and how do I restore it?", "thanks?",
        "danke, aber es geht immer noch nicht", "danke, geht nicht", "thanks, it never worked",
        "danke, jetzt geht der Server wieder nicht",
        "thanks for nothing, the server crashed", "thankless", "no thanks needed",
    ],
)  # fmt: skip
def test_whatever_asks_or_tells_more_is_no_mere_thanks(text: str) -> None:
    assert not is_thanks(text)


@pytest.mark.parametrize(
    "text",
    [
        "help",
        "HELP!",
        " Hilfe ",
        "hi",
        "Hello!!",
        "Guten Morgen",
        "Grüezi",
        "what can you do?",
        "wer bist du",
    ],
)
def test_a_greeting_or_the_word_help_calls_for_help(text: str) -> None:
    assert is_call_for_help(text)


@pytest.mark.parametrize("text", ["", "help me with the backup", "hello server", "guten", "hi 🙂 backup?"])
def test_a_greeting_before_a_question_is_a_question(text: str) -> None:
    assert not is_call_for_help(text)
