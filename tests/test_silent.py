"Faults that tables bring along and that nobody would notice: each is refused in words, counted, or read the right way."
import datetime, gzip
from decimal import Decimal

import duckdb, numpy as np, pandas as pd, polars as pl, pyarrow as pa, pytest
from hypothesis import HealthCheck, given, settings, strategies as st

from promo_lib.campaign import Campaign
from promo_lib.core import DataError, UsageError
from promo_lib.data import KEY, PromoData, load, load_sample, quality
from promo_lib.features import add_features
from promo_lib.measure import past_campaigns, read_holdout
from promo_lib.money import Money, add_value

DAY = pd.Timestamp

def market(n=24, seed=0):
    "A tea house in Hangzhou: three campaigns of two coupons, ids as text, money in yuan."
    r = np.random.default_rng(seed)
    users = pd.DataFrame(dict(user_id=[f'{i:05d}' for i in range(1, n + 1)], 城市=r.choice(['杭州', '宁波'], n)))
    items = pd.DataFrame(dict(item_id=['001', '002', '003', '004'], 类别=['绿茶', '绿茶', '红茶', '点心']))
    starts = [DAY('2026-03-01') + pd.DateOffset(months=i) for i in range(3)]
    offers = pd.DataFrame([(o, f'活动{i}', s, s + pd.Timedelta(days=27)) for i, s in enumerate(starts) for o in 'AB'],
                          columns=['offer_id', 'campaign_id', 'start', 'end'])
    links = offers[['offer_id', 'campaign_id']].assign(item_id=offers.offer_id.map(dict(A='001', B='003')))
    shown = users[['user_id']].merge(offers[['campaign_id']].drop_duplicates(), how='cross')
    hit = shown.merge(offers, on='campaign_id')
    hit = hit[r.random(len(hit)) < .3]
    outcomes = hit[KEY].assign(time=hit.start + pd.to_timedelta(r.integers(30, 600, len(hit)), 'h'), kind='redeem',
                               value=r.uniform(3, 20, len(hit)).round(2), cost=1.)
    buys = pd.DataFrame(dict(user_id=np.repeat(users.user_id, 8), item_id=r.choice(items.item_id, 8*n),
                             time=DAY('2026-01-05') + pd.to_timedelta(r.integers(0, 24*140, 8*n), 'h'), quantity=1.,
                             value=r.uniform(5, 60, 8*n).round(2)))
    return dict(users=users, items=items, offers=offers, offer_items=links, exposures=shown,
                outcomes=outcomes.reset_index(drop=True), purchases=buys.sort_values('time', ignore_index=True))

def written(tables, folder):
    "The tables as CSV files."
    folder.mkdir(exist_ok=True)
    for k, o in tables.items(): o.to_csv(folder/f'{k}.csv', index=False)
    return folder

def problems(tables, **how):
    "What is said of tables that are refused: (table, column, rows), and all of it as text."
    with pytest.raises(DataError) as e: PromoData.from_tables(tables, **how)
    return [(o.table, o.column, o.count) for o in e.value.problems], str(e.value)

def changed(table, **columns):
    t = market()
    return t | {table: t[table].assign(**columns)}

def count(data, check): return int(quality(data).set_index('check')['count'][check])

# --- Kind: something that must be there is missing --------------------------------------------------------------------

REQUIRED = [('offers', 'start'), ('outcomes', 'offer_id'), ('purchases', 'time'), ('users', 'user_id'),
            ('offers', 'campaign_id'), ('exposures', 'campaign_id'), ('outcomes', 'kind'), ('purchases', 'value')]

@pytest.mark.parametrize('table, column', REQUIRED)
def test_kind_missing_value(table, column, tmp_path, promo):
    t = market()
    t[table] = t[table].astype({column: object})
    t[table].loc[t[table].index[:2], column] = None
    found, text = problems(t)
    assert (table, column, 2) in found and 'a value is missing' in text
    folder = written(t, tmp_path/'shop')
    with pytest.raises(DataError, match=f'{table}.{column}: a value is missing'): PromoData.from_folder(folder)
    r = promo('check', folder)
    assert r.exit_code == 2 and 'stops' in r.stdout and f'{table}.{column}' in r.stdout

@pytest.mark.parametrize('value', [None, pd.NaT, np.nan, '', '  ', pd.NA])
def test_kind_missing_in_any_spelling(value):
    t = market()
    t['users']['user_id'] = [value, *t['users'].user_id[1:]]
    assert ('users', 'user_id', 1) in problems(t)[0]

@pytest.mark.parametrize('word', ['', 'NA', 'null', 'NaN'])
def test_kind_missing_number_or_time_in_a_file(word, tmp_path):
    t = market()
    t['purchases'] = t['purchases'].astype(object)
    t['purchases'].loc[0, ['time', 'value']] = word
    with pytest.raises(DataError) as e: PromoData.from_folder(written(t, tmp_path/'shop'))
    assert {(o.column, o.rule) for o in e.value.problems} == {(c, 'a value is missing') for c in ('time', 'value')}

# --- Kind: a value that is none of its kind ---------------------------------------------------------------------------

WRONG = [('purchases', 'value', True), ('purchases', 'value', '3,50'), ('purchases', 'value', np.inf),
         ('purchases', 'value', DAY('2026-01-01')), ('purchases', 'quantity', -1.), ('purchases', 'time', 46082),
         ('purchases', 'time', '1900-01-01'), ('purchases', 'time', 'yesterday'), ('offers', 'end', '9999-12-31'),
         ('outcomes', 'time', '2026'), ('outcomes', 'kind', 'Redeem'), ('users', 'user_id', True),
         ('users', 'user_id', 2.**60), ('users', 'user_id', [1])]

@pytest.mark.parametrize('table, column, value', WRONG)
def test_kind_wrong_value(table, column, value):
    t = market()
    t[table] = t[table].astype({column: object})
    t[table].at[0, column] = value
    found, _ = problems(t)
    assert (table, column, 1) in found

def test_kind_column_under_another_name():
    t = market()
    t['purchases'] = t['purchases'].rename(columns=dict(value='Value', quantity='quantiy'))
    t['exposures'] = t['exposures'].assign(Offer_ID='A')          # an optional column that nobody would read
    found, text = problems(t)
    assert {o[:2] for o in found} == {('purchases', 'value'), ('purchases', 'quantity'), ('exposures', 'offer_id')}
    assert "'Value' is there: rename it to value" in text and "'quantiy'" in text

# --- Kind: every type that a column can arrive in ---------------------------------------------------------------------

def as_arrow(s, kind): return s.astype(pd.ArrowDtype(kind))

TYPES = {
    'object': lambda t: t.astype(dict(value=object, time=object)),
    'text': lambda t: t.astype(str),
    'categories': lambda t: t.astype('category'),
    'nullable': lambda t: t.astype(dict(quantity='Int64', value='Float64', user_id='string')),
    'decimals': lambda t: t.assign(value=[Decimal(str(o)) for o in t.value]),
    'arrow': lambda t: t.assign(value=as_arrow(t.value, pa.float64()), time=as_arrow(t.time, pa.timestamp('ms')),
                                user_id=as_arrow(t.user_id, pa.string()), quantity=as_arrow(t.quantity, pa.int32())),
    'one clock': lambda t: t.assign(time=t.time.dt.tz_localize('UTC').dt.tz_localize(None)),
    'polars': lambda t: pl.from_pandas(t),
    'arrow table': lambda t: pa.Table.from_pandas(t),
}

@pytest.mark.parametrize('name', TYPES)
def test_kind_type_of_a_column(name):
    t = market()
    plain = PromoData.from_tables(t).purchases
    other = PromoData.from_tables(t | {'purchases': TYPES[name](t['purchases'])}).purchases
    pd.testing.assert_frame_equal(other, plain, check_dtype=False)

@pytest.mark.parametrize('kind', ['date objects', 'text', 'midnight', 'csv', 'parquet', 'duckdb', 'polars', 'arrow'])
def test_kind_date_as_an_end_is_the_whole_day(kind, tmp_path):
    t, days = market(), [o.date() for o in market()['offers'].end]
    ends = dict(text=[str(o) for o in days], midnight=pd.to_datetime(days),
                arrow=pd.array(days, pd.ArrowDtype(pa.date32())))
    t['offers'] = t['offers'].assign(end=ends.get(kind, days))
    if kind == 'csv': data = PromoData.from_folder(written(t, tmp_path/'shop'))
    elif kind == 'parquet':
        for k, o in t.items(): pa.parquet.write_table(pa.Table.from_pandas(o), tmp_path/f'{k}.parquet')
        data = PromoData.from_folder(tmp_path)
    elif kind == 'duckdb':
        with duckdb.connect(str(tmp_path/'a.duckdb')) as db:
            for k, o in t.items(): db.execute(f'create table {k} as select * from o')
            db.execute('alter table offers alter "end" type date')
        data = PromoData.from_sql(str(tmp_path/'a.duckdb'))
    else: data = PromoData.from_tables(t | {'offers': pl.from_pandas(t['offers']) if kind == 'polars' else t['offers']})
    assert data.offers.end.tolist() == [DAY(o) + pd.Timedelta(days=1) - pd.Timedelta(microseconds=1) for o in days]

def test_kind_last_day_counts():
    "A purchase and a redemption at noon of the last day, written as a date."
    t, noon = market(), DAY('2026-05-28 12:00')
    who = t['users'].user_id[:3]
    t['purchases'] = pd.concat([t['purchases'], pd.DataFrame(dict(user_id=who, item_id='001', time=noon, quantity=1.,
                                                                  value=500.))])
    t['outcomes'] = pd.DataFrame(dict(user_id=who, offer_id='A', campaign_id='活动2', time=noon,
                                      kind='redeem', value=9., cost=1.))
    data = PromoData.from_tables(t)
    c = data.candidates(['活动2'])
    scores = c[KEY].assign(p_redeem=.1, p_low=.05, p_high=.2, e_sales=5., e_discount=1.)
    may = Campaign(data, '活动2', Money(margin_rate=.3), scores)
    assert (may.sales_during(who) >= 500).all() and c.redeemed.sum() == 3
    assert count(data, 'outcomes after the end of the offer') == 0
    assert past_campaigns(data, '2026-05-28 18:00').running.tolist() == [False, False, True]
    assert may.days == 28

def test_kind_end_with_a_time_stays():
    t = market()
    t['offers']['end'] = [o + pd.Timedelta('18:00:00') if i else o for i, o in enumerate(t['offers'].end)]
    data = PromoData.from_tables(t)
    assert data.offers.end[1:].tolist() == t['offers'].end[1:].tolist()
    assert count(data, 'ends that are dates, beside ends with a time of day') == 1
    assert (load_sample().offers.end.dt.strftime('%H:%M:%S.%f') == '23:59:59.000000').all()

# --- Kind: ids through every path -------------------------------------------------------------------------------------

ID = st.one_of(st.integers(0, 10**25).map(str), st.integers(0, 999).map('{:05d}'.format),
               st.sampled_from(['NA', 'None', 'null', 'nan', 'True', '1001.0', '1e5', ' 7', '007', '7', '-0', '+5',
                                '绿茶', 'a,b', 'a"b', 'é', '0x1F', '2026-01-01', 'ＡＢ']),
               st.text(st.characters(codec='utf-8', exclude_categories=('Cc', 'Cs', 'Zl', 'Zp')), min_size=1,
                       max_size=6).filter(lambda o: o.strip()))

@settings(max_examples=6, deadline=None, suppress_health_check=[HealthCheck.function_scoped_fixture])
@given(ids=st.lists(ID, min_size=2, max_size=5, unique=True))
def test_kind_id_through_every_path(ids, tmp_path_factory, promo):
    root, t = tmp_path_factory.mktemp('ids'), market(4)
    t['users'] = pd.DataFrame(dict(user_id=ids))
    for k in 'exposures', 'outcomes', 'purchases': t[k] = t[k][:6].assign(user_id=[ids[i % len(ids)] for i in range(6)])
    t['exposures'] = pd.DataFrame([(u, c) for u in ids for c in t['offers'].campaign_id.unique()],
                                  columns=['user_id', 'campaign_id'])
    t['outcomes'] = t['outcomes'].drop_duplicates([*KEY, 'time'])
    data = PromoData.from_tables(t)
    def same(found, what): assert sorted(map(str, found)) == sorted(ids), what
    same(data.users.user_id, 'tables')
    for kind in 'csv', 'parquet': same(PromoData.from_folder(data.to_folder(root/kind, kind)).users.user_id, kind)
    with duckdb.connect(str(root/'a.duckdb')) as db:
        for k, o in data.tables.items(): db.execute(f'create table {k} as select * from o')
    same(PromoData.from_sql(str(root/'a.duckdb')).users.user_id, 'DuckDB')
    c = data.candidates(['活动2'])
    scores = c[KEY].assign(p_redeem=.1, p_low=.05, p_high=.2, e_sales=20., e_discount=1.)
    campaign = Campaign(data, '活动2', Money(margin_rate=.5), scores)
    same(campaign.candidates.user_id.unique(), 'candidates')
    for end in 'csv', 'parquet':
        file = campaign.candidates if end == 'csv' else campaign.candidates.assign(
            campaign_id=campaign.candidates.campaign_id.astype(str))
        getattr(file, f'to_{end}')(root/f'c.{end}', index=False)
        r = promo('allocate', root/f'c.{end}', '-b', 1000, '--out', root/f'plan.{end}')
        assert r.exit_code == 0, r.output
        same(PromoData.read_frame(root/f'plan.{end}').user_id, f'plan, {end}')
        same(campaign.read_plan(root/f'plan.{end}').user_id, f'plan read, {end}')
    pd.DataFrame(dict(user_id=ids, group=['offer', *['holdout']*(len(ids) - 1)])).to_csv(root/'h.csv', index=False)
    same(read_holdout(root/'h.csv', data.users.user_id).index, 'hold-out')

def test_kind_leading_zeros_in_a_sent_list(tmp_path, promo):
    (tmp_path/'c.csv').write_text('user_id,offer_id,value,cost\n00123,0007,2.5,1\n00124,0007,2,1\n00125,0008,1,1\n')
    assert promo('allocate', tmp_path/'c.csv', '-b', 2, '--out', tmp_path/'plan.csv').exit_code == 0
    lines = (tmp_path/'plan.csv').read_text().splitlines()
    assert [o.split(',')[:2] for o in lines[1:]] == [['00123', '0007'], ['00124', '0007']]

def test_kind_scores_of_other_ids_are_refused(tmp_path, promo, toy):
    "An offer 007 is not the offer 7 of the tables."
    whole = {k: t.assign(offer_id=t.offer_id.str[1:].astype(int)) if 'offer_id' in t else t for k, t in toy.items()}
    PromoData.from_tables(whole).to_folder(tmp_path/'shop')
    (tmp_path/'s.csv').write_text('user_id,offer_id,campaign_id,p_redeem,p_low,p_high,e_sales,e_discount\n'
                                  '1,001,spring,.1,.05,.2,5,1\n')
    r = promo('allocate', tmp_path/'s.csv', '-s', tmp_path/'shop', '-b', 2, '--out', tmp_path/'plan.csv')
    assert r.exit_code == 2 and 'does not have' in r.stderr

def test_kind_na_is_a_value(tmp_path):
    t = market()
    t['items']['类别'] = ['NA', 'None', 'null', '007']
    t = {k: o.replace({'campaign_id': {'活动0': 'NA'}}) for k, o in t.items()}
    data = PromoData.from_folder(written(t, tmp_path/'shop'))
    assert data.items['类别'].tolist() == ['NA', 'None', 'null', '007'] and 'NA' in set(data.offers.campaign_id)

def test_kind_floats_beside_text_in_two_tables():
    t = market()
    t = {k: o.assign(user_id=o.user_id.astype(int)) if 'user_id' in o else o for k, o in t.items()}
    t['purchases'] = t['purchases'].assign(user_id=t['purchases'].user_id.astype(float))
    t['exposures'] = t['exposures'].assign(user_id=t['exposures'].user_id.astype(str))
    assert PromoData.from_tables(t).purchases.user_id.tolist() == t['purchases'].user_id.tolist()

# --- Kind: one thing counted as another -------------------------------------------------------------------------------

def test_kind_clicks_are_no_redemptions():
    t = market()
    before = PromoData.from_tables(t)
    t['outcomes'] = pd.concat([t['outcomes'], t['outcomes'].assign(kind='click', value=None, cost=None)])
    after = PromoData.from_tables(t)
    pd.testing.assert_frame_equal(add_features(before), add_features(after))
    assert count(after, 'redemptions without recorded money') == 0
    assert count(after, 'outcomes that are no redemptions') == len(before.outcomes)
    pd.testing.assert_frame_equal(past_campaigns(before, '2027-01-01'), past_campaigns(after, '2027-01-01'))

def by_offer(seed=1):
    "Each customer got one of the two coupons; what they redeemed is among it."
    t = market()
    t['exposures'] = t['exposures'].assign(offer_id=np.random.default_rng(seed).choice(['A', 'B'], len(t['exposures'])))
    t['outcomes'] = t['outcomes'].merge(t['exposures'])
    return t

def test_kind_exposures_of_single_offers():
    t = by_offer()
    data, n = PromoData.from_tables(t), t['exposures'].groupby(['campaign_id', 'offer_id']).size().unstack()
    f = add_features(data)
    last = f[f.campaign_id == '活动2'].groupby('offer_id').offer_given.first()
    assert last.to_dict() == (n.loc['活动0'] + n.loc['活动1']).to_dict()
    p = past_campaigns(data, '2027-01-01', Money(margin_rate=.3, contact_cost=1., discount_paid=1.))
    np.testing.assert_allclose(p.cost, p.discount + 24)

@pytest.mark.parametrize('empty', [np.nan, None])
def test_kind_some_exposures_without_an_offer(empty):
    t = market()
    whole = t['exposures'].user_id <= '00012'
    t['exposures'] = t['exposures'].assign(offer_id=[empty if o else 'A' for o in whole])
    data = PromoData.from_tables(t)
    assert data.candidates().groupby('campaign_id').size().tolist() == [12*2 + 12]*3
    assert count(data, 'exposures without an offer, beside others that name one') == whole.sum()
    f = add_features(data)
    assert f[f.campaign_id == '活动1'].groupby('offer_id').offer_given.first().to_dict() == dict(A=24, B=12)
    none = PromoData.from_tables(t | {'exposures': t['exposures'].assign(offer_id=empty)})
    pd.testing.assert_frame_equal(none.candidates(), PromoData.from_tables(market()).candidates())

def test_kind_few_named_offers_among_many(tmp_path):
    "DuckDB guesses the type of a column from some of its rows."
    t = market(600)
    t['exposures']['offer_id'] = [None]*1799 + ['A']
    f = add_features(PromoData.from_tables(t))
    assert len(f) == 2*1799 + 1

def test_kind_redeemers_who_were_given_nothing():
    t = market()
    t['exposures'] = t['exposures'][t['exposures'].user_id > '00012']
    data = PromoData.from_tables(t)
    labels = int(data.candidates().redeemed.sum())
    assert count(data, 'redemptions by users who were not given the offer') == len(t['outcomes']) - labels > 0
    assert past_campaigns(data, '2027-01-01').redemptions.sum() == labels
    alone = PromoData.from_tables(t | {'outcomes': t['outcomes'][t['outcomes'].user_id > '00012']})
    a, b = add_features(data), add_features(alone)
    pd.testing.assert_frame_equal(a, b)

# --- Kind: whose clock ------------------------------------------------------------------------------------------------

def zoned(t, zone='Asia/Shanghai'): return t.assign(time=t.time.dt.tz_localize(zone))

@pytest.mark.parametrize('write', [lambda t: t, lambda t: t.assign(time=t.time.astype(str)),
                                   lambda t: t.assign(time=t.time.dt.strftime('%Y-%m-%dT%H:%M:%S+0800'))])
def test_kind_clocks_mixed(write):
    t, plain = market(), PromoData.from_tables(market())
    aware = t | {'purchases': write(zoned(t['purchases']))}
    found, text = problems(aware)
    assert found == [('purchases', 'time', len(t['purchases']))] and "timezone='Asia/Shanghai'" in text
    data = PromoData.from_tables(aware, timezone='Asia/Shanghai')
    pd.testing.assert_frame_equal(data.purchases, plain.purchases)
    utc = t | {'purchases': zoned(t['purchases']).assign(time=lambda d: d.time.dt.tz_convert('UTC'))}
    pd.testing.assert_frame_equal(PromoData.from_tables(utc, timezone='Asia/Shanghai').purchases, plain.purchases)

def test_kind_clocks_mixed_within_a_column():
    t = market()
    t['purchases'] = t['purchases'].assign(time=t['purchases'].time.astype(str))
    t['purchases'].loc[3, 'time'] += 'Z'
    assert problems(t)[0] == [('purchases', 'time', 1)]

def test_kind_one_clock_is_the_shops():
    t = market()
    every = {k: o.assign(**{c: o[c].dt.tz_localize('Asia/Shanghai') for c in ('start', 'end', 'time') if c in o})
             for k, o in t.items()}
    a, b = PromoData.from_tables(every), PromoData.from_tables(t)
    for k in a.tables: pd.testing.assert_frame_equal(a.tables[k], b.tables[k])
    two = every | {'outcomes': t['outcomes'].assign(time=t['outcomes'].time.dt.tz_localize('Europe/Berlin'))}
    assert 'more than one time zone' in problems(two)[1]
    with pytest.raises(UsageError, match='no time zone'): PromoData.from_tables(t, timezone='Hangzhou')

# --- Kind: tables that do not know each other -------------------------------------------------------------------------

SHAPES = {'.0': '{}.0', 'white space': ' {}', 'invisible': '\ufeff{}', 'leading zeros': '00{}',
          'of the same kind': 'X{}'}

@pytest.mark.parametrize('cause', SHAPES)
def test_kind_purchases_that_know_nobody(cause):
    t = market()
    t['purchases']['user_id'] = t['purchases'].user_id.map(SHAPES[cause].format)
    found, text = problems(t)
    assert found == [('purchases', 'user_id', len(t['purchases']))] and cause in text
    t = market()
    t['purchases'].loc[:9, 'user_id'] = t['purchases'].user_id[:10].map(SHAPES[cause].format)
    if cause == 'of the same kind': assert count(PromoData.from_tables(t), 'purchase lines of unknown users') == 10
    else: assert problems(t)[0] == [('purchases', 'user_id', 10)]

def test_kind_other_tables_that_know_nobody():
    t = market()
    t['purchases']['item_id'] = '9' + t['purchases'].item_id
    assert problems(t)[0] == [('purchases', 'item_id', len(t['purchases']))]
    found, text = problems(changed('outcomes', offer_id=market()['outcomes'].offer_id + ' '))
    assert found[0][:2] == ('outcomes', 'offer_id, campaign_id') and 'white space' in text

# --- Kind: lines that stand there twice, and lines that were taken back -----------------------------------------------

def test_kind_repeated_lines(tmp_path, promo):
    t = market()
    twice = t | {'purchases': pd.concat([t['purchases']]*2, ignore_index=True)}
    q = quality(PromoData.from_tables(twice)).set_index('check').loc['repeated purchase lines']
    assert q['count'] == len(t['purchases']) and q.severity == 'changes the numbers' and 'repeats' in q['what to do']
    once = PromoData.from_tables(twice, mend='repeats')
    pd.testing.assert_frame_equal(once.purchases, PromoData.from_tables(t).purchases)
    r = promo('check', written(twice, tmp_path/'shop'), '--mend', 'repeats', '--out', tmp_path/'mended')
    assert r.exit_code == 0 and len(load(str(tmp_path/'mended')).purchases) == len(t['purchases'])
    with pytest.raises(UsageError, match='returns, repeats'): PromoData.from_tables(t, mend='everything')

def test_kind_returns():
    t = market()
    p = t['purchases']
    back = p[:20].assign(quantity=-1., value=-p.value[:20], time=p.time[:20] + pd.Timedelta(hours=1))
    returned = t | {'purchases': pd.concat([p, back], ignore_index=True)}
    found, text = problems(returned)
    assert {o[:2] for o in found} == {('purchases', 'quantity'), ('purchases', 'value')} and "mend='returns'" in text
    left = PromoData.from_tables(returned, mend='returns')
    assert len(left.purchases) == len(p) - 20
    assert left.purchases.value.sum() == pytest.approx(p.value[20:].sum())
    assert '20 returns' in left.notes[0]

# --- Kind: files in another form --------------------------------------------------------------------------------------

def pack(path):
    path.with_name(path.name + '.gz').write_bytes(gzip.compress(path.read_bytes()))
    path.unlink()

def spark(path):
    path.with_suffix('.parquet').mkdir()
    path.unlink()

def with_sign(sign, **how): return lambda path: pd.read_csv(path, dtype=str).to_csv(path, sep=sign, index=False, **how)

def twice_a_column(path): path.write_text(path.read_text('utf-8').replace('user_id,', 'user_id,user_id,', 1), 'utf-8')

FORMS = {
    'semicolons': (with_sign(';', decimal=','), ['separated by semicolons', 'sep=']),
    'tabs': (with_sign('\t'), ['separated by tabs']),
    'capitals in the file': (lambda p: p.rename(p.with_name('PURCHASES.CSV')), ['Rename it to purchases.csv']),
    'packed': (pack, ['gunzip purchases.csv.gz']),
    'workbook': (lambda p: p.rename(p.with_suffix('.xlsx')), ['purchases.xlsx is a workbook', 'CSV UTF-8']),
    'folder of Spark': (spark, ['as Spark writes it']),
    'nearly the name': (lambda p: p.rename(p.with_name('purchase.csv')), ['Is it purchase.csv?']),
    'capitals in the head': (lambda p: p.write_text(p.read_text('utf-8').replace('user_id', 'USER_ID', 1), 'utf-8'),
                             ["'USER_ID' is there"]),
    'UTF-16': (lambda p: p.write_bytes(p.read_text('utf-8').encode('utf-16')), ['UTF-16']),
    'a column twice': (twice_a_column, ['stands there more than once']),
}

@pytest.mark.parametrize('form', FORMS)
def test_kind_file_in_another_form(form, tmp_path, promo):
    folder = written(market(), tmp_path/'shop')
    change, words = FORMS[form]
    change(folder/'purchases.csv')
    with pytest.raises(DataError) as e: PromoData.from_folder(folder)
    assert len([o for o in e.value.problems if o.table == 'purchases']) == 1
    for o in words: assert o in str(e.value)
    r = promo('check', folder)
    assert r.exit_code == 2 and 'Traceback' not in r.output

CONTENTS = {'workbook': (b'PK\x03\x04' + bytes(99), 'a workbook'), 'page': (b'<html>log in</html>', 'a page of HTML'),
            'packed': (gzip.compress(b'user_id'), 'packed'), 'a head alone': ('user_id,城市\n'.encode(), 'has no rows')}

@pytest.mark.parametrize('content', CONTENTS)
def test_kind_file_that_is_not_what_its_name_says(content, tmp_path, promo):
    folder = written(market(), tmp_path/'shop')
    (folder/'users.csv').write_bytes(CONTENTS[content][0])
    r = promo('check', folder)
    assert r.exit_code == 2 and CONTENTS[content][1] in r.stdout and 'Traceback' not in r.output

def test_kind_optional_table_in_another_form(tmp_path):
    folder = written(market(), tmp_path/'shop')
    (folder/'placements.csv.gz').write_bytes(b'x')
    with pytest.raises(DataError, match='placements.csv.gz is packed'): PromoData.from_folder(folder)

@pytest.mark.parametrize('encoding', ['gb18030', 'utf-16', 'cp1252'])
def test_kind_encoding(encoding, tmp_path, promo):
    "The message names an encoding, and the command takes it."
    t = market()
    if encoding == 'cp1252':
        t = {k: o.replace({'campaign_id': {f'活动{i}': f'Promoção {i}' for i in range(3)}}) for k, o in t.items()}
        t['users'], t['items'] = t['users'][['user_id']], t['items'].assign(类别='thé').rename(columns={'类别': 'kind'})
    folder = tmp_path/'shop'
    folder.mkdir()
    for k, o in t.items(): o.to_csv(folder/f'{k}.csv', index=False, encoding=encoding)
    with pytest.raises(DataError, match=f'--encoding {encoding}'): PromoData.from_folder(folder)
    r = promo('check', folder, '--encoding', encoding, '--out', tmp_path/'read')
    assert r.exit_code == 0, r.output
    assert set(load(str(tmp_path/'read')).offers.campaign_id) == set(t['offers'].campaign_id)

# --- Kind: a chance that is no chance ---------------------------------------------------------------------------------

@pytest.mark.parametrize('p', [12., -.1, np.inf])
def test_kind_chance_out_of_range(p, tmp_path, promo):
    d = pd.DataFrame(dict(user_id=['a', 'b'], offer_id='o', campaign_id='c', p_redeem=p, p_low=.1, p_high=.2,
                          e_sales=20., e_discount=2.))
    with pytest.raises(DataError, match='p_redeem'): add_value(d, Money(margin_rate=.3))
    for file in d, d.assign(value=2., cost=1.):
        file.to_csv(tmp_path/'c.csv', index=False)
        r = promo('allocate', tmp_path/'c.csv', '-b', 2, '--out', tmp_path/'plan.csv')
        assert r.exit_code == 2 and 'p_redeem' in r.stderr and not (tmp_path/'plan.csv').exists()

@pytest.mark.parametrize('day', ['soon', 'NaT', '2026-05-01T00:00+08:00'])
def test_kind_day_of_the_command_line(day, shop, promo, tmp_path):
    for words in ('report', '--all', '--since', day), ('train', '--until', day):
        r = promo(*words, '-s', shop, '-o', tmp_path/'out')
        assert r.exit_code == 2 and 'must be a day such as' in r.stderr and 'Traceback' not in r.output

def test_kind_key_twice_is_told_once():
    t = market()
    t['offers'] = pd.concat([t['offers'], t['offers'][:1]])
    assert problems(t)[0] == [('offers', 'offer_id, campaign_id', 2)]

# --- The table of findings --------------------------------------------------------------------------------------------

def test_quality_by_severity(tmp_path, promo):
    t = market()
    t['offer_items'] = t['offer_items'][1:]
    t['exposures'] = t['exposures'][t['exposures'].user_id != '00001']
    q = quality(PromoData.from_tables(t))
    assert list(q) == ['severity', 'check', 'found', 'count', 'examples', 'meaning', 'what to do']
    order = ['stops', 'changes the numbers', 'good to know', 'nothing found']
    assert q.severity.map(order.index).is_monotonic_increasing
    one = q.set_index('check').loc['offers that apply to no item']
    assert (one.severity, one['count'], one.examples) == ('changes the numbers', 1, 'A')
    assert not (quality(PromoData.from_tables(t), found_only=True)['count'] == 0).any()
    r = promo('check', written(t, tmp_path/'shop'))
    assert r.exit_code == 0 and 'changes the numbers' in r.stdout and 'offers that apply to no item' in r.stdout
    t['offers'] = t['offers'].assign(start=None)
    with pytest.raises(DataError) as e: PromoData.from_tables(t)
    assert quality(e.value).severity.unique().tolist() == ['stops']

@pytest.mark.parametrize('day', [datetime.date(2026, 3, 28), '2026-03-28', DAY('2026-03-28')])
def test_kind_offer_of_one_day(day):
    "Start and end on one date: the offer is open that day."
    t = changed('offers', start=day, end=day)
    t['outcomes'] = t['outcomes'][:1].assign(time=DAY('2026-03-28 12:00'))
    data = PromoData.from_tables(t)
    assert count(data, 'outcomes after the end of the offer') == 0
