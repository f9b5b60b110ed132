"`promo bundles`: a made-up shop in which two things belong together, bad input, the files."
import json
from pathlib import Path

import numpy as np
import pandas as pd
import pytest

from promo_lib.bundles import find_bundles, lift_interval
from promo_lib.core import UsageError
from promo_lib.data import PromoData

NAMES = ['茶叶', '饼干', '=1+1', '牛奶', '鸡蛋', '大米', '肥皂', '盐']

def tables(n=1200, seed=0):
    "Purchases in which 茶叶 and 饼干 belong together and nothing else does; item 7 with item 6, three times, by luck."
    r = np.random.default_rng(seed)
    tea = r.random(n) < .2
    other = r.random((n, 4)) < [.3, .3, .2, .2]
    rare = np.zeros((n, 2), bool)
    rare[:3] = True
    basket, item = np.nonzero(np.column_stack([tea, r.random(n) < np.where(tea, .5, .05), other, rare]))
    ids = np.array([f'00{k}' for k in range(8)], object)
    lines = pd.DataFrame(dict(user_id=[f'0{k % 300}' for k in basket], item_id=ids[item], value=2. + item, quantity=1,
                              time=pd.Timestamp('2026-03-01') + pd.to_timedelta(basket // 10, unit='D'),
                              basket_id=basket))
    return dict(items=pd.DataFrame(dict(item_id=ids, name=NAMES)), purchases=lines)

def read(t): return PromoData.from_tables(t, need=('purchases',))

@pytest.fixture(scope='module')
def folder(tmp_path_factory):
    path = tmp_path_factory.mktemp('shop')
    for k, t in tables().items(): t.to_csv(path/f'{k}.csv', index=False)
    return path

def write(path, **t):
    for k, o in t.items(): o.to_csv(path/f'{k}.csv', index=False)
    return path

def test_command(promo, folder, tmp_path):
    r = promo('bundles', '--source', folder, '--out', tmp_path/'out', '--budget', 20, '--discount', .1, '--top', 5)
    assert r.exit_code == 0, r.stderr
    assert 'no effect' in r.stdout
    b = pd.read_csv(tmp_path/'out'/'bundles.csv', dtype=dict(item_1=str, item_2=str))
    t = pd.read_csv(tmp_path/'out'/'targets.csv', dtype=str).astype(dict(chance=float, cost=float,
                                                                        expected_margin=float))
    assert set(b.loc[0, ['item_1', 'item_2']]) == {'000', '001'} and b.names[0] == '茶叶 + 饼干' and len(b) <= 5
    assert (b.lift_low > 1).all() and (b.lift_low <= b.lift).all() and (b.lift <= b.lift_high).all()
    np.testing.assert_allclose(b.bundle_price, .9*b.price, rtol=1e-4)
    p = tables()['purchases']
    both = p[p.item_id.isin(['000', '001'])].groupby('basket_id').item_id.nunique()
    assert b.together[0] == (both == 2).sum()
    assert 0 < t.cost.sum() <= 20 + 1e-6 and not t.duplicated('user_id').any() and t.chance.between(0, 1).all()
    had = set(zip(p.user_id, p.item_id))
    assert all((o.user_id, o.lacks) not in had for o in t.itertuples())
    assert all((o.user_id, c) in had for o in t.itertuples() for c in o.buys.split(' + '))

def test_bundles_are_planned_as_offers(promo, world, tmp_path):
    "What `promo bundles` writes, `promo plan` sends: each bundle an offer on its products, with its money."
    r = promo('bundles', '-s', world.parquet, '--texts', 'off', '--top', 3, '--days', 7, '-o', tmp_path/'found')
    assert r.exit_code == 0 and r.stdout.split()[-1] == str(tmp_path/'found'/'bundles.toml'), r.output
    b = pd.read_csv(tmp_path/'found'/'bundles.csv')
    r = promo('plan', '-s', world.parquet, '-c', tmp_path/'found'/'bundles.toml', '-b', 50, '--no-holdout', '--fast',
              '-o', tmp_path/'plan')
    assert r.exit_code == 0, r.output
    sent = pd.read_csv(tmp_path/'plan'/'send.csv', dtype=str)
    assert len(sent) and set(sent['offer_id']) <= set(b['bundle_id'])
    c = pd.read_parquet(tmp_path/'plan'/'candidates.parquet')
    off = c.groupby('offer_id')['e_discount'].mean()
    np.testing.assert_allclose(off[b['bundle_id']], (b['price']*b['discount']).round(2), atol=.005)
    assert (c.groupby('offer_id')['end'].first() - c.groupby('offer_id')['start'].first()).dt.days.eq(6).all()

@pytest.mark.parametrize('words, text', [
    ('--discount 1.2', 'discount must be a number between 0 and 1'), ('--discount -0.1', 'discount must be'),
    ('--discount nan', 'discount must be'), ('--size 4', 'size must be 2 or 3'), ('--top 0', 'top must be'),
    ('--budget -5', 'budget must be'), ('--per-customer 0', 'per_customer must be'), ('--texts x', 'texts must be'),
    ('--margin-rate 2', 'margin_rate must be')])
def test_refuses(promo, folder, tmp_path, words, text):
    r = promo('bundles', '-s', folder, *words.split(), '-o', tmp_path/'out')
    assert r.exit_code == 2 and text in ' '.join(r.stderr.split()) and 'Traceback' not in r.stderr
    assert not (tmp_path/'out').exists()

def test_shops_without_bundles(promo, tmp_path, folder):
    "No purchases, nothing in them, one item, baskets of one, no items: one error each, and no files."
    p = tables()['purchases']
    bad = {'none': dict(items=tables()['items']), 'empty': dict(purchases=p.iloc[:0]),
           'one': dict(purchases=p[p.item_id == '000']),
           'single': dict(purchases=p.assign(basket_id=range(len(p)))),
           'nameless': dict(purchases=p.drop(columns='item_id'))}
    says = dict(none='purchases', empty='purchases', one='only one item', single='no basket holds two', nameless='item')
    for name, t in bad.items():
        (tmp_path/name).mkdir()
        r = promo('bundles', '-s', write(tmp_path/name, **t), '-o', tmp_path/'out')
        assert r.exit_code == 2 and says[name] in r.stderr and 'Traceback' not in r.stderr, name
        assert not (tmp_path/'out').exists()
    r = promo('bundles', '-s', tmp_path/'nowhere', '-o', tmp_path/'out')
    assert r.exit_code == 2 and 'no source' in r.stderr

def test_bare_purchases(promo, tmp_path):
    "No items, no basket ids, no quantities: baskets are days, names are ids."
    p = tables()['purchases'][['user_id', 'item_id', 'value', 'time']]
    p = p.assign(time=p.time.dt.strftime('%Y-%m-%d'))
    r = promo('bundles', '-s', write(tmp_path, purchases=p), '-o', tmp_path/'out')
    assert r.exit_code == 0 and 'a basket is a customer and a day' in r.stdout, r.stderr
    assert '000' in pd.read_csv(tmp_path/'out'/'bundles.csv').names[0]

def test_no_prices(promo, tmp_path):
    "Where no price is known the chance decides, and a budget is refused."
    t = tables()
    t['purchases']['value'] = 0.
    write(tmp_path, **t)
    r = promo('bundles', '-s', tmp_path, '-b', 5, '-o', tmp_path/'out')
    assert r.exit_code == 2 and 'a budget needs prices' in r.stderr
    r = promo('bundles', '-s', tmp_path, '-o', tmp_path/'out')
    assert r.exit_code == 0, r.stderr
    assert pd.read_csv(tmp_path/'out'/'bundles.csv').expected_margin.isna().all()
    assert len(pd.read_csv(tmp_path/'out'/'targets.csv'))

def test_formula_stays_text(promo, tmp_path):
    "A name that a spreadsheet would run gets a quote in front."
    t = tables()
    t['items'].loc[0, 'name'] = '=HYPERLINK("http://x")'
    r = promo('bundles', '-s', write(tmp_path, **t), '-o', tmp_path/'out')
    assert r.exit_code == 0, r.stderr
    assert pd.read_csv(tmp_path/'out'/'bundles.csv').names.str.startswith("'=").any()

def test_mapped_shop(promo, folder, tmp_path):
    "Exports under names of their own, read by shop.toml."
    p = tables()['purchases']
    (tmp_path/'exports').mkdir()
    p = p.rename(columns=dict(user_id='customer_id', item_id='sku', value='amount', time='date'))
    p.to_csv(tmp_path/'exports'/'purchases.csv', sep=';', index=False)
    r = promo('init', tmp_path/'exports', '--out', tmp_path/'shop', '--yes')
    assert r.exit_code == 0 and (tmp_path/'shop'/'shop.toml').is_file(), r.stderr
    r = promo('bundles', '-s', tmp_path/'shop', '-o', tmp_path/'out')
    assert r.exit_code == 0, r.stderr
    assert '000' in pd.read_csv(tmp_path/'out'/'bundles.csv', dtype=str)['items'][0]

def test_luck_does_not_win():
    "Three times together for almost nothing expected ranks below a hundred for twenty."
    assert lift_interval(3, .001)[1] < lift_interval(100, 20)[1]

def test_triples():
    "A triple with a lifted price and items of the pair."
    r = np.random.default_rng(1)
    X = r.random((2000, 6)) < .1
    X[:, :3] |= (r.random((2000, 1)) < .06)
    basket, item = np.nonzero(X)
    p = pd.DataFrame(dict(user_id=basket % 500, basket_id=basket, item_id=item, value=4., time='2026-01-01'))
    data = read(dict(purchases=p.assign(time=pd.to_datetime(p.time))))
    found = find_bundles(data, size=3, contact_cost=0., discount=.05)
    assert found.bundles['items'].tolist() == ['0 + 1 + 2'] and found.bundles.price[0] == 12
    assert (found.targets.buys.str.count(r'\+') == 1).all()

def test_same_whatever_the_order():
    "The order of lines, and lines that stand there twice, change nothing."
    t = tables()
    a = find_bundles(read(t), texts='off')
    p = pd.concat([t['purchases'], t['purchases'].iloc[:5]]).sample(frac=1, random_state=0)
    b = find_bundles(read(t | dict(purchases=p)), texts='off')
    assert a.bundles[['items', 'together']].equals(b.bundles[['items', 'together']])

def test_nothing_found():
    "Items drawn at random: empty tables with their columns, and a note."
    p = pd.DataFrame(dict(user_id=range(40), item_id=[0, 1]*20, basket_id=range(40), value=1.))
    p.loc[1, ['user_id', 'basket_id']] = 0
    found = find_bundles(read(dict(purchases=p.assign(time=pd.Timestamp('2026-01-01')))))
    assert len(found.bundles) == len(found.targets) == 0 and 'chance' in found.targets
    assert any('No pair is together' in o for o in found.notes)

@pytest.fixture(scope='module')
def bench():
    "What the benchmark's cells define up to the first one that reads data."
    place = Path(__file__).parents[1]/'nbs'/'benchmarks'/'bundles.ipynb'
    if not place.is_file(): pytest.skip('no checkout')
    names = {}
    for c in json.loads(place.read_text('utf-8'))['cells']:
        s = ''.join(c['source'])
        wanted = ('data = ', 'import html', 'def read_', 'class Domain', 'def marked_')
        if c['cell_type'] == 'code' and s.startswith(wanted): exec(s, names)
    return names

FILES = dict(bundle_item='bundle ID,item ID', session_bundle='session ID,bundle ID', session_item='session ID,item ID',
             item_titles='item ID,titles')

def domain(path, sep=',', n=40):
    "A domain of sessions with one bundle each, in the published form."
    path.mkdir(parents=True)
    rows = dict(bundle_item=[(b, 3*b + i) for b in range(n) for i in range(3)],
                session_bundle=[(f's{b}', b) for b in range(n)],
                session_item=[(f's{b}', 3*b + i) for b in range(n) for i in range(3)],
                item_titles=[(i, f'thing {i} of {i//3}, &amp; more') for i in range(3*n)])
    for k, lines in rows.items():
        t = pd.DataFrame(lines, columns=FILES[k].split(','))
        t.to_csv(path/f'{k}.csv', index=False, sep=sep)
    return path

@pytest.mark.parametrize('sep', [',', '\t'])
def test_any_domain_of_that_form(bench, tmp_path, sep):
    "A third domain is read as the two given ones are, with or without categories."
    items, titles, sessions, kind = bench['read_domain'](domain(tmp_path/'third', sep))
    assert len(items) == 120 and titles.iloc[5] == 'thing 5 of 1, & more' and (kind == '').all()
    d = bench['Domain'](items, titles, sessions, kind)
    assert [len(o) for o in d.bundles.values()] == [24, 8, 8]
    marked = bench['marked_sessions'](d, ['test'])
    t = bench['judged_groups'](marked, [[o] for o, _ in marked])
    assert (t == 1).all(axis=None)
    pd.DataFrame(dict(item=range(120), kind='a,b')).to_csv(tmp_path/'third'/'item_categories.csv', index=False)
    assert (bench['read_domain'](tmp_path/'third')[3] == 'a,b').all()

@pytest.mark.parametrize('name, text, says', [
    ('item_titles', None, 'there is no item_titles.csv in third'),
    ('session_item', 'session ID,item ID\n', 'third/session_item.csv has no rows'),
    ('session_bundle', 'bundle\n1\n2\n', 'session_bundle.csv needs 2 columns .session, bundle. and has 1'),
    ('item_titles', 'item ID,titles\nx1,tea\nx2,cup\n', 'no item of a bundle of a session has a title')])
def test_a_domain_of_another_form(bench, tmp_path, name, text, says):
    path = domain(tmp_path/'third')/f'{name}.csv'
    path.unlink() if text is None else path.write_text(text, 'utf-8')
    with pytest.raises(UsageError, match=says): bench['read_domain'](tmp_path/'third')

def test_a_domain_that_is_too_small(bench, tmp_path):
    read = bench['read_domain'](domain(tmp_path/'x', n=9))
    with pytest.raises(UsageError, match='five bundles'): bench['Domain'](*read)
