from collections import Counter

import pytest
from hypothesis import given
from hypothesis import strategies as st

from bot.domain.matching.figures import (
    NONE,
    Labelled,
    Outcome,
    Share,
    confusions,
    figures,
    figures_by,
    got,
)
from bot.domain.matching.match import Candidate, Decision, Match
from bot.domain.scheme import Language, Provider

PROVIDERS = {
    "backup": Provider.DISTRIBUTOR,
    "update": Provider.DISTRIBUTOR,
    "restore": Provider.MANUFACTURER,
    "training": Provider.SUPPORT_PARTNER,
}


def outcome(label: str, decision: Decision, *ranked: str, also: str = "", lang: str = "en") -> Outcome:
    candidates = tuple(Candidate(topic, 0.5) for topic in ranked)
    message = Labelled("", label, frozenset(also.split()), Language(lang))
    return Outcome(message, Match(decision, candidates, 0.5, clinical=False, language=None))


ANSWER, CHOOSE, SILENT = Decision.ANSWER, Decision.CHOOSE, Decision.SILENT


def test_a_right_answer_is_right_and_helps() -> None:
    found = figures([outcome("backup", ANSWER, "backup", "restore")], PROVIDERS)
    assert found.right == found.helped == found.top1 == found.top3 == Share(1, 1)
    assert found.wrong_company == Share(0, 1)
    assert found.false_alarm == Share(0, 0)


def test_what_is_also_right_counts_as_right() -> None:
    found = figures([outcome("restore", ANSWER, "backup", also="backup")], PROVIDERS)
    assert found.right == Share(1, 1)
    assert found.wrong_company == Share(0, 1)


def test_a_choice_helps_when_one_of_its_three_topics_is_right() -> None:
    third = outcome("training", CHOOSE, "backup", "update", "training", "restore")
    fourth = outcome("training", CHOOSE, "backup", "update", "restore", "training")
    found = figures([third, fourth], PROVIDERS)
    assert found.helped == Share(1, 2)
    assert found.top3 == Share(1, 2)
    assert found.right == found.top1 == Share(0, 2)


def test_a_silent_question_ranks_but_does_not_help() -> None:
    found = figures([outcome("backup", SILENT, "backup")], PROVIDERS)
    assert found.top1 == Share(1, 1)
    assert found.right == found.helped == found.wrong_company == Share(0, 1)


def test_a_wrong_topic_of_the_right_company_is_no_wrong_company() -> None:
    found = figures([outcome("backup", ANSWER, "update"), outcome("backup", ANSWER, "restore")], PROVIDERS)
    assert found.right == Share(0, 2)
    assert found.wrong_company == Share(1, 2)


def test_only_answers_name_a_company() -> None:
    assert figures([outcome("backup", CHOOSE, "restore")], PROVIDERS).wrong_company == Share(0, 1)


@pytest.mark.parametrize(("decision", "alarms"), [(ANSWER, 1), (CHOOSE, 1), (SILENT, 0)])
def test_anything_but_silence_is_a_false_alarm_where_nobody_asked(decision: Decision, alarms: int) -> None:
    found = figures([outcome(NONE, decision, "backup")], PROVIDERS)
    assert found.false_alarm == Share(alarms, 1)
    assert found.right == found.top1 == Share(0, 0)


def test_groups_have_figures_of_their_own() -> None:
    outcomes = [outcome("backup", ANSWER, "backup"), outcome("backup", SILENT, "backup", lang="de")]
    groups = figures_by(outcomes, PROVIDERS, lambda message: message.language)
    assert groups[Language.EN].right == Share(1, 1)
    assert groups[Language.DE].right == Share(0, 1)


def test_confusions_are_questions_not_answered_rightly_and_false_alarms() -> None:
    outcomes = [
        outcome("backup", ANSWER, "backup"),
        outcome("backup", ANSWER, "restore"),
        outcome("backup", ANSWER, "restore"),
        outcome("backup", CHOOSE, "backup"),
        outcome(NONE, SILENT, "backup"),
        outcome(NONE, ANSWER, "backup"),
    ]
    expected = {("backup", "restore"): 2, ("backup", "choose"): 1, (NONE, "backup"): 1}
    assert confusions(outcomes) == Counter(expected)
    assert got(outcomes[3]) == "choose"


@pytest.mark.parametrize(
    ("share", "low", "high"),
    [
        # Newcombe 1998, Statistics in Medicine 17, table I, method 3 (Wilson without correction).
        (Share(81, 263), 0.2553, 0.3662),
        (Share(15, 148), 0.0624, 0.1605),
        (Share(0, 20), 0.0, 0.1611),
        (Share(1, 29), 0.0061, 0.1718),
    ],
)
def test_the_interval_is_wilsons(share: Share, low: float, high: float) -> None:
    assert share.interval == pytest.approx((low, high), abs=5e-5)


def test_of_nothing_nothing_is_known() -> None:
    assert Share(0, 0).value == 0
    assert Share(0, 0).interval == (0.0, 1.0)


@given(st.integers(1, 2_000), st.data())
def test_the_interval_holds_the_share_and_stays_within_bounds(of: int, data: st.DataObject) -> None:
    share = Share(data.draw(st.integers(0, of)), of)
    low, high = share.interval
    assert 0 <= low <= share.value + 1e-12
    assert share.value - 1e-12 <= high <= 1
    mirrored = Share(of - share.hits, of).interval
    assert mirrored == pytest.approx((1 - high, 1 - low))


_decisions = st.sampled_from(Decision)
_topics = st.sampled_from(sorted(PROVIDERS))
_outcomes = st.lists(
    st.builds(
        lambda label, decision, ranked: outcome(label, decision, *ranked),
        st.sampled_from([*sorted(PROVIDERS), NONE]),
        _decisions,
        st.lists(_topics, min_size=1, unique=True),
    )
)


@given(_outcomes)
def test_who_is_right_helps_and_ranks_first(outcomes: list[Outcome]) -> None:
    found = figures(outcomes, PROVIDERS)
    assert found.right.hits <= found.top1.hits <= found.top3.hits
    assert found.right.hits <= found.helped.hits <= found.top3.hits
    assert found.right.hits + found.wrong_company.hits <= found.right.of
    missed = found.right.of - found.right.hits + found.false_alarm.hits
    assert confusions(outcomes).total() == missed
