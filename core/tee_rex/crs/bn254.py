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

# For 2^17 scalars the cheapest window: 17 windows, each costs 2^17 additions and 2^14 more for its table.
_WINDOW_BITS = 15
_SCALAR_BITS = 254

# Additions that share one inversion. They take about 50 ms, which is how long whoever stops the work waits;
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
        slope = (y2 - y1) * before % FIELD_MODULUS * inverse % FIELD_MODULUS
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
    window_bits: int = _WINDOW_BITS,
) -> list[AffinePoint]:
    """Every scalar times the base: a table of the base's multiples for each window of the scalars' bits.

    ``after_batch`` is told the share of the work that is done (0 to 1) every few milliseconds; what it raises
    stops the work. Scalars are from 1 to ``GROUP_ORDER`` - 1, else ValueError. Of all those, one or two a
    window width end in ValueError too, because their last addition would be a doubling.
    """
    if not all(0 < scalar < GROUP_ORDER for scalar in scalars):
        raise ValueError("a scalar is outside the group's order")
    windows = -(-_SCALAR_BITS // window_bits)
    mask = (1 << window_bits) - 1
    total_bits = windows * window_bits
    # Digits without zero, so that no addition needs the point at infinity: an odd number k is the sum of
    # (2 d_i - mask) * 2^(i * window_bits), where d_i are the plain digits of (k + 2^total_bits - 1) / 2.
    # An even k is exchanged for k - GROUP_ORDER, which is odd and stands for the same multiple.
    recoded = [((k if k % 2 else k - GROUP_ORDER) + (1 << total_bits) - 1) // 2 for k in scalars]
    sums: list[AffinePoint] = []
    for window in range(windows):
        odd = _odd_multiples(base, 1 << (window_bits - 1))
        # table[d] = (2 d - mask) * base
        table = [(x, FIELD_MODULUS - y) for x, y in reversed(odd)] + odd
        shift = window * window_bits
        addends = [table[number >> shift & mask] for number in recoded]
        if not sums:
            sums = addends
        else:
            for start in range(0, len(sums), _BATCH):
                batch = slice(start, start + _BATCH)
                sums[batch] = add_pairwise(sums[batch], addends[batch])
                after_batch((window + min(start + _BATCH, len(sums)) / len(sums)) / windows)
        # 2^window_bits * base, from (2^window_bits - 1) * base
        base = affine(add(odd[-1], base))
    return sums


def encode(point: AffinePoint) -> bytes:
    """64 bytes, x then y, big-endian: how bb reads points."""
    x, y = point
    return x.to_bytes(32, "big") + y.to_bytes(32, "big")
