"""Which rule of a robots.txt applies to a path (RFC 9309 section 2.2.2), found without looking at all of them.

The rule with the longest pattern wins, and of two equally long ones the one that allows. Both are one number, the
rule's *weight*: twice the length of the pattern's form, plus one if it allows. The heaviest rule that matches decides.

Patterns without ``*`` are prefixes (``robots_paths`` has made ``$`` an octet of the URL). They stand in one table that
is asked for a few prefixes of the path, longest first: only for lengths that occur among the patterns which begin with
the same four octets.

Patterns with ``*`` are found by what stands before their first ``*``, their *stem*, in the same way. Where many share a
stem (``/*...`` above all), each is filed under its rarest *gram*, some octets that it cannot match without, and only
those are looked at whose gram occurs in the path. What is left is matched by looking for one piece after the other,
each behind the one before. No pattern makes that go back (security row 174): leftmost is always right, because only
the last piece can be bound to the end, and it is by its ``$``.

So a look-up costs a number of steps that is bounded by the path, and in the worst case by the path times the file.
"""

from __future__ import annotations

from collections import Counter
from typing import TYPE_CHECKING, Final

if TYPE_CHECKING:
    from collections.abc import Iterable

__all__ = ["RuleIndex", "fits", "weigh"]

_HEAD: Final = 4
"""Octets by which prefixes are told apart at first. Longer ones split more, but leave more rules too short for them."""
_FEW: Final = 12
"""Patterns of one stem that are looked at one by one; with more, finding grams is quicker."""
_GRAM: Final = 6
"""Octets of a gram. Shorter ones occur in more patterns, longer ones do not fit into many."""
_STRIDE: Final = 3
"""Octets from one gram of a piece to the next: whatever tells two patterns apart is in some gram still."""

_Pattern = tuple[int, tuple[str, ...]]
"""A weight, and the pieces that must follow the stem in this order."""


def weigh(form: str, *, allowed: bool) -> int:
    """Return the weight of a rule by its pattern's form."""
    return 2 * len(form) + allowed


def fits(form: str, target: str) -> bool:
    """Tell whether a pattern, by its form, matches a form of a URL."""
    stem, *pieces = form.split("*")
    return target.startswith(stem) and _find_pieces(target, len(stem), pieces)


def _find_pieces(target: str, at: int, pieces: Iterable[str]) -> bool:
    for piece in pieces:
        found = target.find(piece, at)
        if found < 0:
            return False
        at = found + len(piece)
    return True


class RuleIndex:
    """The rules of one user agent, by the forms of their patterns, in any order; no form is empty."""

    __slots__ = ("_first_lengths", "_lengths", "_stem_lengths", "_stems", "_weights", "_widened")

    def __init__(self, disallowed: Iterable[str], allowed: Iterable[str]) -> None:
        weights = {form: 2 * len(form) for form in disallowed}
        weights.update(
            {form: 2 * len(form) + 1 for form in allowed}
        )  # of two with one form the one that allows
        self._stems: dict[str, _Bucket] = {}
        self._widened = (
            False  # whether some prefix weighs one octet more than its length, for a "*" at its end
        )
        if any("*" in form for form in weights):
            weights = self._set_wildcards_aside(weights)
        self._weights = weights
        self._index_lengths()
        self._stem_lengths = sorted({len(stem) for stem in self._stems}, reverse=True)

    def _set_wildcards_aside(self, weights: dict[str, int]) -> dict[str, int]:
        """File what has a ``*`` by its stem; return what is a prefix."""
        prefixes: dict[str, int] = {}
        for form, weight in weights.items():
            stem, *pieces = form.split("*")
            if not pieces or pieces == [""]:
                prefixes[stem] = max(weight, prefixes.get(stem, 0))
                self._widened |= bool(pieces)
            else:
                bucket = self._stems.setdefault(stem, _Bucket())
                bucket.patterns.append((weight, tuple(filter(None, pieces))))
        return prefixes

    def _index_lengths(self) -> None:
        """Note which lengths are to be tried, by the first octets of a path."""
        self._first_lengths = tuple(sorted({len(f) for f in self._weights if len(f) < _HEAD}, reverse=True))
        lengths: dict[str, list[int]] = {}
        for head, length in {(form[:_HEAD], len(form)) for form in self._weights if len(form) >= _HEAD}:
            lengths.setdefault(head, []).append(length)
        self._lengths = {
            head: (*sorted(found, reverse=True), *self._first_lengths) for head, found in lengths.items()
        }

    def find_weight(self, target: str) -> int:
        """Return the weight of the rule that decides about a form of a URL; odd when it allows, 0 when there is none."""
        best = 0
        weight_of = self._weights.get
        for length in self._lengths.get(target[:_HEAD], self._first_lengths):
            if found := weight_of(target[:length]):
                best = found
                if self._widened and length:
                    best = max(best, weight_of(target[: length - 1], 0))
                break
        return self._find_wildcard(target, best) if self._stems else best

    def _find_wildcard(self, target: str, best: int) -> int:
        """Return the weight of the heaviest pattern with a ``*`` that matches, or best if that is heavier."""
        bucket_of = self._stems.get
        for length in self._stem_lengths:
            bucket = bucket_of(target[:length])
            if bucket is not None:
                best = bucket.find_weight(target, length, best)
        return best


class _Bucket:
    """The patterns that share a stem."""

    __slots__ = ("_filed", "_ready", "patterns")

    def __init__(self) -> None:
        self.patterns: list[_Pattern] = []
        self._filed: dict[int, dict[str, list[_Pattern]]] = {}
        self._ready = False

    def find_weight(self, target: str, at: int, best: int) -> int:
        """Return the weight of the heaviest pattern whose pieces follow position ``at``, or best if that is heavier."""
        if not self._ready:
            self._prepare()
        if not self._filed:
            for weight, pieces in self.patterns:
                if weight <= best:
                    break
                if _find_pieces(target, at, pieces):
                    return weight
            return best
        for size, filed in self._filed.items():
            present = {target[n : n + size] for n in range(at, len(target) - size + 1)}
            for gram in present & filed.keys():
                for weight, pieces in filed[gram]:
                    if weight > best and _find_pieces(target, at, pieces):
                        best = weight
        return best

    def _prepare(self) -> None:
        """Sort the patterns, heaviest first, and file many of them by grams. Done once, when first asked."""
        self.patterns = sorted(self.patterns, reverse=True)
        if len(self.patterns) > _FEW:
            self._filed = _file_by_grams(self.patterns)
        self._ready = True


def _file_by_grams(patterns: list[_Pattern]) -> dict[int, dict[str, list[_Pattern]]]:
    """File each pattern under the one of its grams that the fewest others have; by the gram's size first."""
    choices = [_cut_grams(pieces) for _, pieces in patterns]
    frequency = Counter([gram for grams in choices for gram in grams]).__getitem__
    filed: dict[int, dict[str, list[_Pattern]]] = {}
    for pattern, grams in zip(patterns, choices, strict=True):
        rarest = min(grams, key=frequency)
        filed.setdefault(len(rarest), {}).setdefault(rarest, []).append(pattern)
    return filed


def _cut_grams(pieces: tuple[str, ...]) -> list[str]:
    """Return grams of some pieces, what any match must hold. The longest piece itself where all are shorter."""
    grams = [
        piece[n : n + _GRAM]
        for piece in pieces
        if (last := len(piece) - _GRAM) >= 0
        for n in (*range(0, last, _STRIDE), last)
    ]
    return grams or [max(pieces, key=len, default="")]
