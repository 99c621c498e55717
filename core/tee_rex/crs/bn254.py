"""Points of the curve BN254's group G1, one at a time and many at once.

The curve is y² = x³ + 3 over the integers modulo ``FIELD_MODULUS``; the group has the prime order
``GROUP_ORDER`` (EIP-196 gives the same parameters). Nothing here runs in constant time: it is for public
numbers only.
"""

from __future__ import annotations

from collections.abc import Callable, Sequence
from typing import TypeAlias

FIELD_MODULUS = 21888242871839275222246405745257275088696311157297823662689037894645226208583
GROUP_ORDER = 21888242871839275222246405745257275088548364400416034343698204186575808495617

AffinePoint: TypeAlias = tuple[int, int]
# None is the point at infinity, the group's zero, which has no coordinates.
Point: TypeAlias = AffinePoint | None

GENERATOR: AffinePoint = (1, 2)

_SCALAR_BITS = 254

# Additions that share one inversion. They take about 50 ms, which is how long a cancelled caller waits;
# smaller batches call back so often that an event loop in another thread is held up more, not less.
_BATCH = 1 << 14


def add(left: Point, right: Point) -> Point:
    """The sum of any two points; costs an inversion in the field."""
    if left is None:
        return right
    if right is None:
        return left
    (x1, y1), (x2, y2) = left, right
    if x1 != x2:
        slope = (y2 - y1) * pow(x2 - x1, -1, FIELD_MODULUS)
    elif y1 == y2:  # never 0: the group's order is odd, so no point is its own negative
        slope = 3 * x1 * x1 * pow(2 * y1, -1, FIELD_MODULUS)
    else:
        return None
    x = (slope * slope - x1 - x2) % FIELD_MODULUS
    return x, (slope * (x1 - x) - y1) % FIELD_MODULUS


def multiply(scalar: int, point: Point) -> Point:
    """``scalar`` times the point, by doubling and adding; any integer will do."""
    result: Point = None
    for bit in f"{scalar % GROUP_ORDER:b}":
        result = add(result, result)
        if bit == "1":
            result = add(result, point)
    return result


def affine(point: Point) -> AffinePoint:
    """The point's coordinates; ValueError for the point at infinity."""
    if point is None:
        raise ValueError("the point at infinity has no coordinates")
    return point


def add_pairwise(left: Sequence[AffinePoint], right: Sequence[AffinePoint]) -> list[AffinePoint]:
    """``left[i] + right[i]`` for every i, with a single inversion (Montgomery's trick).

    Raises ValueError if in any pair the points are equal or opposite: those need another formula.
    """
    differences = [x2 - x1 for (x1, _), (x2, _) in zip(left, right, strict=True)]
    # products[i]: of all differences before i. One division by the product of all then gives, backwards,
    # each difference's own inverse: (what is left of the inverse) * products[i].
    products = []
    product = 1
    for difference in differences:
        products.append(product)
        product = product * difference % FIELD_MODULUS
    inverse = pow(product, -1, FIELD_MODULUS)  # ValueError if any difference is 0
    sums = []
    for (x1, y1), (x2, y2), difference, before in zip(
        reversed(left), reversed(right), reversed(differences), reversed(products), strict=True
    ):
        slope = (y2 - y1) * before * inverse % FIELD_MODULUS
        inverse = inverse * difference % FIELD_MODULUS
        x = (slope * slope - x1 - x2) % FIELD_MODULUS
        sums.append((x, (slope * (x1 - x) - y1) % FIELD_MODULUS))
    sums.reverse()
    return sums


def _odd_multiples(base: AffinePoint, count: int) -> list[AffinePoint]:
    """1, 3, 5 … times the base; count is a power of two from 2 on."""
    double = affine(add(base, base))
    multiples = [base, affine(add(base, double))]
    step = affine(add(double, double))
    while len(multiples) < count:
        known = len(multiples)
        for start in range(0, known, _BATCH):
            batch = multiples[start : min(start + _BATCH, known)]
            multiples += add_pairwise(batch, [step] * len(batch))
        step = affine(add(step, step))
    return multiples


def multiply_all(
    base: AffinePoint,
    scalars: Sequence[int],
    *,
    after_batch: Callable[[float], None] = lambda _share_done: None,
    window_bits: int | None = None,
) -> list[AffinePoint]:
    """Every scalar times the base: a table of the base's multiples for each window of the scalars' bits.

    after_batch: told the share of the work that is done (0 to 1) every 0.1 s or so; what it raises stops the
    work. window_bits: at least 2; the default suits the number of scalars.
    Scalars are from 1 to ``GROUP_ORDER`` - 1, else ValueError. Of all those, one or two for each width of
    windows end in ValueError too, because their last addition would be a doubling.
    """
    if not all(0 < scalar < GROUP_ORDER for scalar in scalars):
        raise ValueError("a scalar is outside the group's order")
    # Wider windows are fewer, each with a larger table; the best table is about an eighth of the scalars.
    width = window_bits or max(2, len(scalars).bit_length() - 3)
    windows = -(-_SCALAR_BITS // width)
    recoded = [_with_odd_digits(scalar, windows * width) for scalar in scalars]
    mask = (1 << width) - 1
    sums: list[AffinePoint] = []
    for window in range(windows):
        odd = _odd_multiples(base, 1 << (width - 1))
        table = [(x, FIELD_MODULUS - y) for x, y in reversed(odd)] + odd  # (2 d - mask) * base for every d
        addends = [table[number >> (window * width) & mask] for number in recoded]
        base = affine(add(odd[-1], base))  # (2^width - 1) * base + base
        if window == 0:
            sums = addends
            continue
        for start in range(0, len(sums), _BATCH):
            batch = slice(start, start + _BATCH)
            sums[batch] = add_pairwise(sums[batch], addends[batch])
            after_batch((window + min(batch.stop / len(sums), 1.0)) / windows)
    return sums


def _with_odd_digits(scalar: int, bits: int) -> int:
    """A number whose plain digits d, in windows of any width w, stand for the scalar as 2 d - (2^w - 1).

    Those are odd, so never zero, and no addition meets the point at infinity. An odd k is the sum of such
    digits if the d are those of (k + 2^bits - 1) / 2; instead of an even k, k - GROUP_ORDER is taken.
    """
    odd = scalar if scalar % 2 else scalar - GROUP_ORDER
    return (odd + (1 << bits) - 1) // 2


def encode(point: AffinePoint) -> bytes:
    """64 bytes, x then y, big-endian: how bb reads points."""
    x, y = point
    return x.to_bytes(32, "big") + y.to_bytes(32, "big")
