"""Estimates and verdicts where little is known: few events, small hold-outs, propensities that are not the log's, and
features, arms and logs of any type. Each test names the kind of situation."""
import warnings

import numpy as np
import pandas as pd
import pytest

from promo_lib.core import DataError, PromoError, UsageError
from promo_lib.fairness import by_group
from promo_lib.measure import incremental_sales, measure_campaign
from promo_lib.money import Money
from promo_lib.ope import SimulatedShop, evaluate_policy, evaluate_sequences, learn_policy, rank_policies
from promo_lib.replay import compare_policies, replay
from promo_lib.uplift import MetaLearner, UpliftModel, assign, balance, check_effect, make_campaign
from promo_lib.uplift_metrics import compare_uplift, evaluate_uplift, skewed_ends, sum_interval

OFFERS = list(SimulatedShop.discounts)
EVEN = dict.fromkeys(OFFERS, .25)
MONEY = Money(margin_rate=.3, contact_cost=.1)

# ---- few events

def campaign(n, hits, p, offers=1):
    "A plan of n users with known redemptions, right in every probability if p is."
    redeemed = np.zeros(n*offers, int)
    redeemed[hits] = 1
    d = pd.DataFrame(dict(user_id=np.repeat(np.arange(n), offers), offer_id=np.tile(np.arange(offers), n),
                          redeemed=redeemed, sales=10.*redeemed, discount=1.*redeemed, segment='x'))
    return d[['user_id', 'offer_id']].assign(p_redeem=p, cost=.1 + p, value=3*p), d

@pytest.mark.parametrize('n, p', [(40, .05), (100, .02), (1000, .002)])
def test_few_events_a_segment_without_a_redemption_is_not_less_than_planned(n, p):
    t = measure_campaign(*campaign(n, [], p), MONEY, segment='segment', n_boot=50).by_segment.loc['x']
    assert t.verdict == 'as planned' and t.redemptions_low == 0 and t.redemptions_high > n*p
    assert t.cost_high > t.cost_low and t.margin_high > 0

@pytest.mark.parametrize('expected', [1, 2, 5, 20, 100])
def test_few_events_a_right_plan_is_seldom_called_wrong(expected):
    r, wrong, runs = np.random.default_rng(expected), 0, 30
    for s in range(runs):
        n = 20*expected
        sent, out = campaign(n, np.flatnonzero(r.random(n) < .05), .05)
        wrong += measure_campaign(sent, out, MONEY, n_boot=2).by_segment.verdict['all'] != 'as planned'
    assert wrong/runs <= .05 + 3*(.05/runs)**.5

def test_few_events_the_interval_of_a_hundred_is_not_needlessly_wide():
    sent, out = campaign(2000, np.arange(100), .05)
    t = measure_campaign(sent, out, MONEY, n_boot=2).by_segment.loc['all']
    assert t.redemptions_high - t.redemptions_low < 1.1*2*1.96*(2000*.05*.95)**.5

def test_few_events_a_whole_campaign_without_a_redemption():
    found = measure_campaign(*campaign(60, [], .03), MONEY, n_boot=50)
    s = found.summary
    assert s.high['redemptions'] > 3 and s.low['profit'] < s.realised['profit'] < s.high['profit']
    assert 'too few to say' in found.verdict()[0] or 'cost more' in found.verdict()[0]
    sent, out = campaign(60, [], .03)
    bare = measure_campaign(sent[['user_id', 'offer_id']], out, MONEY, n_boot=20)          # nothing is known of money
    assert np.isnan(bare.summary.high['profit']) and 'nan' not in bare.verdict()[0]

def test_few_events_redemptions_of_one_customer_are_not_those_of_four():
    many = replay(*campaign(25, np.arange(0, 100, 12), .1, 4), MONEY).exact_ends()['redemptions']
    one = replay(*campaign(25, np.r_[0:4, 40:44, 80], .1, 4), MONEY).exact_ends()['redemptions']
    assert one[1] - one[0] > 1.3*(many[1] - many[0])

def test_few_events_a_plan_is_not_better_by_five_redemptions():
    d = pd.DataFrame(dict(user_id=np.arange(400), offer_id=1, redeemed=(np.arange(400) < 5)*1, p_redeem=.1, e_sales=10.,
                          e_discount=1.))
    d = d.assign(sales=10.*d.redeemed, discount=1.*d.redeemed)
    pairs = d[['user_id', 'offer_id']]
    rules = dict(one=lambda c, b, **k: pairs[:200], other=lambda c, b, **k: pairs[200:])
    t = compare_policies(d, [100], rules, money=MONEY, n_boot=200)
    assert t.verdict[1] == 'tied' and t.difference_low[1] < -5 < 0 < t.difference_high[1]
    assert t.redemptions_high[1] > 3                                                     # none came: not 0 to 0

@pytest.mark.parametrize('reward', [0, 1])
def test_few_events_a_log_without_rewards(reward):
    log = SimulatedShop().draw_log(3000, seed=1)
    log['reward'] = (log.index == 5)*reward
    v = evaluate_policy(log, dict(zip(OFFERS, [.1, .2, .3, .4])), n_boot=50)
    assert v.interval[1] >= .0019 and any('users with a reward' in o for o in v.warnings)

def test_few_events_a_score_is_not_better_by_luck():
    with pytest.warns(UserWarning, match='differ'): t = compare_uplift((np.arange(200) < 4)*1., np.arange(200) % 2,
                                                    np.random.default_rng(0).random(200), -np.arange(200.))
    assert (t.verdict == 'tied').all()
    with pytest.warns(UserWarning, match='no outcome differs'):
        t = evaluate_uplift(np.zeros(100), np.arange(100) % 2, np.arange(100.))
    assert t.low.isna().all()

def test_few_events_a_group_that_got_nothing():
    people = pd.DataFrame(dict(user_id=np.arange(60), age=np.repeat(['young', 'old'], [15, 45])))
    sent = pd.DataFrame(dict(user_id=np.arange(20, 26), value=2.))
    t = by_group(sent, people, 'age', n_boot=100)
    assert t.groups.value_high['young'] > .3 and t.differences.verdict['value', 'young'] == 'not distinguishable'

def test_sums_that_count_few_events():
    assert sum_interval(np.zeros(5), 1.) == pytest.approx((0, 3.6889), abs=1e-3)
    assert skewed_ends(1., 4., 0.) == pytest.approx((1 - 3.92, 1 + 3.92), abs=.01)
    with pytest.raises(UsageError, match='missing'): sum_interval([1, np.nan])

# ---- small hold-outs

def lottery(held, seed, n=1500):
    r = np.random.default_rng(seed)
    X = pd.DataFrame(r.normal(size=(n, 2)), columns=['a', 'b'])
    t = (r.random(n) >= held).astype(int)
    return X, 10 + 3*X.a.to_numpy()**2 + t + r.normal(0, 3, n), t

def test_small_holdout_the_chance_is_not_cut_off():
    "Two in a hundred are held out: the standard error is that of 30 customers, not of weights cut at 20."
    X, y, t = lottery(.02, 0)
    with warnings.catch_warnings():
        warnings.simplefilter('error')
        found = check_effect(X, y, t, placebos=1)
        e = UpliftModel(folds=3).fit(X, y, t).average_.se[1]
    given = UpliftModel(folds=3).fit(X, y, t, e=[.02, .98]).average_
    assert e == pytest.approx(given.se[1], rel=.15) and e > .8*3/(t == 0).sum()**.5
    assert found.low['effect', 1] < 1 < found.high['effect', 1]

def test_small_holdout_the_chance_comes_from_the_design():
    ids = np.arange(3000, 4500)
    design = assign(ids, np.repeat(['low', 'high', 'top'], 500), .04)
    X, y, _ = lottery(.5, 1)
    t = (design.group == 'offer').to_numpy().astype(int)
    by_design = UpliftModel(folds=2).fit(X, y, design.group.to_numpy(), e=design, users=ids).average_
    given = UpliftModel(folds=2).fit(X, y, t, e=[.04, .96], users=ids).average_
    assert by_design.equals(given)
    with pytest.raises(DataError, match='is not in the design'):
        UpliftModel().fit(X, y, t, e=design, users=ids + 1)

def test_small_holdout_floor_of_a_chance_is_told():
    r = np.random.default_rng(0)
    x = r.normal(size=2000)
    t = (r.random(2000) < 1/(1 + np.exp(-4*x))).astype(int)
    with pytest.warns(UserWarning, match='had almost no chance of an arm'):
        check_effect(pd.DataFrame(dict(x=x)), x + t + r.normal(size=2000), t, placebos=1)

def test_small_holdout_nobody_of_it_bought():
    few = incremental_sales(np.r_[np.zeros(900), np.full(100, 10.)], np.zeros(30))
    assert few.interval[0] < 0 < few.interval[1]
    none = incremental_sales(np.zeros(40), np.zeros(20))
    assert np.isnan(none.interval).all() and 'spent the same' in none.claim(MONEY, 5.)
    assert 'nan' not in str(none.table())

def test_small_holdout_skewed_sales():
    "The interval of 30 customers of whom most bought nothing leaves 0 out in 5 of 100 campaigns without an effect."
    r, wrong = np.random.default_rng(0), 0
    for _ in range(300):
        s = (r.random(3000) < .3)*r.gamma(.7, 20, 3000)
        low, high = incremental_sales(s[30:], s[:30]).interval
        wrong += not low <= 0 <= high
    assert wrong/300 < .085

# ---- propensities that are not the log's

def logged(seed=1): return SimulatedShop().draw_log(3000, seed=seed)

def wrong_propensities():
    p, r = logged().propensity, np.random.default_rng(0)
    return {'all 1': 1 + 0*p, 'all missing': p*np.nan, 'some missing': p.where(r.random(3000) > .1),
            'some 1': p.where(r.random(3000) > .1, 1.), 'in per cent': 100*p, 'in per cent, twice divided': p/100,
            'one row 1e-6': p.where(p.index != 3, 1e-6), 'some rows 1e-6': p.where(r.random(3000) > .01, 1e-6),
            'negative': -p, 'text': p.astype(str) + ' %', 'in another order': pd.Series(r.permutation(p)),
            'of an even lottery': .25 + 0*p, 'squared': p**2, 'the same for all': .5 + 0*p}

@pytest.mark.parametrize('kind', wrong_propensities())
def test_wrong_propensities_are_refused(kind):
    log = logged().assign(propensity=wrong_propensities()[kind])
    for policy in EVEN, {'20 %': 1.}:
        with pytest.raises(DataError, match='propensity'):
            evaluate_policy(log, policy, ['eager', 'thrifty'], actions=OFFERS, n_boot=5)
    with pytest.raises(DataError, match='propensity'):
        rank_policies(log, dict(a=EVEN, b='20 %'), ['eager', 'thrifty'], actions=OFFERS, n_boot=5)

@pytest.mark.parametrize('kind', ['all 1', 'in another order', 'one row 1e-6'])
def test_wrong_propensities_no_rule_is_learned_from_them(kind):
    with pytest.raises(DataError, match='propensity'):
        learn_policy(logged().assign(propensity=wrong_propensities()[kind]), ['eager', 'thrifty'])

def test_wrong_propensities_dm_reads_none_and_says_so():
    v = evaluate_policy(logged().assign(propensity=1.), EVEN, ['eager', 'thrifty'], estimator='dm', n_boot=5)
    assert any("the model's word alone" in o for o in v.warnings)

def test_wrong_propensities_of_sequences():
    r = np.random.default_rng(0)
    d = pd.DataFrame(dict(sequence=np.repeat(np.arange(400), 3), step=np.tile(np.arange(3), 400)))
    d = d.assign(action=r.integers(0, 2, 1200))
    d = d.assign(propensity=.5, policy=np.where(d.action == 1, .9, .1), reward=d.action*1.)
    assert np.isfinite(evaluate_sequences(d, n_boot=5).value).all()
    with pytest.raises(DataError, match='ratios of a step'): evaluate_sequences(d.assign(propensity=1.), n_boot=5)

@pytest.mark.parametrize('strength', [0., .5, 1.])
def test_right_propensities_are_believed(strength):
    shop = SimulatedShop(strength)
    for seed in range(4):
        log = shop.draw_log(1000, 2, seed=seed)
        v = evaluate_policy(log, EVEN, ['eager', 'thrifty'], users='user_id', model='additive', n_boot=5)
        truth = shop.true_means(log)[0].mean()
        assert abs(v.value - truth) < 3.5*v.table.se[v.estimator] and not v.warnings

def test_weight_on_one_row_does_not_win_by_a_collapsed_error():
    "The row of the heaviest weight has the reward 0: its self-normalised estimate is near 0, and its error is not."
    log = logged()
    i = int(np.flatnonzero((log.action == '20 %') & (log.reward == 0))[0])
    log.loc[i, 'propensity'] = 1/2500
    try: v = evaluate_policy(log, '20 %', ['eager', 'thrifty'], actions=OFFERS, model='additive', n_boot=20)
    except DataError: return
    truth = SimulatedShop().true_means(log)[0][:, 3].mean()
    assert abs(v.value - truth) < 2*v.table.se[v.estimator] and v.table.se['snips'] > .1

# ---- features, arms and logs of any type

X, Y, T, *_ = make_campaign(400, (.1,), seed=3)

@pytest.mark.parametrize('column, values, words', [
    ('age', X.age.mask(X.age > 60), 'a value is missing'),
    ('age', X.age.mask(X.age > 60).astype('Float64'), 'a value is missing'),
    ('age', X.age.where(X.age < 60, np.inf), 'is infinite'), ('city', np.where(X.age > 50, 'A', 'B'), 'holds text'),
    ('city', pd.Categorical(np.where(X.age > 50, 'A', 'B')), 'holds text or categories'),
    ('since', pd.Timestamp('2026-01-01'), 'holds times'), ('age', X.age.astype(str), 'holds text')])
def test_features_that_cannot_be_read_are_named(column, values, words):
    Z = X.assign(**{column: values})
    for f in (lambda: UpliftModel().fit(Z, Y, T), lambda: MetaLearner('T').fit(Z, Y, T), lambda: check_effect(Z, Y, T)):
        with pytest.raises(DataError, match=f'features.{column}: {words}'): f()

@pytest.mark.parametrize('values', [X.age > 50, pd.array((X.age > 50).astype(int), 'Int64'),
                                    (X.age > 50).astype(object), pd.array(X.age > 50, 'boolean')])
def test_features_of_numbers_of_any_type_work(values):
    plain = MetaLearner('T', folds=2).fit(X.assign(old=(X.age > 50)*1.), Y, T).predict(X.assign(old=(X.age > 50)*1.))
    Z = X.assign(old=values)
    assert np.allclose(MetaLearner('T', folds=2).fit(Z, Y, T).predict(Z), plain)

def test_features_with_gaps_go_to_learners_that_take_them():
    from sklearn.ensemble import HistGradientBoostingClassifier, HistGradientBoostingRegressor
    trees, gap = HistGradientBoostingRegressor(max_iter=5), X.assign(age=X.age.mask(X.age > 60))
    m = MetaLearner('X', trees, trees, HistGradientBoostingClassifier(max_iter=5), folds=2).fit(gap, Y, T)
    assert np.isfinite(m.predict(gap)).all()
    with pytest.raises(DataError, match='features.age: the column is missing'): m.predict(gap.drop(columns='age'))

@pytest.mark.parametrize('t', [np.where(T == 1, 'offer', 'holdout'), np.where(T == 1, 'Treated', 'x'), T.astype(bool),
                               pd.Series(T, dtype='Int64'), T.astype(str), T*2, T + .5, np.where(T == 1, np.nan, 0.),
                               pd.Series(T, dtype='Int64').mask(T == 1), np.where(T == 1, '10 %', 'none'), T*10**9])
def test_arms_of_any_type_work_or_are_told(t):
    try: found = MetaLearner('T', folds=2).fit(X, Y, t)
    except PromoError as e: assert 't' in str(e)
    else: assert np.allclose(found.predict(X), MetaLearner('T', folds=2).fit(X, Y, T).predict(X))

def test_arms_of_few_users():
    users, t = np.repeat(np.arange(40), 10), np.repeat([0, 1, 2], [200, 190, 10])
    with pytest.raises(DataError, match='arm 2 was given to 1 user only'): UpliftModel().fit(X, Y, t, users=users)
    mixed = np.tile([0, 1], 200)                                               # every user has both arms
    assert UpliftModel(folds=2).fit(X, Y, mixed, users=users).average_.se[1] > 0

def test_rare_outcome_with_a_classifier():
    from sklearn.linear_model import LogisticRegression
    rare = (np.arange(400) % 100 == 0).astype(int)
    m = UpliftModel(outcomes=[LogisticRegression()], folds=3).fit(X, rare, T)
    assert np.isfinite(m.predict(X)).all() and m.average_.se[1] > 0
    with pytest.raises(UsageError, match='learns outcomes of 0 and 1'):
        MetaLearner('T', outcome=LogisticRegression()).fit(X, Y, T)

def test_balance_names_a_column_with_gaps():
    with pytest.raises(DataError, match='features.age'): balance(X.assign(age=X.age.mask(X.age > 60)), T)

@pytest.mark.parametrize('change, words', [
    (lambda d: d.assign(user_id=d.user_id.where(d.index > 3)), 'log.user_id: a value is missing'),
    (lambda d: d.assign(action=np.where(d.index < 9, 5, d.action)), 'log.action: holds text among numbers'),
    (lambda d: d.assign(eager=d.eager.mask(d.index < 4)), 'log.eager: is missing'),
    (lambda d: d.assign(eager='much'), 'log.eager: is missing or not'),
    (lambda d: d.assign(reward='yes'), 'log.reward: is missing or not')])
def test_logs_that_cannot_be_read_are_told(change, words):
    with pytest.raises(DataError, match=words):
        evaluate_policy(change(logged()), {'20 %': 1.}, ['eager'], users='user_id', n_boot=5)

def test_sent_offers_with_impossible_amounts():
    people = pd.DataFrame(dict(user_id=np.arange(40), age=np.repeat(['young', 'old'], 20)))
    sent = pd.DataFrame(dict(user_id=np.arange(5), p_redeem=12., e_discount=1.))
    with pytest.raises(DataError, match='sent.p_redeem: is not a probability'): by_group(sent, people, 'age', n_boot=10)
    with pytest.raises(DataError, match='sent.value: is missing'):
        by_group(sent[['user_id']].assign(value=np.nan), people, 'age', n_boot=10)
