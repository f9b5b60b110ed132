"""Off-policy evaluation where a notebook tests badly: properties over many logs, faults, and a log of a real shop."""
import numpy as np
import pandas as pd
import pytest
from hypothesis import given, settings, strategies as st

from promo_lib.core import DataError, UsageError
from promo_lib.ope import (OffPolicyEstimator, SimulatedShop, evaluate_policy, evaluate_sequences, learn_policy,
                           policy_matrix, rank_policies, read_log)

FEATURES = ['eager', 'thrifty']

def make_log(*args, **kwargs): return SimulatedShop().draw_log(*args, **kwargs)

def estimate(name, L, pi, q=None, y=None, clip=np.inf):
    return OffPolicyEstimator(name, clip).estimate_policy_value(L, pi, q, y)

def some_log(seed, n=60, K=3):
    "A log, a policy and a model at random: all strictly inside their ranges."
    r = np.random.default_rng(seed)
    p = r.dirichlet(np.ones(K)*2, n)
    a = (p.cumsum(1) > r.random((n, 1))).argmax(1)
    rows = dict(action=a, reward=r.normal(size=n), propensity=p[np.arange(n), a], user=r.integers(0, 20, n))
    L = read_log(pd.DataFrame(rows), actions=list(range(K)), users='user')
    return L, r.dirichlet(np.ones(K), n), r.normal(size=(n, K)), p

@settings(max_examples=40, deadline=None)
@given(st.integers(0, 10**6))
def test_identities(seed):
    L, pi, q, p = some_log(seed)
    def value(name, policy=pi, model=q, **k): return estimate(name, L, policy, model, **k)
    assert value('dr', model=0*q) == pytest.approx(value('ips'), abs=1e-12)         # a model that says nothing: IPS
    assert value('sndr', model=0*q) == pytest.approx(value('snips'), abs=1e-12)
    assert value('switch_dr') == pytest.approx(value('dr'), abs=1e-12)               # no clipping
    assert value('switch_dr', clip=0.) == pytest.approx(value('dm'), abs=1e-12)         # all clipped
    assert value('dros', clip=1e14) == pytest.approx(value('dr'), abs=1e-6)
    # a constant added to every reward is added to the value
    for name in ('snips', 'sndr'):
        more = value(name, model=q + 5, y=L.r + 5)
        assert more == pytest.approx(value(name) + 5, abs=1e-9)
    for name in ('ips', 'snips'): assert value(name, policy=p) == pytest.approx(L.r.mean(), abs=1e-9)
    corrected = (L.r + (p*q).sum(1) - q[np.arange(L.n), L.a]).mean()
    assert value('dr', policy=p) == pytest.approx(corrected, abs=1e-9)
    assert 1 - 1e-12 <= evaluate_policy(L, pi, model='mean', n_boot=2).ess <= L.n + 1e-9

@settings(max_examples=30, deadline=None)
@given(st.integers(0, 10**6), st.permutations([0, 1, 2]))
def test_names_and_order_do_not_matter(seed, order):
    L, pi, q, _ = some_log(seed)
    d = pd.DataFrame(dict(action=L.a, reward=L.r, propensity=L.p))
    M, rows = read_log(d, actions=list(order)), np.random.default_rng(seed).permutation(L.n)
    N = read_log(d.iloc[rows], actions=[0, 1, 2])
    for name in OffPolicyEstimator.names:
        one = estimate(name, L, pi, q, clip=2.)
        two = estimate(name, M, pi[:, order], q[:, order], clip=2.)
        three = estimate(name, N, pi[rows], q[rows], clip=2.)
        assert one == pytest.approx(two, abs=1e-10) and one == pytest.approx(three, abs=1e-10)

def test_unbiased_by_enumeration():
    """The mean of IPS and DR over all logs of two rows and two actions is the true value, whatever the model.

    DR's is so also with wrong propensities, when the model is right."""
    p, pi, q = np.array([[.3, .7], [.6, .4]]), np.array([[.9, .1], [.2, .8]]), np.array([[1., 2.], [5., -1.]])
    truth = (pi*q).sum(1).mean()
    for model, stated, names in ((q*0 + 7., p, ('ips', 'dr')), (q, p[:, ::-1], ('dr',))):
        for name in names:
            mean = 0
            for a in ([0, 0], [0, 1], [1, 0], [1, 1]):
                i = np.arange(2)
                L = read_log(pd.DataFrame(dict(action=a, reward=q[i, a], propensity=stated[i, a])), actions=[0, 1])
                mean += p[i, a].prod()*estimate(name, L, pi, model)
            assert mean == pytest.approx(truth, abs=1e-12)

def test_standard_error_is_the_bootstraps():
    log = make_log(800, 2, seed=4)
    o = evaluate_policy(log, '10 %', FEATURES, users='user_id', model='additive', n_boot=1500, estimator='sndr')
    assert o.replicates[:, 0].std() == pytest.approx(o.table.se['sndr'], rel=.1)
    double = evaluate_policy(pd.concat([log, log]), '10 %', FEATURES, users='user_id', model='mean', n_boot=50)
    single = evaluate_policy(log, '10 %', FEATURES, users='user_id', model='mean', n_boot=50)
    # the same users twice are no more users
    assert double.table.se['ips'] == pytest.approx(single.table.se['ips'], rel=1e-9)

@pytest.mark.parametrize('change, said', [
    (dict(propensity=0.), 'log.propensity: is not above 0'), (dict(propensity=1.5), 'at most 1'),
    (dict(propensity=None), 'is missing or not a number'),
    (dict(propensity='half'), 'is missing or not a number'), (dict(reward=np.nan), 'log.reward'),
    (dict(eager=np.inf), 'log.eager'), (dict(action=None), 'log.action: a value is missing'),
    (dict(action='60 %'), 'is none of the actions'), (dict(propensity=5e-324), 'overflows')])
def test_bad_logs(change, said):
    log = make_log(50).assign(**change)
    with pytest.raises(DataError, match=said.replace('%', '.')):
        evaluate_policy(log, '5 %', FEATURES, actions=['nothing', '5 %', '10 %', '20 %'], n_boot=5)

def test_every_problem_at_once():
    with pytest.raises(DataError) as e:
        evaluate_policy(make_log(50).assign(propensity=0., reward=np.nan), '5 %', FEATURES)
    assert {o.column for o in e.value.problems} == {'propensity', 'reward'}
    assert e.value.problems[0].count == 50

def test_small_and_strange_logs():
    ten = evaluate_policy(make_log(10, seed=3), {'nothing': .5, '20 %': .5}, FEATURES,
                          actions=['nothing', '5 %', '10 %', '20 %'], n_boot=50)
    assert np.isfinite(ten.value) and any('rows are few' in o for o in ten.warnings)
    dull = evaluate_policy(make_log(200).assign(reward=0), '5 %', FEATURES, n_boot=20)
    assert dull.value == 0 and dull.interval[0] == 0 and 0 < dull.interval[1] < .1      # no purchase is not 0 to 0
    one = make_log(200)
    one = one[one.action == '5 %']
    with pytest.raises(UsageError, match='one action only'): evaluate_policy(one, '5 %', FEATURES)
    with pytest.raises(UsageError, match='takes none of the logged actions'):
        evaluate_policy(one, '20 %', FEATURES, actions=['5 %', '20 %'])
    with pytest.raises(UsageError, match='must be a data frame'): evaluate_policy([1, 2], '5 %')
    with pytest.raises(UsageError, match='reward model must be one of'):
        evaluate_policy(make_log(50), '5 %', FEATURES, model='magic', n_boot=5)

def test_other_frames_and_models():
    polars = pytest.importorskip('polars')
    from sklearn.tree import DecisionTreeClassifier
    log, k = make_log(300, seed=2), dict(n_boot=20, model=DecisionTreeClassifier(max_depth=3))
    one, two = (evaluate_policy(o, '5 %', FEATURES, cost='cost', budget=100, **k | dict(model='additive'))
                for o in (log, polars.from_pandas(log)))
    assert one.value == two.value and one.p_overspend == two.p_overspend
    assert evaluate_policy(log, '5 %', FEATURES, **k).models['reward'] == 'DecisionTreeClassifier'

@settings(max_examples=30, deadline=None)
@given(st.integers(0, 40), st.integers(1, 40))
def test_clopper_pearson(hits, n):
    "The exact interval of an even log holds the share of purchases among the rows that the rule would have chosen too."
    hits = min(hits, n)
    log = pd.DataFrame(dict(action=[1]*n + [0]*n, propensity=.5, reward=[1]*hits + [0]*(2*n - hits)))
    bounds = evaluate_policy(log, {1: 1.}, model='mean', n_boot=2).bounds
    low, high = bounds.loc['Clopper-Pearson']
    assert 0 <= low <= hits/n <= high <= 1

def test_overspending_is_a_probability():
    o = evaluate_policy(make_log(2000, seed=4), '20 %', FEATURES, cost='cost', model='additive', n_boot=500)
    p = [o.overspending(share*100*o.spend, 100) for share in (0, .5, 1, 1.5, 1e9)]
    assert p == sorted(p, reverse=True) and p[0] > .999 and p[-1] == 0 and abs(p[2] - .5) < .05

def test_ranking_is_antisymmetric_and_refuses():
    log, rules = make_log(4000, seed=8), {'nothing': 'nothing', '5 %': '5 %', '20 %': '20 %'}
    a, b = rank_policies(log, rules, FEATURES), rank_policies(log, dict(reversed(rules.items())), FEATURES)
    pd.testing.assert_frame_equal(a.policies, b.policies)
    assert a.resolution == pytest.approx(b.resolution)
    with pytest.raises(UsageError, match='cannot rank'):
        rank_policies(log[:40], rules, FEATURES, actions=['nothing', '5 %', '10 %', '20 %']).order

def test_open_bandit_cannot_rank():
    from promo_lib.data import load_open_bandit
    shown = load_open_bandit().exposures.reset_index(drop=True)
    keys = ['user_id', 'offer_id', 'campaign_id', 'time']
    clicks = load_open_bandit().outcomes.merge(shown.reset_index(), on=keys)['index'].unique()
    log = shown.assign(reward=np.isin(shown.index, clicks)*1)[shown.channel == 'random']
    items = sorted(shown.offer_id.unique())
    assert log.reward.sum() == 38
    share = shown[shown.channel == 'bts'].offer_id.value_counts(normalize=True).to_dict()
    ranking = rank_policies(log, dict(even=dict.fromkeys(items, 1/len(items)), as_bts=share), estimator='snips',
                            action='offer_id', actions=items, position='position', n_boot=200)
    with pytest.raises(UsageError, match='cannot rank'): ranking.order

def test_a_step_is_a_sequence():
    "Sequences of one step are a plain log: every form is IPS."
    log = make_log(300, seed=6).rename(columns=dict(user_id='sequence'))
    L = read_log(log)
    pi = policy_matrix('5 %', L)
    forms = evaluate_sequences(log.assign(step=0, policy=pi[np.arange(L.n), L.a]), n_boot=20).value
    ips = estimate('ips', L, pi)
    for k in ('trajectory', 'per_decision', 'independent'): assert forms[k] == pytest.approx(ips, abs=1e-12)

def test_learning_needs_no_noise():
    "Where one action is always best the learned rule takes it."
    log = make_log(3000, seed=9)
    log['reward'] = (log.action == '10 %')*1
    rule = learn_policy(log, FEATURES)
    assert (rule(log)[:, sorted(log.action.unique()).index('10 %')] == 1).all()
