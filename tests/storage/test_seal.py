"""Secrets lie sealed: the first key seals, all of them open, and a wrong one says so."""

import pytest

from bot.storage.seal import Seal, SealBrokenError, new_key


def test_what_was_sealed_opens_again_and_shows_nothing_of_itself() -> None:
    seal = Seal([new_key()])
    sealed = seal.close("xoxb-very-secret")
    assert seal.open(sealed) == "xoxb-very-secret"
    assert "secret" not in sealed
    assert seal.close("xoxb-very-secret") != sealed


def test_an_old_key_still_opens_behind_a_new_one_which_seals() -> None:
    old, new = new_key(), new_key()
    sealed = Seal([old]).close("token")
    assert Seal([new, old]).open(sealed) == "token"
    again = Seal([new, old]).close("token")
    assert Seal([new]).open(again) == "token"


@pytest.mark.parametrize("end", ["AAA=", "", "ü"])
def test_what_was_changed_does_not_open(end: str) -> None:
    seal = Seal([new_key()])
    with pytest.raises(SealBrokenError):
        seal.open(seal.close("token")[:-4] + end)


def test_another_key_does_not_open_it() -> None:
    with pytest.raises(SealBrokenError):
        Seal([new_key()]).open(Seal([new_key()]).close("token"))


def test_no_key_and_what_is_no_key_are_refused() -> None:
    for keys in ([], ["short"], [new_key(), ""]):
        with pytest.raises(ValueError):
            Seal(keys)
