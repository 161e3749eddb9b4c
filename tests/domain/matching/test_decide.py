import numpy as np
import pytest
from hypothesis import given
from hypothesis import strategies as st
from msgspec.structs import replace

from bot.domain.matching.decide import Chance, decide, expecting_chatter
from bot.domain.matching.match import Decision
from bot.domain.matching.place import Costs
from bot.domain.scheme import Provider

PROVIDERS = {
    "backup": Provider.DISTRIBUTOR,
    "update": Provider.DISTRIBUTOR,
    "restore": Provider.MANUFACTURER,
    "training": Provider.SUPPORT_PARTNER,
}


def decided(costs: Costs | None = None, /, **probabilities: float) -> Decision:
    ranked = sorted((Chance(*pair) for pair in probabilities.items()), key=lambda chance: -chance.probability)
    return decide(ranked, PROVIDERS, sum(probabilities.values()), costs or Costs()).decision


def test_what_is_clear_is_answered() -> None:
    assert decided(backup=0.95, restore=0.02, update=0.01) is Decision.ANSWER


def test_two_companies_head_to_head_are_a_choice() -> None:
    assert decided(backup=0.5, restore=0.45) is Decision.CHOOSE


def test_two_topics_of_one_company_are_answered_sooner_than_two_companies() -> None:
    assert decided(backup=0.7, update=0.28) is Decision.ANSWER
    assert decided(backup=0.7, restore=0.28) is Decision.CHOOSE


def test_what_is_probably_no_question_gets_silence() -> None:
    assert decided(backup=0.3, restore=0.05) is Decision.SILENT


def test_nothing_known_gets_silence() -> None:
    assert decided(backup=0.0) is Decision.SILENT
    assert decide([], {}, 0.0, Costs()).decision is Decision.SILENT


def test_a_single_topic_is_never_a_choice() -> None:
    assert decided(backup=0.6) in {Decision.ANSWER, Decision.SILENT}


@pytest.mark.parametrize("chance", [0.4, 0.6, 0.8])
def test_where_silence_is_dear_somebody_gets_an_answer(chance: float) -> None:
    addressed = replace(Costs(), false_alarm=0.0, unanswered=20.0)
    assert decided(addressed, backup=chance, restore=0.1) is not Decision.SILENT


_shares = st.lists(st.floats(0, 1), min_size=5, max_size=5).filter(lambda shares: sum(shares) > 0)


@given(_shares, st.floats(0, 20))
def test_a_dearer_false_alarm_never_makes_the_bot_talk(shares: list[float], more: float) -> None:
    *topics, _nothing = (share / sum(shares) for share in shares)
    probabilities = dict(zip(PROVIDERS, topics, strict=True))
    calm = decided(replace(Costs(), false_alarm=Costs().false_alarm + more), **probabilities)
    if decided(**probabilities) is Decision.SILENT:
        assert calm is Decision.SILENT


@given(_shares, st.floats(0, 20))
def test_a_dearer_wrong_company_never_turns_into_an_answer(shares: list[float], more: float) -> None:
    *topics, _nothing = (share / sum(shares) for share in shares)
    probabilities = dict(zip(PROVIDERS, topics, strict=True))
    if decided(**probabilities) is not Decision.ANSWER:
        careful = decided(replace(Costs(), wrong_company=Costs().wrong_company + more), **probabilities)
        assert careful is not Decision.ANSWER


_BESIDE = np.array([2, 3])


def test_chatter_that_is_twice_as_common_doubles_its_odds_and_keeps_the_proportions() -> None:
    before = np.array([0.6, 0.2, 0.15, 0.05], dtype=np.float32)
    after = expecting_chatter(before, _BESIDE, 2.0)
    assert after.sum() == pytest.approx(1.0)
    assert after[_BESIDE].sum() / after[:2].sum() == pytest.approx(2 * 0.2 / 0.8)
    assert after[0] / after[1] == pytest.approx(3.0)
    assert after[2] / after[3] == pytest.approx(3.0)
    assert before[0] == np.float32(0.6)


def test_chatter_as_common_as_among_the_phrases_changes_nothing() -> None:
    before = np.array([0.6, 0.2, 0.15, 0.05], dtype=np.float32)
    np.testing.assert_allclose(expecting_chatter(before, _BESIDE, 1.0), before, atol=1e-7)


def test_a_scheme_without_phrases_against_it_expects_no_chatter() -> None:
    before = np.array([0.7, 0.3], dtype=np.float32)
    np.testing.assert_allclose(expecting_chatter(before, np.zeros(0, np.int64), 9.0), before, atol=1e-7)
