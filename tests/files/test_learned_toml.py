import tomllib

from hypothesis import given
from hypothesis import strategies as st

from bot.domain.learning import LearnedPhrase
from bot.domain.scheme import Language
from bot.files.learned_toml import write_learned

EN, DE = Language.EN, Language.DE


def test_phrases_stand_under_topic_and_language_one_a_line() -> None:
    text = write_learned(
        [
            LearnedPhrase("database-restore", DE, "alles weg"),
            LearnedPhrase("activation", EN, "key gone"),
            LearnedPhrase("database-restore", DE, "wo sind die Bilder"),
        ]
    )
    assert tomllib.loads(text) == {
        "database-restore": {"phrases": {"de": ["alles weg", "wo sind die Bilder"]}},
        "activation": {"phrases": {"en": ["key gone"]}},
    }
    assert '\n  "wo sind die Bilder",\n' in text
    assert "# topics/database-restore.toml" in text


def test_without_phrases_there_is_only_the_advice() -> None:
    assert tomllib.loads(write_learned([])) == {}


@given(st.text(st.characters(exclude_categories=["Cs"])))
def test_every_text_comes_back_as_it_was(text: str) -> None:
    read = tomllib.loads(write_learned([LearnedPhrase("a", EN, text)]))
    assert read["a"]["phrases"]["en"] == [text]
