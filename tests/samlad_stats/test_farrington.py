"""Improved Farrington: published answers, the model by hand, laws and refusals."""

import json
from pathlib import Path

import numpy as np
import pytest
from hypothesis import given, settings
from hypothesis import strategies as st
from scipy import stats

from samlad_stats.aberrations import farrington, season_levels

DATA = Path(__file__).parent / "data"
AGONA = json.loads((DATA / "farrington_salmonella_agona.json").read_text())
RUNS = json.loads((DATA / "farrington_runs.json").read_text())
LAST = 299


def year_like_year(rng, *, mean=6.0, size=5.0, n_series=1, n_weeks=300):
    """Return counts with a season and more variation than Poisson's."""
    season = 1 + 0.5 * np.sin(2 * np.pi * np.arange(n_weeks) / 52)
    return rng.negative_binomial(size, size / (size + mean * season), size=(n_series, n_weeks))


def by_hand(counts, exposure, week, alpha):
    """Return mean, dispersion, its error and the bound, with matrices and no shortcut."""
    base, levels = season_levels(
        week, freq=52, years_back=4, half_window=3, periods=10, weeks_excluded=26
    )
    y = counts[base].astype(float)
    x = np.column_stack([np.eye(10)[levels], base - week])
    weights = np.ones(len(y))
    for last in (False, True):
        mean = y + 0.1
        for _ in range(60):
            working = np.log(mean / exposure[base]) + (y - mean) / mean
            information = x.T @ ((weights * mean)[:, None] * x)
            beta = np.linalg.solve(information, x.T @ (weights * mean * working))
            mean = exposure[base] * np.exp(x @ beta)
        inverse = np.linalg.inv(x.T @ ((weights * mean)[:, None] * x))
        phi = max(np.sum(weights * (y - mean) ** 2 / mean) / (len(y) - x.shape[1]), 1)
        if not last:
            hat = mean * np.einsum("ij,jk,ik->i", x, inverse, x)
            anscombe = 1.5 * (y ** (2 / 3) - mean ** (2 / 3)) / mean ** (1 / 6)
            s = anscombe / np.sqrt(phi * (1 - hat))
            weights = np.where(s > 2.58, s**-2.0, 1.0)
            weights *= len(y) / weights.sum()
    ahead = np.zeros(11)
    ahead[0] = 1
    expected = exposure[week] * np.exp(ahead @ beta)
    error = expected * np.sqrt(phi * ahead @ inverse @ ahead)
    sd = np.sqrt(phi * expected + error**2)
    upper = expected * (1 + 2 / 3 * stats.norm.isf(alpha) * sd / expected) ** 1.5
    return expected, phi, error, upper


def test_agrees_with_the_published_answer():
    """Salmonella Agona 1995: R surveillance::farringtonFlexible, the manual's control1."""
    case = AGONA["farrington_control1"]
    first, last = case["range"]

    found = farrington(
        AGONA["series"], at=range(first - 1, last), years_back=4, half_window=3, periods=1,
        weeks_excluded=3, weight_threshold=1, trend_p=0.05, alpha=0.1, compat="surveillance",
    )  # fmt: skip

    expected = case["expected"]
    assert found.upper == pytest.approx(expected["upper"], abs=1e-8)
    assert found.expected == pytest.approx(expected["expected"], abs=1e-8)
    assert found.dispersion == pytest.approx(expected["phi"], abs=1e-8)
    assert found.p == pytest.approx(expected["pvalue"], abs=1e-8)
    assert found.trend.tolist() == [bool(kept) for kept in expected["trend"]]
    assert found.alarm.tolist() == expected["alarm"]


@pytest.mark.parametrize("run", RUNS["runs"], ids=lambda run: f"{run['series']}-{run['periods']}")
def test_agrees_with_the_published_program_for_other_settings(run):
    counts = RUNS["series"][run["series"]]
    settings_ = {
        name: run[name]
        for name in ("periods", "years_back", "half_window", "weight_threshold",
                     "weeks_excluded", "trend_p", "alpha")
    }  # fmt: skip
    exposure = RUNS["population"][: len(counts)] if run["population"] else None
    at = range(len(counts) - 21, len(counts))

    found = farrington(counts, at=at, exposure=exposure, compat="surveillance", **settings_)

    if run["series"] != "low":
        assert found.upper == pytest.approx(run["upper"], rel=1e-9)
        assert found.expected == pytest.approx(run["expected"], rel=1e-9)
    assert found.dispersion == pytest.approx(run["dispersion"], rel=1e-9)
    assert found.p == pytest.approx(run["p"], rel=1e-6)
    assert found.trend.tolist() == run["trend"]


@pytest.mark.parametrize("seed", range(5))
def test_agrees_with_the_model_by_hand(seed):
    rng = np.random.default_rng(seed)
    counts = year_like_year(rng)[0]
    exposure = np.exp(rng.normal(size=300) / 5)

    found = farrington(counts, at=[LAST], exposure=exposure, alpha=0.01)

    expected, phi, error, upper = by_hand(counts, exposure, LAST, 0.01)
    assert found.trend[0]
    assert found.expected[0] == pytest.approx(expected, rel=1e-6)
    assert found.dispersion[0] == pytest.approx(phi, rel=1e-6)
    assert found.standard_error[0] == pytest.approx(error, rel=1e-6)
    assert found.upper[0] == pytest.approx(upper, rel=1e-6)


def test_the_year_is_divided_into_the_window_and_nine_periods_of_five_weeks():
    base, levels = season_levels(
        LAST, freq=52, years_back=4, half_window=3, periods=10, weeks_excluded=26
    )

    assert base[0] == LAST - 211
    assert base[-1] == LAST - 27
    year = levels[:52].tolist()
    assert year == [0] * 7 + [level for level in range(1, 10) for _ in range(5)]
    assert levels[52:104].tolist() == year


class TestSilentWeeks:
    """A week nothing was heard of is missing, not zero."""

    def test_no_verdict_for_the_week_itself(self):
        counts = year_like_year(np.random.default_rng(1))[0]
        heard = np.ones(300, dtype=bool)
        heard[LAST] = False

        found = farrington(counts, at=[LAST], observed=heard)

        assert np.isnan(found.upper[0])
        assert np.isnan(found.p[0])
        assert not found.alarm[0]

    def test_what_is_written_for_it_is_not_read(self):
        counts = year_like_year(np.random.default_rng(2))[0]
        heard = np.random.default_rng(3).random(300) < 0.8
        heard[LAST] = True
        other = np.where(heard, counts, 99_999)

        one = farrington(counts, at=[LAST], observed=heard)
        two = farrington(other, at=[LAST], observed=heard)

        assert one.upper[0] == two.upper[0]
        assert one.upper[0] != farrington(counts, at=[LAST]).upper[0]

    def test_half_of_the_baseline_must_be_heard(self):
        counts = year_like_year(np.random.default_rng(4))[0]
        heard = np.ones(300, dtype=bool)
        heard[:220] = False

        assert np.isnan(farrington(counts, at=[LAST], observed=heard).upper[0])


class TestFewIncidents:
    """Where the baseline says little, the answer still means what it says."""

    def test_nothing_before_is_judged_by_the_length_of_the_baseline(self):
        counts = np.zeros(300, dtype=int)
        counts[LAST] = 5
        baseline = 211 - 26

        found = farrington(counts, at=[LAST], alpha=0.01)

        assert found.expected[0] == 0
        assert found.p[0] == pytest.approx((1 / (baseline + 1)) ** 5)
        assert found.alarm[0]

    def test_nothing_at_all_is_no_finding(self):
        found = farrington(np.zeros(300, dtype=int), at=[LAST])

        assert found.p[0] == 1
        assert not found.alarm[0]

    def test_an_empty_season_borrows_from_the_year(self):
        counts = np.zeros(300, dtype=int)
        counts[LAST - 26 :: -52] = 6  # half a year from the tested week

        found = farrington(counts, at=[LAST])

        assert 0 < found.expected[0] < 1

    def test_fewer_than_five_in_four_weeks_raise_no_alarm(self):
        counts = np.zeros(300, dtype=int)
        counts[::20] = 1
        counts[LAST - 3 :] = [0, 0, 0, 4]
        before = farrington(counts, at=[LAST])
        counts[LAST] = 5
        after = farrington(counts, at=[LAST])

        assert before.p[0] < 0.001
        assert not before.alarm[0]
        assert after.alarm[0]

    @pytest.mark.filterwarnings("error")
    def test_one_incident_anywhere_in_the_baseline_is_a_verdict(self):
        counts = np.zeros((300, 300), dtype=int)
        np.fill_diagonal(counts, 1)

        found = farrington(counts, at=[LAST])

        assert not np.isnan(found.p).any()
        assert found.p[:, 0].min() >= 1 / 187  # as sure as one incident in the last week can be

    def test_no_trend_is_surer_than_an_empty_baseline(self):
        counts = np.zeros(300, dtype=int)
        counts[89] = 50  # one week, four years ago
        counts[LAST] = 6

        found = farrington(counts, at=[LAST])

        assert found.p[0] >= (1 / 187) ** 6
        assert found.expected[0] >= 0.5 / 186
        assert found.upper[0] > 0.5

    def test_p_is_never_zero(self):
        counts = year_like_year(np.random.default_rng(6))[0]
        counts[LAST] = 10_000_000

        assert farrington(counts, at=[LAST]).p[0] > 0


class TestLaws:
    @settings(max_examples=25, deadline=None)
    @given(seed=st.integers(0, 10_000), scale=st.sampled_from([0.001, 3.0, 1e6]))
    def test_the_unit_of_exposure_cancels(self, seed, scale):
        rng = np.random.default_rng(seed)
        counts, exposure = year_like_year(rng)[0], rng.uniform(1, 2, 300)

        one = farrington(counts, at=[LAST], exposure=exposure)
        other = farrington(counts, at=[LAST], exposure=exposure * scale)

        assert other.upper == pytest.approx(one.upper, rel=1e-7)
        assert other.p == pytest.approx(one.p, rel=1e-5)

    @settings(max_examples=25, deadline=None)
    @given(seed=st.integers(0, 10_000))
    def test_many_series_are_tested_as_one_by_one(self, seed):
        table = year_like_year(np.random.default_rng(seed), n_series=4, mean=2.0)
        at = [250, LAST]

        together = farrington(table, at=at)

        assert together.upper.shape == (4, 2)
        for row, one in enumerate(table):
            alone = farrington(one, at=at)
            assert together.upper[row].tolist() == alone.upper.tolist()
            assert together.p[row].tolist() == alone.p.tolist()

    @settings(max_examples=25, deadline=None)
    @given(seed=st.integers(0, 10_000), older=st.integers(0, 80))
    def test_weeks_older_than_the_baseline_do_not_matter(self, seed, older):
        counts = year_like_year(np.random.default_rng(seed))[0]

        whole = farrington(counts, at=[LAST])
        cut = farrington(counts[older:], at=[LAST - older])

        assert cut.upper == pytest.approx(whole.upper, rel=1e-9)

    @settings(max_examples=25, deadline=None)
    @given(seed=st.integers(0, 10_000), now=st.integers(0, 60))
    def test_an_alarm_is_a_p_below_alpha(self, seed, now):
        counts = year_like_year(np.random.default_rng(seed))[0]
        counts[LAST - 3 :] = [5, 0, 0, now]

        found = farrington(counts, at=[LAST], alpha=0.03)

        assert found.alarm[0] == (found.p[0] < 0.03)

    def test_the_callers_counts_are_left_alone(self):
        counts = year_like_year(np.random.default_rng(7))
        before = counts.copy()

        farrington(counts, at=[LAST])

        assert np.array_equal(counts, before)


class TestFalseAlarms:
    """What is stated holds where the assumption does, and fails where the docstring says."""

    def test_in_quiet_years_the_share_is_near_the_level(self):
        """2,000 series, mean 6-18 a week, variance about 2.8 times the mean."""
        counts = year_like_year(np.random.default_rng(8), mean=9.0, n_series=2000)

        found = farrington(counts, at=[LAST], alpha=0.05)

        assert 0.02 < found.alarm.mean() < 0.075
        assert 0.3 < np.mean(found.p < 0.5) < 0.6

    def test_twice_the_reporters_are_no_alarm_when_exposure_is_given(self):
        """The rate of incidents stays; only those who report double, ten weeks ago."""
        rng = np.random.default_rng(9)
        reporters = np.where(np.arange(300) < 290, 10, 20)
        counts = rng.poisson(0.8 * reporters, size=(500, 300))

        given_ = farrington(counts, at=[LAST], exposure=reporters, alpha=0.05).alarm.mean()
        not_given = farrington(counts, at=[LAST], alpha=0.05).alarm.mean()

        assert given_ < 0.08
        assert not_given > 0.4


@pytest.mark.parametrize(
    ("wrong", "named"),
    [
        ({"counts": [1, -1]}, "counts"),
        ({"counts": np.ones(300) / 2}, "counts"),
        ({"counts": np.ones((2, 2, 300), dtype=int)}, "counts"),
        ({"at": [210]}, "211 weeks"),
        ({"at": [300]}, "at must"),
        ({"at": [250.5]}, "at must"),
        ({"exposure": np.zeros(300)}, "exposure"),
        ({"exposure": np.ones(7)}, "exposure"),
        ({"observed": np.ones(300)}, "observed"),
        ({"observed": np.ones(7, dtype=bool)}, "observed"),
        ({"freq": 0}, "freq"),
        ({"years_back": 0}, "years_back"),
        ({"half_window": -1}, "half_window"),
        ({"half_window": 26}, "windows"),
        ({"periods": 0}, "periods"),
        ({"periods": 60}, "periods"),
        ({"weeks_excluded": 208}, "no week is left"),
        ({"weight_threshold": 0}, "weight_threshold"),
        ({"trend_p": 0}, "trend_p"),
        ({"alpha": 1}, "alpha"),
        ({"compat": "R"}, "compat"),
    ],
)
def test_refuses_by_name(wrong, named):
    given_ = {"counts": np.ones(300, dtype=int), "at": [LAST]}

    with pytest.raises(ValueError, match=named):
        farrington(**(given_ | wrong))
