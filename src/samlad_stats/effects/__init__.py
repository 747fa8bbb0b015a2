"""Did a measure change anything, did it only move it, and what could have been seen?"""

from samlad_stats.effects.detecting import DetectableChange, detectable_change
from samlad_stats.effects.differences import DifferenceInDifferences, difference_in_differences
from samlad_stats.effects.displacement import DisplacementDifference, displacement_difference
from samlad_stats.effects.interruptions import InterruptedSeries, interrupted_series

__all__ = [
    "DetectableChange",
    "DifferenceInDifferences",
    "DisplacementDifference",
    "InterruptedSeries",
    "detectable_change",
    "difference_in_differences",
    "displacement_difference",
    "interrupted_series",
]
