"A dated plan: letters on the day of each customer, items in their places by week, by the commands."
import json, re, shutil
import numpy as np, pandas as pd, pytest
from openpyxl import load_workbook

from promo_lib.core import UsageError
from promo_lib.data import PromoData
from promo_lib.decide import decide
from promo_lib.folder import PlanFolder
from promo_lib.follow import follow

BEGIN, LIFT = pd.Timestamp('2026-01-05'), {'1': 2.5, '2': 1.6, 'A': 3.}       # of week 1; what places do here

def week_of(time): return (time - BEGIN).dt.days//7 + 1

def boosted(data, placements):
    "The tables with more pieces where an item is placed."
    place = placements['location'].where(placements['location'] != '0', placements['mailer'])
    at = placements.assign(by=place.map(LIFT))
    at = at.groupby(['item_id', 'week'])['by'].max()
    p = data.purchases
    by = at.reindex(pd.MultiIndex.from_arrays([p['item_id'], week_of(p['time'])])).fillna(1.).to_numpy()
    extra = np.random.default_rng(0).random(len(p))
    q = np.floor(p['quantity']*by + extra)
    tables = data.tables | dict(purchases=p.assign(quantity=q, value=(p['value']*q/p['quantity']).round(2)),
                                placements=placements)
    return PromoData.from_tables({k: t for k, t in tables.items() if t is not None}, name=data.name,
                                 currency=data.currency)

def listed_in(world, weeks=range(1, 27)):
    "Displays and a mailer by lot, in all stores of the shop."
    r, rows = np.random.default_rng(1), []
    items, stores = world.data.items['item_id'].to_numpy(), world.data.purchases['store_id'].dropna().unique()
    for week in weeks:
        for item, place in zip(r.choice(items, 18, replace=False), np.repeat(['1', '2', 'A'], 6)):
            rows += [dict(item_id=item, week=float(week), location=place if place != 'A' else '0', store_id=s,
                          mailer=place if place == 'A' else '0') for s in stores]
    return pd.DataFrame(rows)

class Dated:
    "A shop with places, a plan of two weeks with them, approved; all by the commands."
    def __init__(self, world, promo, root):
        self.world, self.promo, self.root = world, promo, root
        self.listed = listed_in(world)
        self.data = boosted(world.data, self.listed)
        self.shop = str(self.data.to_folder(root/'shop', 'csv'))
        (root/'slots.csv').write_text('location,mailer,slots\n1,,4\n2,,4\n,A,4\n')
        self.placed = self.place('places')
        self.folder = root/'plans'/'monday'
        self.answer = self.plan(self.folder, '--timed', '--daily-capacity', 25, '--places', root/'places')
    def place(self, name, weeks='27-28'):
        return self.promo('place', '-s', self.shop, '--slots', self.root/'slots.csv', '--weeks', weeks, '--margin-rate',
                          .8, '-o', self.root/name)
    def plan(self, out, *more):
        return self.promo('plan', '-s', self.shop, '-c', self.world.campaign, '--scores', self.world.scores, '-b', 40,
                          '--holdout', .2, '--max-offers', 2, '--margin-rate', .4, '--contact-cost', .05, '-o', out,
                          *more)
    def live(self, days, change=None):
        "The shop some days later: places as planned, sales as they lift."
        t = PlanFolder(self.folder).read('places')
        stores = pd.Series(self.listed['store_id'].unique(), name='store_id')
        more = t[['item_id', 'week', 'location', 'mailer']].astype(dict(week=float)).merge(stores, how='cross')
        if change is not None: more = change(more)
        return boosted(self.world.live(PlanFolder(self.folder), days),
                       pd.concat([self.listed, more[more['week'] <= 26 + days//7]], ignore_index=True))

@pytest.fixture(scope='module')
def dated(world, tmp_path_factory):
    from conftest import run_promo
    return Dated(world, run_promo, tmp_path_factory.mktemp('dated'))

@pytest.fixture(scope='module')
def approved(dated, tmp_path_factory):
    "A copy of the plan that somebody approved."
    folder = shutil.copytree(dated.folder, tmp_path_factory.mktemp('approved')/'monday')
    PlanFolder(folder).approve('Ann')
    return folder

# --- the plan ---------------------------------------------------------------------------------------------------------

def test_the_commands_work(dated):
    assert dated.placed.exit_code == 0, dated.placed.output
    assert dated.answer.exit_code == 0, dated.answer.output

def test_days_and_hours_are_in_all_lists(dated):
    send = pd.read_csv(dated.folder/'send.csv', dtype=str)
    assert list(send) == ['user_id', 'offer_id', 'day', 'hour', 'reason']
    assert send.groupby('day')['user_id'].nunique().max() <= 25
    assert send.groupby('user_id')['day'].nunique().max() == 1
    assert '2026-07-06' <= send['day'].min() and send['day'].max() <= '2026-07-12'        # the first half
    hours = send['hour'].dropna().astype(int)
    assert hours.between(0, 23).all() and len(hours) > .8*len(send)
    table = pd.read_parquet(dated.folder/'send.parquet')
    assert str(table['hour'].dtype) == 'Int64' and table['hour'].astype('string').fillna('').tolist() == \
        send['hour'].fillna('').tolist()
    sheet = load_workbook(dated.folder/'send.xlsx')['send']
    assert [o.value for o in sheet[1]] == list(send)
    assert [o.value or None for o in sheet['D'][1:]] == [int(o) if isinstance(o, str) else None for o in send['hour']]

def test_places_are_in_the_folder(dated):
    made = pd.read_csv(dated.root/'places'/'places.csv', dtype=str)
    kept = pd.read_csv(dated.folder/'places.csv', dtype=str)
    assert {'item_id', 'week', 'place', 'lift', 'lift_low', 'lift_high', 'units', 'discount', 'day'} <= set(kept)
    pairs = ['item_id', 'week', 'location', 'mailer']
    assert set(map(tuple, made[pairs].values)) == set(map(tuple, kept[pairs].values))
    assert set(kept['day']) == {'2026-07-06', '2026-07-13'}
    x = kept.astype(dict(lift=float, lift_low=float, lift_high=float))
    assert (x['lift_low'] <= x['lift']).all() and (x['lift'] <= x['lift_high']).all()
    assert 'places' in load_workbook(dated.folder/'send.xlsx').sheetnames
    assert {'places.csv', 'places.parquet', 'reserve.parquet', 'habits.parquet'} <= set(
        PlanFolder(dated.folder).about['files'])

def test_the_page_tells_days_and_places(dated):
    page = (dated.folder/'report.html').read_text('utf-8')
    for text in ('Where items are shown', 'week 27, display 1: ×', 'At most 25 letters go out on a day',
                 'times the usual sales', 'by visits', 'in places.csv'): assert text in page, text

def test_the_page_in_chinese(dated, tmp_path):
    from promo_lib.language import untranslated
    r = dated.plan(tmp_path/'monday', '--timed', '--daily-capacity', 25, '--places', dated.root/'places', '--language',
                   'zh')
    assert r.exit_code == 0, r.output
    page = (tmp_path/'monday'/'report.html').read_text('utf-8')
    assert '商品陈列位置' in page
    assert [o for o in untranslated(page) if not o.startswith('promo ')] == []

def test_without_the_options_nothing_changes(dated, tmp_path):
    assert dated.plan(tmp_path/'plain').exit_code == 0
    f = PlanFolder(tmp_path/'plain')
    assert 'hour' not in pd.read_csv(f.path/'send.csv') and not {'timed', 'places'} & set(f.about['terms'])
    assert not {'timed', 'places'} & set(f.facts)
    assert not [o for o in ('places.csv', 'habits.parquet', 'places.parquet') if (f.path/o).exists()]
    timed = PlanFolder(dated.folder)
    who = ['user_id', 'offer_id']                                             # who gets what is the same
    assert set(map(tuple, f.sent[who].values)) == set(map(tuple, timed.sent[who].values))

def test_a_veto_keeps_days_and_places(dated, tmp_path):
    folder = PlanFolder(shutil.copytree(dated.folder, tmp_path/'monday'))
    offer = folder.sent['offer_id'].iloc[0]
    folder.approve('Ann', veto_offers=[offer])
    done = PlanFolder(folder.path)
    assert done.sent.groupby('day')['user_id'].nunique().max() <= 25 and done.sent['hour'].notna().any()
    assert (done.path/'places.csv').read_bytes() == (dated.folder/'places.csv').read_bytes()

def test_what_was_changed_by_hand_is_refused(dated, tmp_path):
    folder = shutil.copytree(dated.folder, tmp_path/'monday')
    for name in ('places.csv', 'habits.parquet', 'reserve.parquet'):
        kept = (folder/name).read_bytes()
        (folder/name).write_bytes(kept + b'\n')
        with pytest.raises(UsageError, match='is not as it was written'): PlanFolder(folder)
        (folder/name).write_bytes(kept)

def test_the_cap_by_week_holds(world):
    "A letter leaves its week only where the other week has room, contacts of other plans included."
    from promo_lib.decide import timed
    c = world.scored().assign(start=pd.Timestamp('2026-07-10'), end=pd.Timestamp('2026-07-31'), value=1., cost=.1)
    users = c['user_id'].unique()
    habits = pd.DataFrame(dict(user_id=users, **{f'chance_{d}': .9 if d == 4 else .1 for d in range(7)}, hour=pd.NA))
    used = pd.DataFrame(dict(user_id=users[:50], offer_id='x', day=pd.Timestamp('2026-07-15')))
    d = timed(decide(c, 100, cap=1, used=used), c, habits, pd.Timestamp('2026-07-10'))
    both = pd.concat([d.sent[['user_id', 'day']], used[['user_id', 'day']]])
    assert both.groupby(['user_id', both['day'].dt.isocalendar().week]).size().max() == 1
    late = d.sent['day'] == pd.Timestamp('2026-07-14')                       # best day, in the week after the first
    assert late.any() and not set(d.sent.loc[late, 'user_id']) & set(users[:50])

# --- the report of a campaign -----------------------------------------------------------------------------------------

@pytest.fixture(scope='module')
def reported(dated, cache):
    "A report on the shop's last campaign that is over, with its parameters."
    def make(out, *more):
        return dated.promo('report', '-s', dated.shop, '-c', 'W03', '-b', 40, '-p', 'fast', 'true', '-p',
                           'contact_cost', .05, '-p', 'margin_rate', .4, *more, '-o', out)
    return make

def test_the_report_tells_places(reported, tmp_path):
    r = reported(tmp_path, '-p', 'weeks', '25', '-p', 'store_group', 'Markt 1, Markt 3',
                 '--language', 'zh')
    assert r.exit_code == 0, r.output
    page = (tmp_path/'campaign_W03.html').read_text('utf-8')
    for text in ('商品陈列位置', '每个选择背后的提升', '不含季节因素', '。这些陈列位置的任何分配方案都不会超过'):
        assert text in page, text
    said = re.sub(r'<[^>]+>', ' ', page)
    assert re.search(r'×\d\.\d\d', page) and re.search(r'第 23 周', said), 'lift, and the week before the campaign'

def test_a_wish_that_cannot_be_met_is_refused(reported, tmp_path):
    r = reported(tmp_path, '-p', 'weeks', '40')
    assert r.exit_code == 2 and 'runs from week 24 to week 25' in r.output, r.output

# --- what is refused --------------------------------------------------------------------------------------------------

@pytest.mark.parametrize('words, text', [
    ('--timed --daily-capacity 0', 'daily_capacity must be'), ('--daily-capacity 9', 'add --timed'),
    ('--timed --waves 3', 'give one of the two'), ('--timed --daily-capacity 2', 'letters do not fit into the 7 days'),
    ('--places nowhere', 'it is no folder of promo place'), ('--places {shop}', 'it is no folder of promo place'),
    ('--places {other}', 'is outside of the campaign'), ('--places {unknown}', 'is no item of the shop'),
    ('--places {twice}', 'an item is in two places at once'), ('--places {letters}', 'is no number from 0 to inf'),
    ('--places {torn}', 'is not as promo place writes it')])
def test_plan_refuses(dated, tmp_path, words, text):
    places = dated.root/'places'
    def changed(name, **columns):
        folder = shutil.copytree(places, tmp_path/name)
        pd.read_csv(folder/'places.csv', dtype=str).assign(**columns).to_csv(folder/'places.csv', index=False)
        return folder
    there = dict(shop=lambda: dated.shop, unknown=lambda: changed('unknown', item_id=[f'x{i}' for i in range(len(
        pd.read_csv(places/'places.csv')))]), twice=lambda: changed('twice', item_id='P-0001'),
        letters=lambda: changed('letters', units='many'), other=lambda: changed('other', week='40'),
        torn=lambda: shutil.copytree(places, tmp_path/'torn'))
    name = words.partition('{')[2].partition('}')[0]
    if name == 'other':
        folder = changed('other')
        t = pd.read_csv(folder/'places.csv', dtype=str)
        t.assign(week=(t['week'].astype(int) + 13).astype(str)).to_csv(folder/'places.csv', index=False)
    else: folder = there[name]() if name else ''
    if name == 'torn': (folder/'places.json').write_text('{')
    r = dated.plan(tmp_path/'plans'/'monday', *words.format(**{name: folder} if name else {}).split())
    assert r.exit_code == 2 and text in ' '.join(r.stderr.split()), r.output
    assert 'Traceback' not in r.output and not (tmp_path/'plans'/'monday').exists()

def test_without_purchases_no_day_is_known(dated, tmp_path):
    shop = shutil.copytree(dated.shop, tmp_path/'shop')
    for o in shop.glob('purchases*'): o.unlink()
    r = dated.promo('plan', '-s', shop, '-c', dated.world.campaign, '--scores', dated.world.scores, '-b', 40, '--timed',
                    '--no-holdout', '-o', tmp_path/'x')
    assert r.exit_code == 2 and 'no visits tell on which day to write' in ' '.join(r.stderr.split()), r.output

# --- while it runs ----------------------------------------------------------------------------------------------------

def test_follow_compares_places_and_proposes(dated, approved, tmp_path):
    folder = shutil.copytree(approved, tmp_path/'monday')
    t = PlanFolder(folder).read('places')
    both = t[t.duplicated(['item_id', 'location', 'mailer'], keep=False) & (t['week'] == 27)]
    poor = both.sort_values('units').iloc[-1]
    data = dated.live(8)
    p = data.purchases
    gone = (p['item_id'] == poor['item_id']) & (week_of(p['time']) == 27)
    assert gone.any()
    shop = PromoData.from_tables(data.tables | dict(purchases=p[~gone].reset_index(drop=True)), name=data.name,
                                 currency=data.currency).to_folder(tmp_path/'shop', 'csv')
    r = dated.promo('follow', folder, '-s', shop)
    assert r.exit_code == 0, r.output
    change = pd.read_csv(folder/'places_next.csv', dtype=dict(item_id=str, replaced_by=str, location=str, mailer=str))
    row = change.set_index('item_id').loc[poor['item_id']]
    assert row['week'] == 28 and row['came'] == 0 and row['chance'] < .01
    reserve = PlanFolder(folder).read('reserve').query('week == 28')
    assert row['replaced_by'] in set(reserve.loc[reserve['location'] == row['location'], 'item_id'])
    assert row['replaced_by'] not in set(t.loc[t['week'] == 28, 'item_id'])
    told = json.loads(next(folder.glob('follow-day-*.json')).read_text('utf-8'))
    came = {o['place']: o for o in told['places']['came']}
    assert all(o['low'] <= o['ratio'] <= o['high'] for o in came.values()) and told['places']['weeks'] == [27]
    page = next(folder.glob('follow-day-*.html')).read_text('utf-8')
    assert 'What the places sold' in page and 'Proposed for the next week' in page and row['replaced_by'] in page

def test_places_that_sell_as_expected_stay(dated, approved, tmp_path):
    folder = PlanFolder(shutil.copytree(approved, tmp_path/'monday'))
    now = follow(folder, dated.live(8))
    assert now.places['weeks'] == [27] and len(now.places['next']) <= 1
    assert ((now.places['came']['low'] < 1.3) & (now.places['came']['high'] > .7)).all()

def test_before_a_week_is_over(dated, approved, tmp_path):
    folder = PlanFolder(shutil.copytree(approved, tmp_path/'monday'))
    now = follow(folder, dated.live(4))
    now.write(folder)
    assert 'ends on 12 July 2026' in now.places['said'][0] and not (folder.path/'places_next.csv').exists()
    assert 'hour' in now.send

def test_items_that_were_taken_down_are_not_compared(dated, approved, tmp_path):
    folder = PlanFolder(shutil.copytree(approved, tmp_path/'monday'))
    gone = folder.read('places').query('week == 27')['item_id'].iloc[0]
    now = follow(folder, dated.live(8, lambda t: t[(t['item_id'] != gone) | (t['week'] != 27)]))
    assert any('does not know: 1.' in o for o in now.places['said'])
    assert now.places['came']['items'].sum() == len(folder.read('places').query('week == 27')) - 1

def test_new_letters_keep_to_the_capacity(dated, approved, tmp_path):
    "What is planned again on the way goes out on days that have room."
    from promo_lib.follow import _within_capacity
    folder = PlanFolder(shutil.copytree(approved, tmp_path/'monday'))
    every, c = folder.in_force(), folder.campaign.candidates
    tomorrow, end = pd.Timestamp('2026-07-09'), pd.Timestamp('2026-07-19')
    new = c[~c['user_id'].isin(every['user_id'])].drop_duplicates('user_id').head(60).assign(day=tomorrow)
    old = every[every['day'] >= tomorrow]
    send = _within_capacity(folder, pd.concat([old, new.assign(day=new['day'].astype(old['day'].dtype))],
                                              ignore_index=True), every, tomorrow, end)
    assert send.groupby('day')['user_id'].nunique().max() <= 25 and len(send) == len(old) + 60
    kept = send[send['user_id'].isin(every['user_id'])]
    assert kept['day'].tolist() == old['day'].tolist()
