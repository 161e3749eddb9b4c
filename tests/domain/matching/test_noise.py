import pytest
from hypothesis import given
from hypothesis import strategies as st

from bot.domain.matching.noise import Noise, noisy
from bot.domain.scheme import Language
from tests.domain.matching.reference import slips_between

MESSAGE = "Der Server läßt sich nicht Öffnen, können Sie über Mittag helfen?"


def worse(kind: Noise, text: str = MESSAGE, seed: int = 1) -> str:
    return noisy(text, kind, Language.DE, seed)


@pytest.mark.parametrize("seed", range(30))
@pytest.mark.parametrize(("kind", "slips"), [(Noise.ONE_TYPO, 1), (Noise.TWO_TYPOS, 2)])
def test_typos_are_as_many_as_named_and_in_words_of_their_own(kind: Noise, slips: int, seed: int) -> None:
    before, after = MESSAGE.split(), worse(kind, seed=seed).split()
    assert len(after) == len(before)
    distances = [slips_between(left, right) for left, right in zip(before, after, strict=True)]
    assert sorted(distances)[-slips:] == [1] * slips
    assert sum(distances) == slips


@pytest.mark.parametrize("text", ["", "ok", "1433 PC 2 ??", "<@U07KFO112> :thinking_face:"])
def test_a_text_without_a_long_word_keeps_its_spelling(text: str) -> None:
    assert worse(Noise.TWO_TYPOS, text) == text


def test_capitals_and_punctuation_go() -> None:
    text = "Can't open C:\\Onyx - WHY? (twice!)"
    assert worse(Noise.BARE, text).split() == ["cant", "open", "c", "onyx", "why", "twice"]


def test_umlauts_are_written_out_or_dropped() -> None:
    assert worse(Noise.UMLAUTS_WITH_E, "Öfter läßt Übung müde, Äste") == "Oefter laesst Uebung muede, Aeste"
    assert worse(Noise.UMLAUTS_DROPPED, "Öfter läßt Übung müde, Äste") == "Ofter lasst Ubung mude, Aste"


def test_a_greeting_and_a_signature_stand_around_the_whole_message() -> None:
    before, after = worse(Noise.COURTESY).split(MESSAGE)
    assert before.strip()
    assert after.strip()


@pytest.mark.parametrize("kind", [kind for kind in Noise if kind is not Noise.COURTESY])
@pytest.mark.parametrize("seed", range(5))
def test_what_slack_wrote_stays_as_it_is(kind: Noise, seed: int) -> None:
    text = "<@U07KFO112> siehe <https://Example.com/Über|Ändern> :Thumbs_up: &amp; https://Example.com/Server"
    after = worse(kind, text, seed)
    for markup in ("<@U07KFO112>", "<https://Example.com/Über|Ändern>", ":Thumbs_up:", "&amp;"):
        assert markup in after
    assert after.endswith("https://Example.com/Server")


@given(st.text(), st.sampled_from(Noise), st.integers(), st.sampled_from([None, *Language]))
def test_the_same_seed_gives_the_same_noise(text: str, kind: Noise, seed: int, lang: Language | None) -> None:
    assert noisy(text, kind, lang, seed) == noisy(text, kind, lang, seed)


@pytest.mark.parametrize("kind", [Noise.ONE_TYPO, Noise.TWO_TYPOS, Noise.COURTESY])
def test_another_seed_gives_other_noise(kind: Noise) -> None:
    assert len({worse(kind, seed=seed) for seed in range(20)}) > 5
