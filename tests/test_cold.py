"The first campaign of a shop: a prior, affinities from purchases alone, and the account of what rests on what."
import gzip, json, warnings
from pathlib import Path

import numpy as np, pandas as pd, pytest
from hypothesis import given, settings, strategies as st
from scipy.stats import beta

from promo_lib.cold import Prior, cold_scores, rests_on
from promo_lib.core import DataError, PromoError, UsageError
from promo_lib.data import KEY, SCORES, PromoData, check_scores, load_complete_journey, load_open_bandit, load_sample
from promo_lib.metrics import auc

DAY = pd.Timestamp

def public(name):
    "A public file beside the project, or skip."
    places = [o/'shared'/'data'/name for o in Path(__file__).resolve().parents]
    here = next((o for o in places if o.exists()), None)
    if here is None: pytest.skip(f'../shared/data/{name} is not here')
    return here

def tea_house(n=40, seed=0):
    "A tea house in Hangzhou before its first campaign: half of its customers buy green tea, the others black."
    r = np.random.default_rng(seed)
    users = pd.DataFrame(dict(user_id=[f'客{i:03d}' for i in range(n)]))
    items = pd.DataFrame(dict(item_id=[f'{i:03d}' for i in range(30)], 类别=['绿茶', '红茶', '点心']*10))
    offers = pd.DataFrame(dict(offer_id=['绿', '红', '新'], campaign_id='开业', start=DAY('2026-05-01'),
                               end=DAY('2026-05-28')))
    links = pd.DataFrame(dict(offer_id=['绿', '红', '新'], campaign_id='开业', item_id=['000', '001', '027']))
    taste = np.repeat(np.where(np.arange(n) % 2, '红茶', '绿茶'), 12)
    kind = np.where(r.random(12*n) < .8, taste, '点心')
    item = [r.choice(items.item_id[(items['类别'] == k) & (items.item_id != '027')]) for k in kind]
    buys = pd.DataFrame(dict(user_id=np.repeat(users.user_id, 12).to_numpy(), item_id=item, quantity=1.,
                             value=r.uniform(5, 60, 12*n),
                             time=DAY('2026-01-05') + pd.to_timedelta(r.integers(0, 24*100, 12*n), 'h')))
    shown = users.assign(campaign_id='开业')
    return dict(users=users, items=items, offers=offers, offer_items=links, exposures=shown, purchases=buys)

def first_campaign(tables, users=None):
    users = tables['users'] if users is None else users
    return users[['user_id']].merge(tables['offers'][['offer_id', 'campaign_id', 'start', 'end']], how='cross')

# --- the prior --------------------------------------------------------------------------------------------------------

@pytest.mark.parametrize('given', [(0, .002, .03), (.01, 0, .03), (.01, .03, .002), (.01, .02, .03),
                                   (.01, .002, 1), (.5, .1, 2), ('one', .002, .03), (None, .002, .03),
                                   (float('nan'), .002, .03), (True, .002, .03), (.01, .01, .01), (-.01, .002, .03)])
def test_a_prior_that_is_none(given):
    with pytest.raises(UsageError): Prior(*given)

@pytest.mark.parametrize('text', ['', 'usual'])
def test_usual_by_word(text): assert Prior.parse(text) == Prior.usual()

@pytest.mark.parametrize('text', ['0.01 (0.002 to 0.03)', '0.01:0.002:0.03', '0.01 (0.002-0.03)',
                                  ' .01 : .002 : .03 ', '1% (0.2% to 3%)', '1e-2:2e-3:3e-2', '0.01, 0.002, 0.03',
                                  '0.01 0.002 to 0.03'])
def test_forms_of_a_prior(text):
    p = Prior.parse(text)
    assert (p.rate, p.low, p.high) == pytest.approx((.01, .002, .03))

@pytest.mark.parametrize('text', ['many', '1', '0', '0.01:0.002', '0.01:0.03:0.002', '0,01', '0.01 to',
                                  'nan', '-0.1', True, None, [.1], '1:2:3', '0.01:0.002:0.03:0.04', '一成'])
def test_texts_that_are_no_prior(text):
    with pytest.raises(UsageError): Prior.parse(text)

def test_the_usual_numbers_are_those_of_the_data():
    data, one = load_complete_journey(), Prior.usual(1)
    c = data.candidates(known_by='2017-10-01').query('start < "2017-10-01"')
    g = c.groupby('campaign_id').agg(k=('redeemed', 'sum'), n=('redeemed', 'size'), users=('user_id', 'nunique'))
    z, O = np.log((g.k + .5)/(g.n + 1)), g.n/g.users
    w = np.sqrt(1/(.25 + 1/(g.k + .5)))
    level, slope = np.linalg.lstsq(np.column_stack([w, w*np.log(O)]), w*z, rcond=None)[0]
    assert one.rate == pytest.approx(np.exp(level), abs=.001) and slope == pytest.approx(-.5, abs=.1)
    assert Prior.usual() == Prior.usual(O.median())
    bandit = load_open_bandit()
    assert one.low == pytest.approx(len(bandit.outcomes)/len(bandit.exposures)/2, abs=1e-4)
    paid = data.outcomes.query('time < "2017-10-01" and value > 0 and cost > 0')
    assert one.discount_share == pytest.approx(paid.cost.sum()/paid.value.sum(), abs=.01)

def test_the_coffee_chain_gives_the_high_end():
    folder = public('offers_funnel')
    text = gzip.open(folder/'transcript.json.gz', 'rt', encoding='utf-8').read()
    events = json.loads(text) if text.startswith('[') else [json.loads(o) for o in text.splitlines() if o.strip()]
    raw = (folder/'portfolio.json').read_text('utf-8')
    offers = json.loads(raw) if raw.startswith('[') else [json.loads(o) for o in raw.splitlines() if o.strip()]
    told = {o['id'] for o in offers if o['offer_type'] == 'informational'}
    got = sum(o['event'] == 'offer received' and o['value']['offer id'] not in told for o in events)
    done = sum(o['event'] == 'offer completed' for o in events)
    assert Prior.usual(1).high == pytest.approx(done/got, abs=.005)

@settings(max_examples=60, deadline=None)
@given(st.floats(1e-5, .5), st.floats(3, 20), st.floats(3, 20), st.integers(0, 200), st.integers(0, 10_000),
       st.integers(0, 10_000))
def test_updates_add_up_and_stay_inside(rate, down, up, k, n, m):
    odds = rate/(1 - rate)
    p = Prior(rate, odds/down/(1 + odds/down), odds*up/(1 + odds*up))
    n += int(k/min(2*rate, .5))                             # what may well be: at most twice the rate
    q = p.updated(k, n)
    assert 0 < q.low < q.rate < q.high < 1 and min(p.rate, k/max(n, 1)) <= q.rate <= max(p.rate, k/max(n, 1))
    twice = q.updated(min(3, m), m)
    once = p.updated(k + min(3, m), n + m)
    assert (twice.low, twice.high) == pytest.approx((once.low, once.high), rel=1e-3)
    assert twice.rate == pytest.approx(once.rate, rel=5e-2)
    assert p.updated(0, 10**6).high < p.high and p.updated(10**11, 10**12).rate == pytest.approx(.1, abs=.02)

@pytest.mark.parametrize('k, n', [(5, 4), (-1, 4), (1, -1), ('a', 4), (float('nan'), 4), (1, float('inf'))])
def test_counts_that_cannot_be(k, n):
    with pytest.raises(UsageError): Prior.usual().updated(k, n)

def test_the_total_covers_what_its_own_prior_draws():
    p, r = Prior(.01, .002, .03), np.random.default_rng(0)
    from promo_lib.cold import _beta_of
    _, low, high = p.total(5000)
    rates = beta.rvs(*_beta_of(p.low, p.high), size=20_000, random_state=r)
    came = r.binomial(5000, rates)
    assert ((low <= came) & (came <= high)).mean() == pytest.approx(.9, abs=.02)

# --- scores -----------------------------------------------------------------------------------------------------------

def test_taste_in_chinese():
    t = tea_house()
    c = first_campaign(t)
    s = cold_scores(PromoData(t), c, Prior(.02, .005, .06))
    check_scores(s, c)
    assert list(s) == [*KEY, *SCORES, 'basis'] and s.p_redeem.mean() == pytest.approx(.02)
    green = s.user_id.str[1:].astype(int) % 2 == 0
    mean = s.assign(green=green).groupby(['offer_id', 'green']).p_redeem.mean()
    assert mean['绿', True] > 2*mean['绿', False] and mean['红', False] > 2*mean['红', True]
    assert set(s.basis) == {'affinity'}                     # nobody ever bought 027, but its category speaks
    wide = (s.p_high/s.p_low).groupby(s.offer_id).mean()
    assert wide['新'] > wide['绿']

def test_more_purchases_of_the_product_a_higher_chance():
    t, last = tea_house(), 0.
    one = pd.DataFrame(dict(user_id=['客001'], item_id=['000'], quantity=1., value=20., time=DAY('2026-03-01')))
    for n in range(0, 12, 3):
        data = PromoData(t | dict(purchases=pd.concat([t['purchases'], *[one]*n], ignore_index=True)))
        p = cold_scores(data, first_campaign(t)).set_index(KEY).p_redeem['客001', '绿', '开业']
        assert p > last
        last = p

def test_a_new_customer_rests_on_the_offer_and_a_new_shop_on_the_prior():
    t = tea_house()
    users = pd.concat([t['users'], pd.DataFrame(dict(user_id=['新客']))], ignore_index=True)
    s = cold_scores(PromoData(t | dict(users=users)), first_campaign(t, users), Prior(.02, .005, .06))
    new = s[s.user_id == '新客'].set_index('offer_id')
    assert new.basis.to_dict() == dict(绿='offer', 红='offer', 新='prior')
    assert new.p_redeem['新'] == pytest.approx(.02) and s.p_redeem.mean() == pytest.approx(.02)
    assert (new.p_high/new.p_low > .06/.005).all()           # of a single one less is known than of the mean
    bare = PromoData({k: t[k] for k in ('users', 'offers')})
    with pytest.warns(UserWarning, match='no table says'): s = cold_scores(bare, first_campaign(t))
    assert set(s.basis) == {'prior'} and s.p_redeem.nunique() == 1

@pytest.mark.parametrize('empty', [False, True])
@pytest.mark.parametrize('gone', ['exposures', 'outcomes', 'purchases', 'items', 'offer_items', 'users'])
def test_any_table_may_lack(gone, empty):
    t = load_sample()
    c = t.candidates([9], known_by='2017-10-01')
    tables = {k: o for k, o in t.tables.items() if k != gone} | ({gone: t.tables[gone].iloc[:0]} if empty else {})
    with warnings.catch_warnings():
        warnings.simplefilter('ignore')
        s = cold_scores(PromoData(tables), c)
        account = rests_on(PromoData(tables), s)
    check_scores(s, c)
    assert account['count'].tail(4).sum() == len(c) and (account['count'] <= account['of']).all()
    if gone in ('purchases', 'offer_items'): assert set(s.basis) == {'prior'}

def test_what_comes_later_is_not_read():
    t = tea_house()
    late = t['purchases'].assign(time=DAY('2026-05-02'), value=1000.)
    with_late = PromoData(t | dict(purchases=pd.concat([t['purchases'], late], ignore_index=True)))
    c = first_campaign(t)
    pd.testing.assert_frame_equal(cold_scores(with_late, c), cold_scores(PromoData(t), c))

def test_the_order_of_rows_does_not_matter():
    t, r = tea_house(), np.random.default_rng(1)
    c = first_campaign(t)
    mixed = {k: o.iloc[r.permutation(len(o))].reset_index(drop=True) for k, o in t.items()}
    a, b = cold_scores(PromoData(t), c), cold_scores(PromoData(mixed), c.iloc[::-1].reset_index(drop=True))
    pd.testing.assert_frame_equal(a, b.iloc[::-1].reset_index(drop=True), rtol=1e-9)

def test_money_as_stated():
    t = tea_house()
    offers = t['offers'].assign(price=[30., None, None], discount=[None, 4., None])
    prior = Prior(.02, .005, .06, discount_share=.25)
    s = cold_scores(PromoData(t | dict(offers=offers)), first_campaign(t), prior).set_index('offer_id')
    assert (s.e_sales['绿'] == 30).all() and np.allclose(s.e_discount['绿'], 7.5) and (s.e_discount['红'] == 4).all()
    assert s.e_sales['红'].between(5, 60).all()

@pytest.mark.parametrize('change', [dict(until='soon'), dict(until='2026-05-01+08:00'), dict(prior='much'),
                                    dict(prior=0), dict(data='shop'), dict(candidates=[1, 2]),
                                    dict(candidates=pd.DataFrame(dict(user_id=[1])))])
def test_bad_input(change):
    t = tea_house()
    with pytest.raises(PromoError): cold_scores(**dict(dict(data=PromoData(t), candidates=first_campaign(t)), **change))

def test_an_offer_that_is_not_there():
    t = tea_house()
    c = first_campaign(t).assign(campaign_id='闭业')
    with pytest.raises(DataError, match='not in offers'): cold_scores(PromoData(t), c)
    with pytest.raises(DataError, match='none of them is in users'):
        cold_scores(PromoData(t), first_campaign(t).assign(user_id='somebody else'))

def test_no_candidates():
    t = tea_house()
    s = cold_scores(PromoData(t), first_campaign(t).iloc[:0])
    assert not len(s) and list(s) == [*KEY, *SCORES, 'basis']

def test_few_outcomes_move_the_rate_and_none_do_not():
    t = tea_house()
    later = t['offers'].assign(campaign_id='夏', start=DAY('2026-07-01'), end=DAY('2026-07-28'))
    both = t | dict(offers=pd.concat([t['offers'], later], ignore_index=True))
    c = first_campaign(dict(t, offers=later))
    hits = first_campaign(t).iloc[:40:6].assign(time=DAY('2026-05-05'), kind='redeem', value=20., cost=5.)
    hits = hits[[*KEY, 'time', 'kind', 'value', 'cost']]
    before = cold_scores(PromoData(both), c, Prior(.02, .005, .06))
    after = cold_scores(PromoData(both | dict(outcomes=hits)), c, Prior(.02, .005, .06))
    assert before.p_redeem.mean() == pytest.approx(.02) and .025 < after.p_redeem.mean() < len(hits)/120

def test_orders_the_sample_without_a_redemption():
    t = load_sample()
    for k, least in ((8, .82), (13, .8)):
        c = t.candidates([k], known_by='2017-10-01')
        s = cold_scores(PromoData({n: o for n, o in t.tables.items() if n not in ('outcomes', 'exposures')}), c)
        assert auc(c.redeemed, s.p_redeem) > least

# --- a shop of another kind -------------------------------------------------------------------------------------------

def wholesaler():
    "Invoices without any campaign: who will buy which products in the month after 2011-10-01?"
    raw = pd.read_parquet(public('online_retail.parquet')).dropna(subset=['CustomerID'])
    raw = raw[(raw.Quantity > 0) & (raw.UnitPrice > 0)]
    when = pd.to_datetime(raw.InvoiceDate, format='mixed')
    lines = pd.DataFrame(dict(user_id=raw.CustomerID.astype(int), item_id=raw.StockCode, time=when,
                              quantity=raw.Quantity.astype(float), value=raw.Quantity*raw.UnitPrice))
    start = DAY('2011-10-01')
    sold = lines[lines.time < start].item_id.value_counts()
    chosen = sold.index[:2000:40]
    end = start + pd.Timedelta(days=30)
    offers = pd.DataFrame(dict(offer_id=chosen, campaign_id='autumn', start=start, end=end))
    items = raw.drop_duplicates('StockCode')[['StockCode', 'Description']].set_axis(['item_id', 'description'], axis=1)
    users = pd.DataFrame(dict(user_id=np.sort(lines.user_id.unique())[::4]))
    links = offers[KEY[1:]].assign(item_id=chosen)
    return dict(users=users, items=items, offers=offers, purchases=lines, offer_items=links)

def test_a_wholesaler_without_any_campaign():
    t = wholesaler()
    c = first_campaign(t)
    s = cold_scores(PromoData(t), c)
    check_scores(s, c)
    then = t['purchases'][t['purchases'].time.between(t['offers'].start.iloc[0], t['offers'].end.iloc[0])]
    pairs = pd.MultiIndex.from_frame(c[['user_id', 'offer_id']])
    bought = pairs.isin(pd.MultiIndex.from_frame(then[['user_id', 'item_id']]))
    sold = c.offer_id.map(t['purchases'][t['purchases'].time < c.start.iloc[0]].item_id.value_counts())
    assert auc(bought, s.p_redeem) > auc(bought, sold) + .1 and auc(bought, s.p_redeem) > .75
    account = rests_on(PromoData(t), s).set_index('what')
    assert account.share['users who were given no campaign before'] == 1
    assert 0 < account['count']['users without any purchase'] < len(t['users'])

# --- the account ------------------------------------------------------------------------------------------------------

def test_the_account():
    t = tea_house()
    users = pd.concat([t['users'], pd.DataFrame(dict(user_id=['新客']))], ignore_index=True)
    data, c = PromoData(t | dict(users=users)), first_campaign(t, users)
    a = rests_on(data, cold_scores(data, c)).set_index('what')
    assert list(a) == ['count', 'of', 'share', 'examples', 'meaning']
    assert a.loc['users without any purchase', ['count', 'of', 'examples']].tolist() == [1, 41, '新客']
    assert a.loc['offers whose products were never bought', ['count', 'of', 'examples']].tolist() == [1, 3, '新 · 开业']
    assert a['count']['offers whose products were never promoted before'] == 3
    basis = [a['count'][f'candidates that rest on: {k}'] for k in ('model', 'affinity', 'offer', 'prior')]
    assert basis == [0, 120, 2, 1]
    assert len(rests_on(data, c)) == 5
    own = rests_on(data, c.assign(basis='a guess')).set_index('what')
    assert own['count']['candidates that rest on: a guess'] == 123

def test_the_account_of_a_later_campaign():
    t = load_sample()
    a = rests_on(t, t.candidates([13], known_by='2017-10-01')).set_index('what')
    for what in ('offers whose products were never promoted before', 'users who were given no campaign before'):
        assert 0 < a['count'][what] < a['of'][what]
    with pytest.raises(UsageError): rests_on(t, t.candidates([13]), until='never')
