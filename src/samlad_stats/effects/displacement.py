"""Did a measure change anything, and did it only move it?"""

from __future__ import annotations

import math
import warnings
from dataclasses import dataclass

from scipy import stats

from samlad_stats._checks import check_counts, check_level
from samlad_stats._poisson import TINY

UNLIKE = 2.0  # treated and comparison levels that differ more than so many times are no match


@dataclass(frozen=True)
class DisplacementDifference:
    """Incidents more (negative: fewer) than expected, over treated and displacement areas."""

    difference: float
    variance: float
    z: float
    p: float
    lower: float
    upper: float
    confidence_level: float


def displacement_difference(
    *,
    treated: tuple[int, int],
    comparison: tuple[int, int],
    displacement: tuple[int, int] | None = None,
    comparison_displacement: tuple[int, int] | None = None,
    dispersion: float = 1.0,
    confidence_level: float = 0.95,
) -> DisplacementDifference:
    """Count what a measure changed, with what it may have moved to the areas around.

    Answers "how many more or fewer incidents were there, in the treated area and around it
    together, than if they had changed as the comparison did?".

    Parameters
    ----------
    treated, comparison : (before, after) of int, >= 0
        Incidents in equally long periods [count].
    displacement, comparison_displacement : (before, after) of int, optional
        The same for the areas around the treated and around the comparison area. Both or
        neither.
    dispersion : float, >= 1
        Variance of the counts over that of Poisson counts [dimensionless], from the same
        areas' earlier weeks. The variance is multiplied by it.
    confidence_level : float, 0 < level < 1

    Returns
    -------
    DisplacementDifference
        ``difference`` = (change treated - change comparison) + (change displacement - change
        comparison_displacement) [count]; negative is fewer. ``variance`` [count squared] is
        the sum of all counts times ``dispersion`` [1]_. ``z`` and the two-sided ``p`` are for
        no difference (NaN when every count is zero: then the data say nothing).

    Raises
    ------
    ValueError
        A count is negative or not whole, a pair does not have two, only one displacement pair
        is given, ``dispersion`` is below 1, or the level is outside (0, 1).

    Warns
    -----
    UserWarning
        Treated and comparison levels before differ more than twofold: a change in counts then
        does not compare like with like.

    Notes
    -----
    Counts are compared as counts, so treated and comparison areas should have had about as
    many. The areas must not have been chosen because the last period was high: what was high
    by chance falls by itself.

    References
    ----------
    .. [1] Wheeler & Ratcliffe (2018), Crime Science 7, 11, doi:10.1186/s40163-018-0085-5.

    Examples
    --------
    >>> found = displacement_difference(
    ...     treated=(207, 110), comparison=(308, 318),
    ...     displacement=(178, 157), comparison_displacement=(150, 140))
    >>> found.difference, found.variance, round(found.z, 2)
    (-118.0, 1568.0, -2.98)
    """
    check_level("confidence_level", confidence_level)
    if not (math.isfinite(dispersion) and dispersion >= 1):
        raise ValueError(f"dispersion must be 1 or more, not {dispersion}")
    if (displacement is None) != (comparison_displacement is None):
        raise ValueError("displacement and comparison_displacement go together")
    pairs = {"treated": treated, "comparison": comparison}
    if displacement is not None and comparison_displacement is not None:
        pairs |= {
            "displacement": displacement,
            "comparison_displacement": comparison_displacement,
        }
    counts = {name: _pair(name, pair) for name, pair in pairs.items()}
    _warn_if_unlike(counts["treated"][0], counts["comparison"][0])
    change = {name: after - before for name, (before, after) in counts.items()}
    difference = change["treated"] - change["comparison"]  # [1], eq. 1
    difference += change.get("displacement", 0.0) - change.get("comparison_displacement", 0.0)
    variance = dispersion * sum(before + after for before, after in counts.values())  # eq. 2
    error = math.sqrt(variance)
    z = difference / error if error else math.nan
    half = stats.norm.ppf(0.5 + confidence_level / 2) * error
    return DisplacementDifference(
        difference=difference,
        variance=variance,
        z=z,
        p=max(float(2 * stats.norm.sf(abs(z))), TINY) if error else math.nan,
        lower=float(difference - half),
        upper=float(difference + half),
        confidence_level=confidence_level,
    )


def _pair(name: str, pair: tuple[int, int]) -> tuple[float, float]:
    counts = check_counts(name, pair)
    if counts.shape != (2,):
        raise ValueError(f"{name} must be (before, after)")
    return float(counts[0]), float(counts[1])


def _warn_if_unlike(treated: float, comparison: float) -> None:
    low, high = sorted((treated, comparison))
    if high > UNLIKE * low:
        warnings.warn(
            f"{treated:g} incidents before in the treated area and {comparison:g} in the "
            "comparison: they differ more than twofold",
            UserWarning,
            stacklevel=3,
        )
