"Uplift: properties that hold for any data, and `promo design` as a person uses it."
import warnings

import numpy as np, pandas as pd, pytest
from hypothesis import given, settings, strategies as st

from promo_lib.core import DataError, UsageError
from promo_lib.uplift import (UpliftModel, assign, design_experiment, dr_scores, make_campaign, monotone_response,
                              power, sample_size, text_features)
from promo_lib.uplift_metrics import compare_uplift, cost_curve, evaluate_uplift, uplift_calibration

few = settings(max_examples=25, deadline=None)

def trial(seed, n=200, levels=None):
    "A small trial; with `levels`, the score has that many values."
    r = np.random.default_rng(seed)
    s = r.normal(size=n) if levels is None else r.integers(0, levels, n).astype(float)
    w = np.r_[0, 1, r.integers(0, 2, n - 2)]
    return r.normal(size=n) + w*s, w, s

@given(st.integers(0, 10**6), st.floats(-100, 100))
@few
def test_constant_score_has_no_qini(seed, score):
    y, w, s = trial(seed)
    t = evaluate_uplift(y, w, np.full(len(y), score), n_boot=10)
    assert np.allclose(t.loc[['qini', 'autoc']], 0, atol=1e-12)

@given(st.integers(0, 10**6), st.sampled_from([None, 1, 3, 20]))
@few
def test_order_of_rows_does_not_matter(seed, levels):
    y, w, s = trial(seed, levels=levels)
    o = np.random.default_rng(seed + 1).permutation(len(y))
    assert evaluate_uplift(y, w, s, n_boot=10).equals(evaluate_uplift(y[o], w[o], s[o], n_boot=10))
    users = np.arange(len(y))//2
    assert evaluate_uplift(y, w, s, users, n_boot=10).equals(evaluate_uplift(y[o], w[o], s[o], users[o], n_boot=10))

@given(st.integers(0, 10**6), st.floats(.1, 10), st.floats(-50, 50))
@few
def test_units_of_outcome_and_score(seed, a, b):
    y, w, s = trial(seed)
    t, u = evaluate_uplift(y, w, s, n_boot=10), evaluate_uplift(a*y + b, w, np.exp(s), n_boot=10)
    assert np.allclose(u, a*t, atol=1e-8*(1 + abs(b)))

def test_equal_scores_are_tied_and_swapped_ones_opposite():
    y, w, s = trial(1, 3000)
    assert set(compare_uplift(y, w, s, 2*s + 1).verdict) == {'tied'}
    assert compare_uplift(y, w, s, -s).verdict['qini'] == 'better'
    assert compare_uplift(y, w, -s, s).verdict['qini'] == 'worse'

def test_permuted_treatment_shows_nothing():
    held = []
    for seed in range(60):
        y, w, s = trial(seed, 400)
        t = evaluate_uplift(y, np.random.default_rng(seed).permutation(w), s)
        held.append((t.low.qini <= 0) & (0 <= t.high.qini))
    assert np.mean(held) > .85

@pytest.mark.parametrize('broken,words', [
    (dict(w=np.ones(50)), 'all rows are treated'), (dict(w=np.zeros(50)), 'no row is treated'),
    (dict(w=np.full(50, .5)), 'w must hold 0'),
    (dict(e=0), 'propensity must lie'), (dict(e=1.5), 'propensity must lie'),
    (dict(e=np.full(50, np.nan)), 'propensity'), (dict(y=np.full(50, np.inf)), 'y has 50 missing'),
    (dict(y=[]), 'lengths differ'), (dict(k=2), 'k must lie'), (dict(level=2), 'level must be a number above 0')])
def test_bad_rows_are_told(broken, words):
    y, w, s = trial(0, 50)
    with pytest.raises(UsageError, match=words): evaluate_uplift(**(dict(y=y, w=w, s=s) | broken))

def test_ten_rows_and_leaks_are_warned_of():
    y, w, s = trial(0, 10)
    with pytest.warns(UserWarning, match='smaller arm'): evaluate_uplift(y, w, s)
    y, w, s = trial(0, 100)
    with pytest.warns(UserWarning, match='leaks the treatment'): evaluate_uplift(y, w, w + .01*s)

def test_huge_outcomes_and_weights_stay_finite():
    y, w, s = trial(0, 500)
    assert np.isfinite(evaluate_uplift(1e150*y, w, s, e=np.where(s > 0, 1e-12, .5))).all().all()
    t = uplift_calibration(y, w, s, bins=3)
    assert t.rows.sum() == 500 and t.predicted.is_monotonic_increasing

def test_cost_curve_starts_at_nothing_and_ignores_order():
    r = np.random.default_rng(0)
    t, tau = r.integers(0, 3, 600), r.normal(size=(600, 2))
    y = r.normal(size=600) + np.where(t > 0, tau[np.arange(600), t - 1], 0)
    c, o = cost_curve(y, t, tau, [1., 2.], n_boot=20), r.permutation(600)
    assert (c.loc[0, ['spend', 'value']] == 0).all()
    assert np.allclose(c, cost_curve(y[o], t[o], tau[o], [1., 2.], n_boot=20))

@given(st.lists(st.lists(st.floats(-10, 10), min_size=3, max_size=3), min_size=1, max_size=8),
       st.lists(st.floats(0, 5), min_size=3, max_size=3))
@few
def test_monotone_response_never_moves_away_from_a_monotone_truth(rows, steps):
    rows, truth = np.array(rows), np.cumsum(steps)
    found = monotone_response(rows)
    assert (found >= 0).all() and (np.diff(found, axis=1) >= -1e-12).all()
    assert (((found - truth)**2).sum(1) <= ((rows - truth)**2).sum(1) + 1e-8).all()
    assert np.allclose(monotone_response(found), found)

@given(st.integers(0, 10**6))
@few
def test_scores_are_exact_where_outcomes_are_known(seed):
    r = np.random.default_rng(seed)
    m, t = r.normal(size=(40, 3)), r.integers(0, 3, 40)
    gamma, v = dr_scores(m[np.arange(40), t], t, m, np.full((40, 3), 1/3))
    assert np.allclose(gamma, m[:, 1:] - m[:, :1]) and np.allclose(v, 1/6)

@pytest.mark.parametrize('t,words', [(np.ones(60), 'everybody was treated'), (np.zeros(60), 'nobody was treated'),
                                     (np.repeat([0, 2], 30), 'arm 1 was never given'),
                                     (np.r_[np.zeros(55), np.ones(5)], 'given to 5 only'),
                                     (np.full(60, -1.), 'is no arm')])
def test_model_refuses_arms(t, words):
    with pytest.raises(DataError, match=words):
        UpliftModel().fit(np.random.default_rng(0).normal(size=(60, 2)), np.arange(60.), t)

@pytest.mark.parametrize('e', [[0., 1.], [1.2, -.2], [np.nan, .5]])
def test_model_refuses_chances(e):
    X, y, t, *_ = make_campaign(60, (.1,))
    with pytest.raises(DataError, match='propensity is missing, 0, 1 or beyond'): UpliftModel().fit(X, y, t, e=e)

def test_outcome_that_only_the_treated_have_is_warned_of():
    X, y, t, *_ = make_campaign(100, (.1,))
    with pytest.warns(UserWarning, match='redeeming the coupon'):
        UpliftModel(folds=2).fit(X, t*(y > 14.), t, e=[.5, .5])

def test_model_on_tied_features_and_few_rows():
    X, y, t, *_ = make_campaign(40, (.1,))
    with warnings.catch_warnings():
        warnings.simplefilter('ignore')
        tau = UpliftModel(folds=2).fit(0*X, y, t, e=[.5, .5]).predict(0*X)
    assert np.isfinite(tau).all() and np.ptp(tau) < 1e-8          # no feature, no difference

@given(st.floats(.02, .5), st.floats(.005, .1), st.floats(.05, .5))
@few
def test_power_and_size_agree(base, effect, holdout):
    n = sample_size(base, effect, holdout=holdout)
    assert power(n, base, effect, holdout=holdout) >= .8 - 1e-9 > power(.95*n, base, effect, holdout=holdout) - 1e-2
    assert design_experiment(base, effect, n, holdout=holdout).smallest <= effect*1.3

@given(st.integers(1, 200), st.floats(.05, .95), st.integers(0, 100))
@few
def test_every_stratum_keeps_its_share(n, holdout, seed):
    strata = np.arange(n) % 3
    held = (assign(np.arange(n), strata, holdout, seed).group == 'holdout').groupby(strata)
    assert (abs(held.sum() - holdout*held.size()) < 1).all()

def test_design_on_the_command_line(promo, shop, tmp_path):
    out = tmp_path/'design.csv'
    r = promo('design', '-s', shop, '--holdout', '.25', '-o', out)
    assert r.exit_code == 0 and str(out) in r.stdout and 'users needed' in r.stdout
    groups = pd.read_csv(out)
    assert groups.user_id.is_unique and set(groups.group) == {'offer', 'holdout'}
    for bad in (('--holdout', '0'), ('--lift', '0'), ('--chance', '1'), ('-s', tmp_path/'nowhere')):
        r = promo('design', '-s', shop, '-o', tmp_path/'no.csv', *bad)
        assert r.exit_code == 2 and 'Traceback' not in r.output and not (tmp_path/'no.csv').exists()

@given(st.integers(0, 10**6), st.integers(2, 12), st.integers(1, 6))
@few
def test_text_features_keep_distances_and_belong_to_the_text(seed, texts, dim):
    "With all directions nothing is lost, and which rows are asked for changes no text's numbers."
    r = np.random.default_rng(seed)
    vectors, n = r.normal(size=(texts, dim)), min(texts - 1, dim)
    all_, index = text_features(vectors, np.arange(texts), n).to_numpy(), r.integers(-1, texts, 20)
    def apart(a): return np.linalg.norm(a[:, None] - a[None], axis=2)
    assert np.allclose(apart(all_), apart(vectors), atol=1e-9)
    assert np.array_equal(text_features(vectors, index, n).to_numpy(), np.vstack([all_, np.zeros(n)])[index])

def test_effect_that_stands_in_the_text():
    "The effect follows a direction of the texts' vectors: PEHE is smaller with them than without."
    r = np.random.default_rng(0)
    vectors = r.normal(size=(30, 16))*np.r_[3, 2, np.full(14, .3)]
    n = 800
    X, index, t = pd.DataFrame(dict(spend=r.gamma(4, 3, n))), r.integers(0, 30, n), r.integers(0, 2, n)
    tau = vectors[index, 0]
    y = X.spend.to_numpy() + t*tau + r.normal(0, 1, n)
    def error(A):
        return ((UpliftModel(folds=3).fit(A[:500], y[:500], t[:500], e=[.5, .5]).predict(A[500:])[:, 0]
                 - tau[500:])**2).mean()
    assert error(X.join(text_features(vectors, index, 4))) < .3*error(X)
