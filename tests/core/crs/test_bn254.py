from __future__ import annotations

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from tee_rex.crs.bn254 import (
    FIELD_MODULUS,
    GENERATOR,
    GROUP_ORDER,
    Point,
    add,
    add_pairwise,
    affine,
    encode,
    multiply,
    multiply_all,
)

scalars = st.integers(1, GROUP_ORDER - 1)
# Twice the generator, from the test vectors of EIP-196's implementations.
TWICE_G = bytes.fromhex(
    "030644e72e131a029b85045b68181585d97816a916871ca8d3c208c16d87cfd3"
    "15ed738c0e0a7c92e7845f96b2ae9c0a68a6a449e3538fc7ff3ebf7a5a18a2c4"
)


def negative(point: Point) -> Point:
    return point and (point[0], FIELD_MODULUS - point[1])


def test_twice_the_generator_is_the_published_point() -> None:
    assert encode(affine(add(GENERATOR, GENERATOR))) == TWICE_G


def test_generator_has_the_groups_order() -> None:
    assert multiply(0, GENERATOR) is None
    assert add(multiply(GROUP_ORDER - 1, GENERATOR), GENERATOR) is None


@settings(max_examples=20)
@given(scalars, scalars)
def test_addition_is_that_of_the_scalars(a: int, b: int) -> None:
    left, right = multiply(a, GENERATOR), multiply(b, GENERATOR)
    total = add(left, right)
    assert total == add(right, left) == multiply(a + b, GENERATOR)
    x, y = affine(total)
    assert (y * y - x * x * x - 3) % FIELD_MODULUS == 0


@given(scalars)
def test_infinity_is_the_zero(a: int) -> None:
    point = (a, a)
    assert add(point, None) == add(None, point) == point
    assert add(point, negative(point)) is None
    with pytest.raises(ValueError, match="infinity"):
        affine(None)


pairs_of_scalars = st.tuples(scalars, scalars).filter(
    lambda pair: pair[0] not in (pair[1], GROUP_ORDER - pair[1])
)


@settings(max_examples=20)
@given(st.lists(pairs_of_scalars, max_size=5))
def test_pairwise_addition_is_addition(pairs: list[tuple[int, int]]) -> None:
    left = [affine(multiply(a, GENERATOR)) for a, _ in pairs]
    right = [affine(multiply(b, GENERATOR)) for _, b in pairs]
    assert add_pairwise(left, right) == [add(a, b) for a, b in zip(left, right, strict=True)]


@pytest.mark.parametrize("other", [(1, 2), (1, FIELD_MODULUS - 2)], ids=["equal", "opposite"])
def test_pairwise_addition_refuses_what_its_formula_cannot_add(other: tuple[int, int]) -> None:
    twice = affine(add(GENERATOR, GENERATOR))
    with pytest.raises(ValueError, match="not invertible"):
        add_pairwise([twice, GENERATOR, twice], [GENERATOR, other, GENERATOR])


@settings(max_examples=30)
@given(
    st.lists(scalars | st.sampled_from([1, 2, 3, GROUP_ORDER - 2, GROUP_ORDER - 1]), max_size=6),
    st.integers(2, 6),
    scalars,
)
def test_multiplying_all_is_multiplying_each(numbers: list[int], window_bits: int, base: int) -> None:
    point = affine(multiply(base, GENERATOR))
    expected = [multiply(number, point) for number in numbers]
    assert multiply_all(point, numbers, window_bits=window_bits) == expected


@pytest.mark.parametrize("scalar", [-1, 0, GROUP_ORDER])
def test_scalars_outside_the_group_are_refused(scalar: int) -> None:
    with pytest.raises(ValueError, match="outside"):
        multiply_all(GENERATOR, [1, scalar], window_bits=4)


def test_scalar_whose_last_addition_is_a_doubling_is_refused() -> None:
    # With windows of 4 bits the last one starts at bit 252; there 3 * 2^252 meets itself modulo the order.
    with pytest.raises(ValueError, match="not invertible"):
        multiply_all(GENERATOR, [6 * 2**252 - GROUP_ORDER], window_bits=4)


def test_work_reports_its_share_and_stops_where_it_is_told_to() -> None:
    shares: list[float] = []
    multiply_all(GENERATOR, range(1, 10), window_bits=4, after_batch=shares.append)
    assert shares == sorted(shares)
    assert shares[-1] == 1.0

    def stop(share_done: float) -> None:
        if share_done > 0.5:
            raise KeyError

    with pytest.raises(KeyError):
        multiply_all(GENERATOR, [5], window_bits=4, after_batch=stop)
