import numpy as np

from bot.domain.matching.features import learn_features
from bot.domain.matching.folds import folds
from bot.domain.matching.sparse import Rows, stack


def rows_of(*texts: str) -> Rows:
    split = [text.split() for text in texts]
    features = learn_features(split)
    return stack([features.vector(words) for words in split], features.width)


def test_near_duplicates_share_a_fold() -> None:
    others = [f"{a}{b}{a} {b}{a}{b}{b}" for a in "bcdfg" for b in "hjklm"]
    texts = [*others, "restore the database from backup", "restore our database from backup"]
    for count in (2, 3, 5):
        fold_of_text = folds(rows_of(*texts), count)
        assert fold_of_text[-1] == fold_of_text[-2]


def test_resemblance_passes_on_from_one_to_the_next() -> None:
    chain = ["alpha bravo charly", "bravo charly delta", "charly delta echo"]
    others = [f"{a}{b}{a} {b}{a}{b}{b}" for a in "bcdfg" for b in "hjklm"]
    fold_of_text = folds(rows_of(*chain, *others), 7)
    assert len(set(fold_of_text[:3].tolist())) == 1


def test_every_fold_gets_its_share_and_the_same_one_every_time() -> None:
    texts = [f"{a}{b}{a} {b}{a}{b}{b}" for a in "bcdfgnpr" for b in "hjklmstv"]
    fold_of_text = folds(rows_of(*texts), 4)
    assert np.bincount(fold_of_text, minlength=4).min() >= 8
    np.testing.assert_array_equal(fold_of_text, folds(rows_of(*texts), 4))


def test_what_is_named_as_akin_shares_a_fold_though_no_word_does() -> None:
    texts = [f"{a}{b}{a} {b}{a}{b}{b}" for a in "bcdfgnpr" for b in "hjklmstv"]
    nobody = np.zeros(0, np.int64)
    akin = [nobody] * (len(texts) - 1) + [np.array([3, 10])]
    for count in (5, 7):
        fold_of_text = folds(rows_of(*texts), count, akin)
        assert fold_of_text[3] == fold_of_text[10] == fold_of_text[-1]
        assert len(set(folds(rows_of(*texts), count)[[3, 10, -1]].tolist())) > 1
