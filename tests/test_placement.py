"Places and stock: what is refused, what is found in a shop whose lifts are known, and the commands on files."
import numpy as np, pandas as pd, pytest

from promo_lib.core import DataError, UsageError
from promo_lib.data import PromoData
from promo_lib.placement import (PlacementModel, ShopWeeks, choose_places, forecast_by_place, made_up_places,
                                 places_came)
from promo_lib.stock import Demand, order_quantities, stock_plan
from promo_lib.timing import sending_days

NEED = ('items', 'purchases', 'placements')

@pytest.fixture(scope='module')
def market(): return made_up_places(60, 3, 24)

@pytest.fixture(scope='module')
def model(market): return PlacementModel().fit(ShopWeeks.read(PromoData.from_tables(market[0], NEED)))

@pytest.fixture(scope='module')
def folder(market, tmp_path_factory):
    root = tmp_path_factory.mktemp('market')
    for k, o in market[0].items(): o.to_csv(root/f'{k}.csv', index=False)
    (root/'slots.csv').write_text('location,mailer,slots\n1,,3\n2,,3\n,A,4\n')
    return root

def changed(tables, name, **columns): return PromoData.from_tables(tables | {name: tables[name].assign(**columns)},
                                                                   NEED)

def added(tables, **row):
    "One more row of placements, like the first."
    more = tables['placements'].iloc[[0]].assign(**row)
    return PromoData.from_tables(tables | {'placements': pd.concat([tables['placements'], more], ignore_index=True)},
                                 NEED)

# --- what is refused --------------------------------------------------------------------------------------------------

@pytest.mark.parametrize('row, text', [
    (dict(location='9'), 'an item is in two places at once'), (dict(mailer='Z'), 'an item is in two places at once'),
    (dict(week=99.), 'is a week without sales'), (dict(week=0.), 'is no number of a week'),
    (dict(week=2.5), 'is no number of a week'), (dict(store_id=77), 'is a store without sales')])
def test_bad_placements(market, row, text):
    with pytest.raises(DataError, match=text): ShopWeeks.read(added(market[0], **row))

def test_negative_discount(market):
    with pytest.raises(DataError, match='discount'): changed(market[0], 'purchases', discount=-1.)

def test_the_same_row_twice_is_no_second_place(market):
    assert len(ShopWeeks.read(added(market[0])).rows) == len(ShopWeeks.read(PromoData.from_tables(market[0],
                                                                                                  NEED)).rows)

@pytest.mark.parametrize('how, error, text', [
    (dict(slots=[dict(location='Q', slots=3)]), DataError, 'unknown place code: Q'),
    (dict(slots=[dict(mailer='Q', slots=3)]), DataError, 'unknown place code: Q'),
    (dict(slots=[dict(location='1', slots=0)]), UsageError, 'all slots are zero'),
    (dict(slots=[dict(location='1', slots=-1)]), DataError, 'no whole number of 0 or above'),
    (dict(slots=[dict(location='1', slots='many')]), DataError, 'no whole number of 0 or above'),
    (dict(slots=[dict(location='1', slots=1)]*2), DataError, 'stands there twice'),
    (dict(slots=[dict(location='1', slots=1, week=99)]), UsageError, 'weeks that are not planned: 99'),
    (dict(weeks=[3]), UsageError, 'week 3 is over'), (dict(weeks=[999]), UsageError, 'week without sales'),
    (dict(discounts=[-.2]), UsageError, 'cannot be negative'), (dict(discounts=['ten']), UsageError,
                                                                'share of the price'),
    (dict(budget=-1), UsageError, 'budget'), (dict(aim='fame'), UsageError, 'aim is profit or units'),
    (dict(pinned=[dict(item_id='i0001', week=25, location='1'), dict(item_id='i0001', week=25, location='2')]),
     DataError, 'two places at once'),
    (dict(pinned=[dict(item_id='i0001', week=25, location='Q')]), DataError, 'unknown place code'),
    (dict(pinned=[dict(item_id='nobody', week=25, location='1')]), DataError, 'no item that was ever placed'),
    (dict(slots=[dict(location='1', slots=1)], pinned=[dict(item_id=f'i000{o}', week=25, location='1')
                                                       for o in (1, 2)]),
     UsageError, 'more is pinned than there are slots')])
def test_bad_wishes(model, how, error, text):
    with pytest.raises(error, match=text): choose_places(model, **how)

# --- what is found ----------------------------------------------------------------------------------------------------

def test_lifts_are_found(model, market):
    true = market[1].groupby(['place', 'mailer']).lift.mean()
    t = model.lifts().set_index(['place', 'mailer']).loc[true.index]
    assert (abs(np.log(t.lift/true)) < .15).all()
    assert (t.low < t.lift).all() and (t.lift < t.high).all()

def test_a_zero_takes_one_place_out(model):
    plan = choose_places(model, [dict(location='1', slots=0), dict(location='2', slots=4)], margin_rate=.9)
    assert set(plan.table.location) == {'2'} and (plan.slots.set_index('location').used <= [0, 4]).all()

def test_more_slots_than_items(model):
    plan = choose_places(model, [dict(location='1', slots=10_000)], margin_rate=.9)
    assert len(plan.table) <= 60 and any('more slots in a week than items' in o for o in plan.notes)

def test_one_mailer_place_and_the_budget(model):
    plan = choose_places(model, [dict(mailer='A', slots=9), dict(mailer='D', slots=9)], weeks=[25, 26], budget=30,
                         aim='units')
    assert not plan.table.duplicated(['week', 'item_id']).any() and plan.cost <= 30 + 1e-6
    assert plan.value <= plan.bound + 1e-6

def test_nothing_of_the_future(market):
    "What comes after `until` changes nothing that is forecast for the week after."
    w = ShopWeeks.read(PromoData.from_tables(market[0], NEED))
    late = w.rows['week'] > 20
    other = ShopWeeks(w.rows.assign(units=w.rows.units.where(~late, 99.)), *list(vars(w).values())[1:])
    a, b = (PlacementModel().fit(o, until=19).expected[w.rows['week'] == 20] for o in (w, other))
    np.testing.assert_allclose(a, b)

def test_single_store_without_store_ids(market):
    t = {k: o.drop(columns=[c for c in ('store_id', 'mailer') if c in o]) for k, o in market[0].items()}
    t['placements'] = t['placements'].drop_duplicates(['item_id', 'week'])
    m = PlacementModel().fit(ShopWeeks.read(PromoData.from_tables(t, NEED)))
    assert set(m.lifts().place) <= {'1', '2', '3'} and len(choose_places(m, margin_rate=.9).table)

def swaying(market, by, until):
    "A model of a shop in which each place has good and bad weeks."
    w = ShopWeeks.read(PromoData.from_tables(market[0], NEED))
    d, r = w.rows, np.random.default_rng(3)
    shock = np.exp(r.normal(0, by, (w.last + 1, len(w.cells))))
    units = np.floor(d.units*np.where(d.cell > 0, shock[d.week, d.cell], 1) + r.random(len(d)))
    rest = list(vars(w).values())[1:]
    return PlacementModel(second=False).fit(ShopWeeks(d.assign(units=units), *rest), until)

def test_places_that_sway_have_wider_intervals():
    long = made_up_places(60, 3, 40)
    steady, wild = (swaying(long, o, until=36) for o in (0, .6))
    assert steady._sway() < wild._sway()
    at = np.flatnonzero((wild.weeks.rows.week > 36) & (wild.weeks.rows.cell > 0))
    told, came = forecast_by_place(wild, at)
    bare, wide = (places_came(told, came, [37, 38, 39, 40], o)[0] for o in (0., wild._sway()))
    assert (wide.low < bare.low).all() and (wide.high > bare.high).all() and (wide.ratio == bare.ratio).all()

def test_too_few_weeks_tell_no_sway(market):
    m = swaying(market, 0, until=9)
    assert m._sway() is None
    plan = choose_places(m, [dict(location='1', slots=3)], margin_rate=.9)
    assert plan.about['sway'] is None

# --- the commands -----------------------------------------------------------------------------------------------------

def test_place(promo, folder, tmp_path):
    r = promo('place', '-s', folder, '--slots', folder/'slots.csv', '--weeks', '25,26', '--margin-rate', .8, '-o',
              tmp_path/'out')
    assert r.exit_code == 0, r.stderr
    t = pd.read_csv(tmp_path/'out'/'places.csv', dtype=dict(location=str, mailer=str))
    assert set(t.week) == {25, 26} and not t.duplicated(['week', 'item_id']).any()
    assert t[t.location == '1'].groupby('week').size().max() <= 3

@pytest.mark.parametrize('words, text', [
    ('--weeks 24', 'week 24 is over'), ('--weeks x', 'weeks are numbers'), ('--discounts -0.1', 'cannot be negative'),
    ('--slots nowhere.csv', 'there is no file'), ('--store 99', 'there is no store'), ('--category FISH',
                                                                                       'no category'),
    ('--first-day soon', 'first_day is the first day'), ('--first-day 2026-02-16', 'week without sales')])
def test_place_refuses(promo, folder, tmp_path, words, text):
    r = promo('place', '-s', folder, *words.split(), '-o', tmp_path/'out')
    assert r.exit_code == 2 and text in ' '.join(r.stderr.split()) and 'Traceback' not in r.stderr
    assert not (tmp_path/'out').exists()

def test_places_in_chinese(tmp_path, promo, market):
    "Codes, items and categories of any script; a mailer that has no code of its own; weeks as year and week."
    t = {k: o.copy() for k, o in market[0].items()}
    t['items']['category'] = '茶 ' + t['items']['category'].str[-1]
    t['placements'] = t['placements'].assign(location=t['placements']['location'].map(lambda o: '无' if o == '0'
                                                                                      else f'货架{o}'),
                                             week=t['placements']['week'] + 202601)
    for k, o in t.items(): o.to_csv(tmp_path/f'{k}.csv', index=False)
    (tmp_path/'slots.csv').write_text('location,slots\n货架1,4\n', encoding='utf-8')
    r = promo('place', '-s', tmp_path, '--slots', tmp_path/'slots.csv', '--margin-rate', .8, '-o', tmp_path/'out')
    assert r.exit_code == 0, r.stderr
    assert set(pd.read_csv(tmp_path/'out'/'places.csv').location) == {'货架1'}

def test_stock(promo, folder, market, tmp_path):
    everything = pd.DataFrame([(i, s) for i in market[0]['items'].item_id for s in (1, 2, 3)], columns=['item_id',
                                                                                                        'store_id'])
    everything.assign(on_hand=1, pack=12).to_csv(tmp_path/'stock.csv', index=False)
    promo('place', '-s', folder, '--slots', folder/'slots.csv', '--weeks', '25-26', '--margin-rate', .8, '-o',
          tmp_path/'p')
    r = promo('stock', '-s', folder, '--places', tmp_path/'p'/'places.csv', '--stock', tmp_path/'stock.csv', '-o',
              tmp_path/'o')
    assert r.exit_code == 0, r.stderr
    o, c = pd.read_csv(tmp_path/'o'/'orders.csv'), pd.read_csv(tmp_path/'o'/'changes.csv')
    assert set(o.order % 12) == {0} and (o[o.week == 26].here + o[o.week == 26].order >= o[o.week == 26].enough).all()
    assert set(c.week) == {25} and (o.p90 <= o.enough).all()

@pytest.mark.parametrize('words, text', [
    ('--level 1', 'level must be'), ('--lead -1', 'no whole number of 0 or above'), ('--pack 0', 'pack must be'),
    ('--stock nowhere.csv', 'there is no file'), ('--places nowhere.csv', 'there is no file')])
def test_stock_refuses(promo, folder, tmp_path, words, text):
    r = promo('stock', '-s', folder, *words.split(), '-o', tmp_path/'out')
    assert r.exit_code == 2 and text in ' '.join(r.stderr.split()) and 'Traceback' not in r.stderr
    assert not (tmp_path/'out').exists()

def test_the_newsvendor():
    d = Demand(np.array([np.inf]), np.array([.5]))
    low, high = (order_quantities(np.full(5, 8.), d, o) for o in (.5, .99))
    assert (low < high).all() and (order_quantities(np.full(5, 8.), d, .99, here=high) == 0).all()

def test_higher_level_more_stock(model):
    plan = choose_places(model, [dict(location='1', slots=4)], weeks=[26], margin_rate=.9)
    a, b = (stock_plan(model, plan, level=o).orders.order.sum() for o in (.9, .99))
    assert a < b

def test_days_keep_to_the_capacity(market):
    p = market[0]['purchases']
    t = sending_days(p, p.time.max() + pd.Timedelta(days=1), capacity=35)
    assert t.groupby('day').size().max() <= 35 and t.user_id.is_unique and t.day.nunique() <= 7
