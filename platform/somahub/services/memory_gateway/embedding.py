"""Text as vectors. The default needs no model: feature hashing of words and of their trigrams.

Weinberger et al., "Feature Hashing for Large Scale Multitask Learning" (ICML 2009): a hash says which dimension a
feature adds to, another bit of it with which sign, so that collisions cancel out on average. Trigrams let
inflections meet, as in fastText (Bojanowski et al., 2017). It finds what shares words, not what means the same.
"""

import math
import re
import unicodedata
from collections import Counter
from functools import lru_cache
from hashlib import blake2b
from typing import Protocol

Vector = list[float]

_WORD = re.compile(r"\w+")
_LONGEST = 64  # characters of a word that count
_LONG = 8
_GRAM = 3


class Embedder(Protocol):
    """Turns text into a vector of length 1; the same text always into the same one."""

    @property
    def name(self) -> str:
        """Identifies the model: vectors of different names can't be compared."""
        ...

    @property
    def size(self) -> int:
        """The number of dimensions."""
        ...

    def embed(self, text: str) -> Vector:
        """Return the vector of a text."""
        ...


class HashingEmbedder:
    """Signed feature hashing into ``size`` dimensions; unrelated texts score about 0, give or take 1 / √size.

    Common words are short (Zipf's law of abbreviation): a word counts by its length, as far as eight characters. It
    suits notes of up to some hundred words; in a longer text, each word is a small part of its vector.
    """

    def __init__(self, size: int = 512) -> None:
        self.size = size
        self.name = f"hashing-{size}"

    def embed(self, text: str) -> Vector:
        """Words count once and by the logarithm of how often they come (1 + ln n)."""
        vector = [0.0] * self.size
        for word, times in Counter(words(text)).items():
            weight = (1 + math.log(times)) * min(len(word), _LONG) / _LONG
            for index, value in _features(word, self.size):
                vector[index] += weight * value
        length = math.hypot(*vector)
        if length == 0:  # nothing but signs, or features that cancel out
            return [1.0] + [0.0] * (self.size - 1)
        return [value / length for value in vector]


def words(text: str) -> list[str]:
    """The words of a text, without case and compatibility forms."""
    return [w[:_LONGEST] for w in _WORD.findall(unicodedata.normalize("NFKC", text).casefold())]


@lru_cache(maxsize=50_000)
def _features(word: str, size: int) -> tuple[tuple[int, float], ...]:
    """The word itself, and its trigrams, which together weigh as much."""
    padded = f"<{word}>"
    grams = [padded[k : k + _GRAM] for k in range(len(padded) - _GRAM + 1)]
    share = 1 / math.sqrt(len(grams))
    return (_hashed(f"word {word}", size, 1.0), *(_hashed(f"gram {g}", size, share) for g in grams))


def _hashed(feature: str, size: int, weight: float) -> tuple[int, float]:
    value = int.from_bytes(blake2b(feature.encode(), digest_size=8).digest())
    return (value >> 1) % size, weight if value & 1 else -weight
