"A made-up shop whose truth is known, and what a hold-out says of it: plan, lottery, campaign, comparison."
import numpy as np, pandas as pd, pytest

from promo_lib import DataError, Money, PromoData, UsageError
from promo_lib.data import CONTRACT, quality
from promo_lib.measure import incremental_sales
from promo_lib.shop import MadeUpShop
from promo_lib.uplift import HoldoutComparison, assign, visible_gain
from promo_lib.uplift_metrics import skewed_ends

SMALL = dict(users=200, items=12, campaigns=2, days=56)

def best(shop):
    "Each user's best offer."
    return shop.chances.sort_values('chance').drop_duplicates('user_id', keep='last')[['user_id', 'offer_id']]

def quarters(x): return np.asarray(x).argsort(kind='stable').argsort()*4//len(x)

# ---- the shop

@pytest.mark.parametrize('how', [{}, dict(words='zh'), dict(words='en', gaps=0), dict(effect=0.),
                                 dict(caused=1.), dict(caused=0.), dict(items=1, offers=1, each=5),
                                 dict(campaigns=9, days=70), dict(exposed=True),
                                 dict(effect=4., rate=.5, reach=1.), dict(start='2028-02-29', currency='CNY')])
def test_every_kind_of_shop_keeps_the_contract(how):
    shop = MadeUpShop(**SMALL | how)
    known, lived = shop.data, shop.live(best(shop))
    assert isinstance(known, PromoData) and set(known.tables) <= set(CONTRACT) and known.currency == shop.currency
    assert known.purchases['time'].max() < shop.begin <= lived.purchases['time'].max() < shop.end
    assert ('next' in set(known.exposures['campaign_id'])) == shop.exposed
    assert len(known.offers) == len(lived.offers) == shop.offers*(shop.campaigns + 1)
    assert known.users['user_id'].map(type).eq(str).all() and (known.purchases['value'] > 0).all()
    assert not (quality(known, True)['severity'] == 'stops').any()

def test_parameters_out_of_range():
    for wrong in (dict(users=0), dict(caused=2), dict(effect=-1), dict(rate=0), dict(days=20),
                  dict(words='fr'), dict(seed=-1)):
        with pytest.raises(UsageError): MadeUpShop(**SMALL | wrong)

def test_the_same_customers_whatever_is_sent_and_whatever_it_causes():
    shop, idle = MadeUpShop(**SMALL, seed=3), MadeUpShop(**SMALL, seed=3, effect=0)
    sent = best(shop)
    assert shop.bought().equals(idle.bought()) and idle.bought(sent).equals(idle.bought())
    one, every = sent[:50], sent
    gain = shop.bought(one) - shop.bought()
    assert (gain[~gain.index.isin(one['user_id'])] == 0).all() and (gain > -1e-9).all()
    np.testing.assert_allclose((shop.bought(every) - shop.bought())[one['user_id']], gain[one['user_id']], atol=1e-9)
    assert idle.truth(sent).realised_redemptions == shop.truth(sent).realised_redemptions
    assert MadeUpShop(**SMALL, seed=4).bought().sum() != shop.bought().sum()

def test_truth_is_what_the_two_shops_differ_by():
    shop, money = MadeUpShop(**SMALL, seed=5), Money(margin_rate=.5, contact_cost=.1, discount_paid=.5)
    sent = best(shop)
    with_, without = shop.live(sent), shop.live(sent[:0])
    t = shop.truth(sent, money)
    assert with_.purchases['value'].sum() - without.purchases['value'].sum() == pytest.approx(t.realised_sales)
    assert t.realised_margin == pytest.approx(.5*t.realised_sales) and t.users == len(sent)
    o = with_.outcomes[with_.outcomes['campaign_id'] == 'next']
    assert len(o) == t.realised_redemptions and len(without.outcomes) == len(shop.data.outcomes)
    whole = MadeUpShop(**SMALL, seed=5, gaps=0)
    o = whole.live(sent).outcomes.query('campaign_id == "next"')
    assert whole.truth(sent, money).realised_cost == pytest.approx(.1*len(sent) + .5*o['cost'].sum())
    assert whole.truth(sent).realised_sales == pytest.approx(.6*o['value'].sum(), abs=.01*len(o))

def test_truth_holds_in_the_mean():
    def gap(seed):
        shop = MadeUpShop(**SMALL, seed=seed)
        t = shop.truth(shop.chances[['user_id', 'offer_id']])
        return t.realised_sales - t.sales, t.realised_cost - t.cost
    x = np.array([gap(s) for s in range(20)])
    assert (abs(x.mean(0)) < 3.5*x.std(0, ddof=1)/20**.5).all()

def test_a_running_campaign_knows_no_future():
    shop = MadeUpShop(**SMALL, seed=6)
    sent = best(shop).assign(day=[shop.begin + pd.Timedelta(days=k % 10, hours=9) for k in range(SMALL['users'])])
    last = shop.live(sent)
    for day in (0, 4, 11):
        now = shop.begin + pd.Timedelta(days=day, hours=12)
        known = shop.live(sent[sent['day'] < now], until=now)
        for name in ('purchases', 'exposures', 'outcomes'):
            b = last.tables[name]
            assert known.tables[name].equals(b[b['time'] < now].reset_index(drop=True)), name
    first = last.exposures.query('campaign_id == "next"').set_index('user_id')['time']
    assert (last.outcomes.query('campaign_id == "next"').set_index('user_id')['time'] >= first.reindex(
        last.outcomes.query('campaign_id == "next"')['user_id'])).all()
    assert shop.truth(sent).sales < shop.truth(sent.drop(columns='day')).sales
    twice = pd.concat([sent, sent.assign(day=shop.begin + pd.Timedelta(days=13))])
    assert shop.truth(twice).equals(shop.truth(sent))

def test_wrong_lists_are_refused_with_all_that_is_wrong():
    shop = MadeUpShop(**SMALL)
    with pytest.raises(DataError) as e: shop.live([('nobody', 'W01-1')])
    assert {o.column for o in e.value.problems} == {'user_id', 'offer_id'}
    with pytest.raises(DataError, match='lies outside'): shop.truth(best(shop).assign(day='2027-01-01'))

def test_liking_can_be_learned():
    shop = MadeUpShop(2000, items=24, campaigns=3, days=120)
    o = shop.data.offer_items.query('campaign_id == "next"')
    lines = shop.data.purchases.merge(o, on='item_id').groupby(['user_id', 'offer_id']).size()
    c = shop.chances.set_index(['user_id', 'offer_id'])
    assert c['chance'].corr(lines.reindex(c.index, fill_value=0), method='spearman') > .5

# ---- the comparison

def sales(n, seed=0, held=.1):
    r = np.random.default_rng(seed)
    x = r.gamma(.5, 30, n)
    s = quarters(x)
    t = (assign(np.arange(n), s, held, seed=seed).group == 'offer').to_numpy()
    return .6*x + r.gamma(.5, 15, n), t, s, x

def test_without_strata_and_earlier_sales_all_is_as_it_was():
    y, t, *_ = sales(800)
    a, b = y[t], y[~t]
    found = incremental_sales(a, b, 900.)
    def moments(x): return x.var(ddof=1)/len(x), ((x - x.mean())**3).mean()/((len(x) - 1)*(len(x) - 2))
    (va, ka), (vb, kb) = moments(a), moments(b)
    df = (va + vb)**2/(va**2/(len(a) - 1) + vb**2/(len(b) - 1))
    assert found.interval == pytest.approx(skewed_ends(a.mean() - b.mean(), va + vb, ka - kb, df))
    assert found.per_user == pytest.approx(a.mean() - b.mean()) and found.how == ''
    assert found.share == pytest.approx(found.per_user*len(a)/900)

def test_adjusted_by_hand():
    "Two strata of unequal shares held out: the plain difference is off, the post-stratified one is not."
    treated, control = np.r_[np.full(10, 1.), np.full(30, 11.)], np.r_[np.full(10, 0.), np.full(2, 10.)]
    strata = np.repeat(['a', 'b'], [10, 30]), np.repeat(['a', 'b'], [10, 2])
    assert incremental_sales(treated, control).per_user == pytest.approx(8.5 - 20/12)
    found = incremental_sales(treated, control, strata=strata)
    assert found.per_user == pytest.approx(1) and found.interval == pytest.approx((1, 1))
    assert found.means == pytest.approx((8.5, 20/12)) and 'within 2 strata' in found.table().to_string()

def test_shift_and_scale():
    y, t, s, x = sales(600)
    a = HoldoutComparison(y, t, s, x)
    b = HoldoutComparison(4*y + 3, t, s, 2*x + 1)
    c = HoldoutComparison(y + 5*t, t, s, x)
    assert b.estimate == pytest.approx(4*a.estimate)
    assert b.ends() == pytest.approx(tuple(4*o for o in a.ends()), rel=1e-6)
    assert c.estimate == pytest.approx(a.estimate + 5)
    assert c.ends() == pytest.approx(tuple(o + 5 for o in a.ends()), rel=1e-6)
    o = np.random.default_rng(1).permutation(600)
    assert HoldoutComparison(y[o], t[o], s[o], x[o]).ends() == pytest.approx(a.ends(), rel=1e-6)
    named = np.array(['spent least', 'spent little', 'spent more', 'spent most'])[s]
    assert HoldoutComparison(y, t, named, x).ends() == pytest.approx(a.ends(), rel=1e-6)
    wide, slim = np.ptp(a.ends(.99)), np.ptp(a.ends(.8))
    assert wide > np.ptp(a.ends()) > slim > 0 and np.isfinite(a.ends(1.)).all()

@pytest.mark.parametrize('strata', [None, np.zeros(60), np.arange(60), np.repeat([1, np.nan], 30), list('ab')*30])
@pytest.mark.parametrize('held', [2, 3, 30, 57, 58])
def test_strange_strata_and_few_held_out(strata, held):
    r = np.random.default_rng(held)
    y, x, t = r.gamma(.5, 20, 60), r.gamma(.5, 20, 60), r.permutation(60) >= held
    low, high = HoldoutComparison(y, t, strata, x).ends()
    assert low < HoldoutComparison(y, t, strata, x).estimate < high

def test_nobody_of_the_control_group_bought():
    y, t = np.r_[np.zeros(30), np.zeros(900), np.full(100, 10.)], np.arange(1030) >= 30
    low, high = incremental_sales(y[t], y[~t], strata=(np.ones(1000), np.ones(30))).interval
    assert low < 0 < high
    none = incremental_sales(np.zeros(40), np.zeros(20), before=(np.arange(40.), np.arange(20.)))
    assert np.isnan(none.interval).all() and 'spent the same' in none.claim(Money(), 5.)

def test_pairs_that_do_not_fit():
    a, b = np.arange(5.), np.arange(3.)
    for wrong in (dict(strata=a), dict(strata=(a, a)), dict(before=(b, a)), dict(before=None, strata=(a,))):
        with pytest.raises(UsageError): incremental_sales(a, b, **wrong)
    for x in ([0, 1, np.nan], ['1', 'much', '2'], [0, 1, np.inf]):
        with pytest.raises(DataError, match='control, before'): incremental_sales(a, b, before=(a, x))

@pytest.mark.parametrize('held', [.02, .1, .3])
def test_coverage_of_heavy_tails(held):
    "500 customers, ten of them held out, lognormal sales: the truth is inside in 95 of 100 lotteries."
    inside, r = 0, np.random.default_rng(0)
    for k in range(150):
        g = r.normal(0, .8, 500)
        x, y = np.exp(g + r.normal(0, .8, 500)), np.exp(g + r.normal(0, .8, 500))
        s = quarters(x)
        t = (assign(np.arange(500), s, held, seed=k).group == 'offer').to_numpy()
        low, high = HoldoutComparison(y + 1*t, t, s, x, draws=300).ends()
        inside += low <= 1 <= high
    assert .9 <= inside/150 <= .99

def test_effects_that_differ_are_covered_where_many_are_held_out():
    "Who buys, buys twice as much: the spread of the two groups differs, and the interval knows it."
    inside = [0, 0]
    for k in range(80):
        y, t, s, x = sales(2000, k, .3)
        y1 = 2*y
        low, high = HoldoutComparison(np.where(t, y1, y), t, s, x, draws=300).ends()
        inside[0] += low <= (y1 - y).mean() <= high
        low, high = HoldoutComparison(np.where(t, y, y1), t, s, x, draws=300).ends()
        inside[1] += low <= (y - y1).mean() <= high
    assert min(inside)/80 > .87

# ---- what it can see

def test_the_visible_gain_falls_with_what_is_known():
    y, _, s, x = sales(1000)
    sizes = dict(n_offer=900, n_holdout=100)
    plain, strata, both = visible_gain(y, **sizes), visible_gain(y, strata=s, **sizes), visible_gain(y, x, s, **sizes)
    assert both < strata < plain
    assert visible_gain(y, x, s, **sizes) == both
    assert visible_gain(y, x, s, n_offer=500, n_holdout=500) < both < visible_gain(y, x, s, n_offer=980, n_holdout=20)
    assert visible_gain(y, x, s, **sizes, chance=.5) < both < visible_gain(y, x, s, **sizes, chance=.95)
    assert visible_gain(y, x, s, **sizes, level=.8) < both
    assert np.isnan(visible_gain(np.zeros(20), n_offer=10, n_holdout=10))
    for wrong in (dict(n_offer=1, n_holdout=9), dict(n_offer=5.5, n_holdout=9), dict(**sizes, chance=1),
                  dict(**sizes, level=0)):
        with pytest.raises(UsageError): visible_gain(y, **wrong)
    with pytest.raises(UsageError): visible_gain(y, x, s[:10], **sizes)

@pytest.mark.parametrize('adjust, runs', [(True, 120), (False, 40)])
def test_a_visible_gain_is_found_as_often_as_told(adjust, runs):
    hits = 0
    for k in range(runs):
        y, t, s, x = sales(400, k)
        other, _, so, xo = sales(400, 1000 + k)
        gain = visible_gain(other, *((xo, so) if adjust else ()), n_offer=int(t.sum()), n_holdout=int((~t).sum()))
        hits += HoldoutComparison(y + gain*t, t, *((s, x) if adjust else ())).ends()[0] > 0
    assert abs(hits/runs - .8) < .05 + 2.5*(.16/runs)**.5

def test_told_in_words():
    words = Money(.25, currency='EUR').invisible(.4)
    assert words == 'A gain under 0.40 EUR of sales per customer (0.10 EUR of margin) will stay invisible.'
    assert 'EUR' not in Money().invisible(.4) and 'nan' not in Money().invisible(np.nan)

# ---- the seam: plan, lottery, campaign, comparison

def test_from_the_plan_to_the_claim():
    "Those whom the rule would send something are compared, in both groups; the truth is in the interval."
    shop = MadeUpShop(3000, items=24, campaigns=2, days=84, seed=2, effect=3)
    past = shop.bought(days=14)
    design = assign(past.index, quarters(past), .2, seed=1).set_index('user_id')
    would = best(shop)[lambda d: d['user_id'].isin(past.index[past > 0])]
    sent = would[design.loc[would['user_id'], 'group'].to_numpy() == 'offer']
    lived = shop.live(sent)
    p = lived.purchases[lived.purchases['time'] >= shop.begin].groupby('user_id')['value'].sum()
    inn, out = sent['user_id'], would.loc[~would['user_id'].isin(sent['user_id']), 'user_id']
    def pair(x): return x.reindex(inn, fill_value=0).to_numpy(), x.reindex(out, fill_value=0).to_numpy()
    found = incremental_sales(*pair(p), strata=pair(design['stratum']), before=pair(past))
    true = shop.truth(sent)
    assert found.interval[0] < true.realised_sales_per_user < found.interval[1]
    assert found.interval[0]*found.n[0] < true.sales < found.interval[1]*found.n[0]
    assert 'for sales before' in found.how and found.claim(Money(), true.realised_cost)
