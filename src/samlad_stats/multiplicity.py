"""When many things are tested at once."""

from __future__ import annotations

import numpy as np
from numpy.typing import ArrayLike

from samlad_stats._checks import check_pvalues


def benjamini_hochberg(p: ArrayLike, *, weights: ArrayLike | None = None) -> np.ndarray:
    """Turn the p-values of everything tested into q-values.

    Answers "if I call everything with q below x a finding, what share of my findings may
    I expect to be chance?", as an average over many pictures. q is never the chance that
    one finding is false.

    Parameters
    ----------
    p : (m,) array_like, 0 < p <= 1
        The p-value of every test made, also of those that showed nothing.
    weights : (m,) array_like, > 0, optional
        How much of the budget each test gets, chosen before any p is seen; their mean is 1.
        All 1 unless given.

    Returns
    -------
    (m,) ndarray
        q-values [proportion] in the order of `p`. Without weights q >= p, and q = p when m is
        1. Empty when m is 0.

    Raises
    ------
    ValueError
        `p` is not one-dimensional, a value is not in (0, 1], or weights have another shape,
        are not positive or have another mean than 1.

    Notes
    -----
    q_(i) = min over j >= i of m p_(j) / j [1]_, of p / weight where there are weights [2]_.
    The expected share of false findings is held at the chosen level when the tests are
    independent or positively dependent (nested areas, overlapping windows); it may fail when
    they pull against each other.

    References
    ----------
    .. [1] Benjamini & Hochberg (1995), J R Stat Soc B 57, 289-300.
       doi:10.1111/j.2517-6161.1995.tb02031.x
    .. [2] Genovese, Roeder & Wasserman (2006), Biometrika 93, 509-524.
       doi:10.1093/biomet/93.3.509

    Examples
    --------
    >>> benjamini_hochberg([0.01, 0.04, 0.03, 0.5]).round(3).tolist()
    [0.04, 0.053, 0.053, 0.5]
    """
    values = check_pvalues(p)
    m = len(values)
    if weights is not None:
        given = np.asarray(weights, dtype=np.float64)
        if given.shape != values.shape or not np.all(given > 0):
            raise ValueError("weights must be positive, one for each p")
        if m and abs(given.mean() - 1.0) > 1e-9:
            raise ValueError("weights must have the mean 1")
        values = values / given
    order = np.argsort(values, kind="stable")
    scaled = values[order] * m / np.arange(1, m + 1)
    q = np.empty(m)
    q[order] = np.minimum.accumulate(scaled[::-1])[::-1]  # [1], the step-up minimum
    return np.minimum(q, 1.0)
