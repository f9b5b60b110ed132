"The intervals of sums, from a file of scores over `Campaign.expected` to the page: one function, every kind of shop."
import numpy as np, pandas as pd, pytest

from promo_lib import Campaign, PromoData
from promo_lib.calibration import ForecastSpread
from promo_lib.data import KEY, toy_tables

NEEDED = ['start', 'end', 'users', 'offers', 'actual', 'squares']
FORECAST = ['redemptions', 'sales', 'discount', 'cost', 'margin', 'profit']

def shop(campaigns, users=30, offers=3, rate=.1, recorded=True, seed=0):
    "A shop with some ended campaigns and a last one: tables of the contract."
    r, first = np.random.default_rng(seed), pd.Timestamp('2026-01-01')
    rows, given, hits = [], [], []
    for k in range(campaigns + 1):
        start = first + pd.Timedelta(days=30*k)
        for o in range(offers): rows.append((f'o{k}_{o}', f'k{k}', start, start + pd.Timedelta(days=20)))
        for u in range(users):
            given.append((f'u{u}', f'k{k}'))
            for o in range(offers):
                if r.random() < rate:
                    hits.append((f'u{u}', f'o{k}_{o}', f'k{k}', start + pd.Timedelta(days=5), 'redeem',
                                 *((r.gamma(2, 5), r.gamma(4, .5)) if recorded else (np.nan, np.nan))))
    if not hits: hits.append(('u0', f'o{k}_0', f'k{k}', start + pd.Timedelta(days=5), 'redeem', 8., 1.))
    t = toy_tables()
    tables = dict(users=pd.DataFrame(dict(user_id=[f'u{u}' for u in range(users)])), items=t['items'],
                  offers=pd.DataFrame(rows, columns=['offer_id', 'campaign_id', 'start', 'end']),
                  purchases=t['purchases'][:1].assign(user_id='u0', time=first),
                  exposures=pd.DataFrame(given, columns=['user_id', 'campaign_id']),
                  offer_items=pd.DataFrame(dict(offer_id=[o[0] for o in rows], campaign_id=[o[1] for o in rows],
                                                item_id=t['items'].item_id.iloc[0])),
                  outcomes=pd.DataFrame(hits, columns=['user_id', 'offer_id', 'campaign_id', 'time', 'kind', 'value',
                                                       'cost']))
    return PromoData.from_tables(tables)

def scored(data, campaign, p=.1, low=None, high=None):
    return data.candidates([campaign])[KEY].assign(p_redeem=p, p_low=p if low is None else low,
                                                   p_high=p if high is None else high, e_sales=10., e_discount=2.)

def sound(x, goal='profit'):
    "Every figure that is known lies in its interval, and the interval is one of numbers."
    for k in FORECAST:
        # nobody knows the money
        if goal == 'redemptions' and k in ('sales', 'margin', 'profit', 'gross_margin', 'roi', 'roas'):
            assert np.isnan(x[k]), k
            continue
        assert x[f'{k}_low'] <= x[k] + 1e-9 and x[k] <= x[f'{k}_high'] + 1e-9, k
        assert np.isfinite([x[f'{k}_low'], x[f'{k}_high']]).all(), k

@pytest.mark.parametrize('case', [
    dict(campaigns=0), dict(campaigns=1), dict(campaigns=2), dict(campaigns=4, users=1, offers=1),
    dict(campaigns=3, rate=0.), dict(campaigns=3, recorded=False), dict(campaigns=8)])
def test_every_kind_of_shop_has_an_interval(case):
    "No campaign, one or two before; one customer and one offer; nothing ever redeemed; no money ever recorded."
    data = shop(**case)
    c = Campaign(data, f'k{case["campaigns"]}', scores=scored(data, f'k{case["campaigns"]}'))
    for sent in (c.plan(), c.candidates[KEY], c.candidates[KEY][:1]): sound(c.expected(sent), c.money.goal)
    assert c.money.goal == ('redemptions' if case.get('recorded') is False else 'profit')
    assert c.judgement().startswith('The 90 % intervals')

@pytest.mark.parametrize('p', [0., 1e-9, 1.])
def test_chances_of_nothing_and_of_everything(p):
    data = shop(3)
    c = Campaign(data, 'k3', scores=scored(data, 'k3', p))
    x = c.expected(c.candidates)
    sound(x)
    if p < .5: assert x.redemptions_high == pytest.approx(p*90, abs=1e-6)
    else: assert x.redemptions_high == 90

def test_a_plan_that_sends_nothing_is_sure():
    data = shop(3)
    c = Campaign(data, 'k3', scores=scored(data, 'k3'))
    x = c.expected(c.candidates[KEY][:0])
    assert [x[f'{k}{o}'] for k in FORECAST for o in ('', '_low', '_high')] == [0.]*18

def test_it_is_not_the_sum_of_the_ends():
    "All low and all high chances together leave out chance: two redemptions of 0.02 each are not 'between 2 and 2'."
    data = shop(6)
    c = Campaign(data, 'k6', scores=scored(data, 'k6', 2/90))
    x = c.expected(c.candidates)
    assert x.redemptions_low < 2 - 1e-9 < 2 + 1e-9 < x.redemptions_high

def test_profit_moves_with_its_cost():
    "Margin and cost come from the same redemptions: the interval of their difference is narrower than their ends'."
    data = shop(6)
    c = Campaign(data, 'k6', scores=scored(data, 'k6'), margin_rate=.9, contact_cost=0.)
    x = c.expected(c.candidates)
    assert x.profit_high - x.profit_low < (x.margin_high - x.cost_low) - (x.margin_low - x.cost_high)

def test_a_known_shop_is_surer_and_a_doubtful_model_less():
    many, none = shop(12), shop(0)
    width = []
    for data, k in ((many, 'k12'), (none, 'k0')):
        x = Campaign(data, k, scores=scored(data, k)).expected(data.candidates([k])[KEY])
        width.append(x.redemptions_high - x.redemptions_low)
    assert width[0] < width[1]
    vague = Campaign(many, 'k12', scores=scored(many, 'k12', low=.01, high=.9))
    x = vague.expected(vague.candidates)
    assert x.redemptions_high - x.redemptions_low > width[0]

@pytest.mark.parametrize('suffix', ['csv', 'parquet'])
def test_from_a_file_of_scores_to_the_same_numbers(suffix, tmp_path):
    "A file and a frame are one: the interval needs nothing of the model that made them."
    data = shop(5)
    s, path = scored(data, 'k5'), tmp_path/f'scores.{suffix}'
    if suffix == 'csv': s.to_csv(path, index=False)
    else: s.to_parquet(path)
    a, b = (Campaign(data, 'k5', scores=o) for o in (s, path))
    pd.testing.assert_series_equal(a.expected(a.plan(5.)), b.expected(b.plan(5.)))

def test_numbers_of_one_page_come_from_one_function():
    "The whole campaign per hundred customers is the same forecast as that of a plan that sends everything."
    data = shop(5)
    c = Campaign(data, 'k5', scores=scored(data, 'k5'))
    x = c.expected(c.candidates)
    assert c.per_hundred() == tuple(100*x[f'redemptions{o}']/30 for o in ('', '_low', '_high'))
    assert c.chance_over(c.candidates, x.cost_high) <= .1 and c.chance_over(c.candidates, 0.) == 1
    c.plot_expected(c.candidates)

def test_what_comes_later_is_not_known():
    "Campaigns that had not ended when the model was made say nothing of the spread."
    data = shop(6)
    assert list(Campaign(data, 'k2', scores=scored(data, 'k2')).spread.past_['campaign_id']) == ['k0', 'k1']

def test_small_campaigns_are_covered():
    "Shops with 2 to 8 past campaigns of 1 to 50 redemptions: about nine in ten inside (the chapter measures it)."
    inside = []
    for i in range(60):
        r = np.random.default_rng(i)
        tau, K, rows = abs(r.normal(0, .6)), r.integers(2, 9), []
        for k in range(K + 1):
            u = int(np.exp(r.uniform(0, np.log(50)))*5) + 1
            m = r.poisson(.2*np.exp(r.normal(0, tau))*r.gamma(1, 1, u))
            rows.append(dict(start=k, end=k + .5, users=u, offers=10, actual=m.sum(), squares=(m**2).sum()))
        past = pd.DataFrame(rows, columns=NEEDED)
        s, new = ForecastSpread(n=1000).fit(past[:-1]), past.iloc[-1]
        p = np.full(int(10*new.users), .02)
        low, high = s.ends(s.draw(p, new.users, 4 + 0*p, 1 + 0*p, s.gap(p.sum(), new.users, 10))['redemptions'], True)
        inside.append(low <= new.actual <= high)
    assert .8 <= np.mean(inside) <= .99

def test_who_was_given_nothing_does_not_widen_a_promise():
    "Redemptions of customers who were never exposed are no history of the campaigns: one rule for page and promise."
    from promo_lib.data import PromoData, load_sample
    from promo_lib.measure import known_redemptions, past_campaigns
    t = load_sample().tables
    lost = t['exposures']['user_id'].unique()[::3]
    e, o = (t[k][~t[k]['user_id'].isin(lost)] for k in ('exposures', 'outcomes'))
    with_them, without = (PromoData.from_tables({**t, 'exposures': e, 'outcomes': x}) for x in (t['outcomes'], o))
    ids, until = t['offers']['campaign_id'].unique(), '2017-10-01'
    a, b = (known_redemptions(d, until, ids) for d in (with_them, without))
    pd.testing.assert_frame_equal(a.reset_index(drop=True), b.reset_index(drop=True))
    assert len(a) < len(known_redemptions(load_sample(), until, ids))
    assert past_campaigns(with_them, until)['redemptions'].sum() == len(a)

def test_a_kept_promise_narrows_the_page():
    "From the promises of earlier campaigns over `Campaign` to its intervals and what it says of them."
    data = shop(12, rate=.15)
    hits = data.outcomes.groupby('campaign_id').size()
    kept = {f'k{k}': float(hits[f'k{k}']) for k in range(4, 12)}
    blind, told = (Campaign(data, 'k12', scores=scored(data, 'k12'), promised=o) for o in (None, kept))
    before, after = (o.expected(o.candidates) for o in (blind, told))
    sound(after)
    assert after.redemptions_high - after.redemptions_low < before.redemptions_high - before.redemptions_low
    assert told.spread.judged_['by'].value_counts().to_dict() == dict(model=8, size=3)
    assert ' 8 forecast by the model and 3 by size, each as of its own start' in told.judgement()
    assert 'each forecast by size as of its own start' in blind.judgement()

def test_a_broken_promise_widens_it():
    "A model that promised ten times what came is not believed within a quarter."
    data = shop(8)
    hits = data.outcomes.groupby('campaign_id').size()
    def high(factor):
        kept = {k: float(hits[k])*factor for k in hits.index if k != 'k8'}
        c = Campaign(data, 'k8', scores=scored(data, 'k8'), promised=kept)
        return c.expected(c.candidates).redemptions_high - c.expected(c.candidates).redemptions_low
    assert high(10.) > 1.5*high(1.)

@pytest.mark.parametrize('kind', [dict, pd.Series])
def test_promises_of_what_had_not_ended_are_not_known(kind):
    "The ledger may hold this campaign and later ones: nothing of them is read, and their outcome is not either."
    data = shop(6)
    until = {f'k{k}': 10. for k in range(3)}
    every = kind({**until, **{f'k{k}': 1e4 for k in range(3, 7)}})
    a, b = (Campaign(data, 'k3', scores=scored(data, 'k3'), promised=o) for o in (kind(until), every))
    pd.testing.assert_series_equal(a.expected(a.candidates), b.expected(b.candidates))
    assert list(b.spread.judged_['campaign_id']) == ['k0', 'k1', 'k2'] and set(b.spread.judged_['by']) == {'model'}

def test_promises_by_ids_of_text():
    "Ids of a file are text: '18' is campaign 18, and one that is nowhere is told."
    from promo_lib.core import UsageError
    from promo_lib.data import load_sample
    sample = load_sample()
    scores = scored(sample, 18)
    a, b = (Campaign(sample, 18, scores=scores, promised=o) for o in ({13: 50., 8: 40.}, {'13': 50., '8': 40.}))
    assert a.spread.judged_['by'].eq('model').sum() == 2 == b.spread.judged_['by'].eq('model').sum()
    for odd, words in (({99: 1.}, 'not in the data: 99'), (pd.Series([1., 2.], [13, '13']), 'more than once')):
        with pytest.raises(UsageError, match=words): Campaign(sample, 18, scores=scores, promised=odd)
    for odd in (-1., np.inf, 'many'):
        c = Campaign(sample, 18, scores=scores, promised={13: odd})
        with pytest.raises(UsageError, match='promised must be'): c.judgement()
