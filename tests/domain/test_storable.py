from hypothesis import given
from hypothesis import strategies as st

from bot.domain.storable import storable

ANY = st.text(st.characters(exclude_categories=()))


@given(ANY)
def test_what_is_stored_is_text_to_everybody(text: str) -> None:
    kept = storable(text)
    assert len(kept) == len(text)
    assert kept.encode().decode() == kept
    assert "\0" not in kept


@given(st.text(st.characters(exclude_characters="\0", exclude_categories=["Cs"])))
def test_proper_text_stays_as_it_is(text: str) -> None:
    assert storable(text) == text
