"""Poisson numbers as torch draws them: how many uniform numbers one takes depends on them."""

from __future__ import annotations

import math

import numpy as np

from .base import Array
from .mersenne import Stream

REJECTION_FROM = 10.0  # the rate from which numbers are proposed and rejected


def poisson(stream: Stream, count: int, kind: np.dtype, rates: Array) -> Array:
    """A number for each rate."""
    rates = rates.astype(np.float64)
    numbers, drawn = np.zeros(count, np.int64), np.zeros(0)
    done = total = 0
    while True:
        found = stream.backend.compiled("count_events", rates, drawn, numbers, done)
        done, used = count_events(rates, drawn, numbers, done) if found is NotImplemented else found
        total += used
        if done == count:
            break
        more = 2 * (count - done) + int(np.minimum(rates[done:], REJECTION_FROM).sum()) + 64
        drawn = np.concatenate([drawn[used:], stream.doubles(more)])
    stream.rewind()  # to have drawn no more than was used
    stream.words(2 * total)
    return numbers.astype(kind)


def count_events(rates: Array, drawn: Array, numbers: Array, done: int) -> tuple[int, int]:
    """Fills in numbers as far as the uniform numbers `drawn` suffice: how many are done, how many were used.

    Low rates: how often uniform numbers can be multiplied before the product is below exp(-rate) (D. Knuth, 1969).
    High ones: transformed rejection (W. Hoermann, 1993, algorithm PTRS).
    """
    used = 0
    while done < len(rates):
        rate, at = rates[done], used
        if rate == 0:
            events = 0
        elif rate < REJECTION_FROM:
            events, product, least = -1, 1.0, math.exp(-rate)
            while events < 0 or product > least:
                if at == len(drawn):
                    return done, used
                product *= drawn[at]
                at += 1
                events += 1
        else:
            root, log_rate = math.sqrt(rate), math.log(rate)
            b = 0.931 + 2.53 * root
            a = -0.059 + 0.02483 * b
            inverse_alpha, surely = 1.1239 + 1.1328 / (b - 3.4), 0.9277 - 3.6224 / (b - 2)
            while True:
                if at + 2 > len(drawn):
                    return done, used
                u, v = drawn[at] - 0.5, drawn[at + 1]
                at += 2
                room = 0.5 - abs(u)
                events = math.floor((2 * a / room + b) * u + rate + 0.43)
                if room >= 0.07 and v <= surely:
                    break
                if events < 0 or (room < 0.013 and v > room):
                    continue
                height = np.log(v) + math.log(inverse_alpha) - math.log(a / (room * room) + b)
                if height <= -rate + events * log_rate - math.lgamma(events + 1):
                    break
        numbers[done] = events
        done, used = done + 1, at
    return done, used
