import numpy as np
import numpy.typing as npt
from hypothesis import given, settings
from hypothesis import strategies as st

from bot.domain.matching.linear import fit, minimise, softmax
from bot.domain.matching.sparse import Product, Rows, Vector, stack

Dense = npt.NDArray[np.float32]


def sparse(dense: Dense) -> Rows:
    rows = [Vector(np.flatnonzero(row), row[np.flatnonzero(row)]) for row in dense]
    return stack(rows, dense.shape[1])


def random_dense(seed: int, height: int, width: int) -> Dense:
    generator = np.random.default_rng(seed)
    values = generator.normal(size=(height, width)) * (generator.random((height, width)) < 0.4)
    return values.astype(np.float32)


@given(st.integers(0, 10_000), st.integers(1, 12), st.integers(1, 9))
def test_sparse_products_are_the_dense_ones(seed: int, height: int, width: int) -> None:
    dense, other = random_dense(seed, height, width), random_dense(seed + 1, width, 3)
    rows = sparse(dense)
    np.testing.assert_allclose(Product(rows).times(other), dense @ other, atol=1e-5)
    np.testing.assert_allclose(Product(rows.transposed()).times(dense), dense.T @ dense, atol=1e-5)
    np.testing.assert_allclose(rows.times_vector(other[:, 0], 0, height), dense @ other[:, 0], atol=1e-5)
    np.testing.assert_allclose(rows.lengths(), np.linalg.norm(dense, axis=1), atol=1e-5)


@given(st.lists(st.floats(-500, 500, width=32), min_size=1, max_size=8))
def test_softmax_gives_probabilities_for_any_logits(logits: list[float]) -> None:
    shares = softmax(np.array(logits, dtype=np.float32))
    assert np.isclose(shares.sum(), 1.0, atol=1e-5)
    assert (shares >= 0).all()


def test_the_lowest_point_of_a_bowl_is_found() -> None:
    bottom = np.array([3.0, -2.0, 0.5], dtype=np.float32)
    steepness = np.array([1.0, 30.0, 0.1], dtype=np.float32)

    def bowl(point: Dense) -> tuple[float, Dense]:
        away = point - bottom
        return float((steepness * away**2).sum()), 2 * steepness * away

    found = minimise(bowl, np.zeros(3, dtype=np.float32), max_steps=100, tolerance=1e-5)
    np.testing.assert_allclose(found, bottom, atol=1e-2)


@settings(max_examples=20)
@given(st.integers(0, 10_000))
def test_nothing_nearby_fits_better_than_what_was_learned(seed: int) -> None:
    dense = random_dense(seed, 20, 6)
    labels = np.arange(20) % 3
    linear = fit(sparse(dense), labels, 3, penalty=0.5, max_steps=200)

    def loss(weights: Dense, bias: Dense) -> float:
        shares = softmax(dense @ weights + bias)[np.arange(20), labels]
        return float(-np.log(shares).sum() + 0.25 * (weights**2).sum())

    best = loss(linear.weights, linear.bias)
    for number in range(10):
        aside = 0.1 * np.random.default_rng(number).normal(size=linear.weights.shape).astype(np.float32)
        assert loss(linear.weights + aside, linear.bias) >= best - 1e-3


def test_the_same_rows_give_the_same_weights() -> None:
    rows, labels = sparse(random_dense(7, 30, 10)), np.arange(30) % 4
    one, two = (fit(rows, labels, 4, penalty=0.1, max_steps=50) for _ in range(2))
    np.testing.assert_array_equal(one.weights, two.weights)
