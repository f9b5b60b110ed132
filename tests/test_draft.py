"The file of a campaign to come: what is wrong in it is said with its name, and with the way out."
import pandas as pd, pytest

from conftest import World
from promo_lib.core import DataError, UsageError
from promo_lib.draft import Draft, campaign_state

DAY = pd.Timestamp

GOOD = '''campaign = "秋季"
start = 2026-08-03
end = 2026-08-16
budget = 30.0
holdout = 0.2
max_offers = 1
[eligible]
active_weeks = 26
[[offers]]
offer_id = "0101"
text = "九折 绿茶"
items = ["P-0001", "P-0002"]
discount = 0.5
[[offers]]
offer_id = "0102"
items_where = { category = "饮料" }
discount = 0.8
'''

def written(folder, text=GOOD, name='秋季.toml', **files):
    for k, o in files.items(): (folder/f'{k}.csv').write_text(o, 'utf-8')
    (folder/name).write_text(text, 'utf-8')
    return folder/name

def test_good(world, tmp_path):
    d = Draft(world.csv, written(tmp_path))
    assert d.ids == ['秋季'] and d.terms['秋季']['budget'] == 30 and campaign_state(d.data, '秋季') == 'draft'
    offers = d.data.offers.set_index('offer_id').loc[['0101', '0102']]
    assert offers['start'].unique() == [DAY('2026-08-03')]
    assert offers['end'].unique() == [DAY('2026-08-16') + pd.Timedelta(days=1) - pd.Timedelta(microseconds=1)]
    links = d.data.offer_items[d.data.offer_items['campaign_id'] == '秋季']
    drinks = world.data.items.loc[world.data.items['category'] == '饮料', 'item_id']
    found = links.groupby('offer_id')['item_id'].agg(set).to_dict()
    assert found == {'0101': {'P-0001', 'P-0002'}, '0102': set(drinks)}
    users = d.data.candidates(['秋季'])['user_id']
    assert users.nunique() < 300 and str(users.nunique()) in d.in_words()[0] and 'bought nothing' in d.in_words()[0]
    assert set(users) <= set(world.data.users['user_id'])

def test_other_tables_stay(world, tmp_path):
    d = Draft(world.data, written(tmp_path))
    pd.testing.assert_frame_equal(d.data.purchases, world.data.purchases)
    assert '秋季' not in set(world.data.offers['campaign_id'])

def test_whole_number_ids(toy, tmp_path):
    "A shop with numbers for ids takes a campaign with a name; 00007 is not 7."
    from promo_lib.data import PromoData
    t = {k: o.assign(offer_id=o['offer_id'].str[1:].astype(int)) if 'offer_id' in o else o for k, o in toy.items()}
    item = toy['items']['item_id'].iloc[0]
    text = f'start = 2027-01-04\nend = 2027-01-10\n[[offers]]\noffer_id = "007"\nitems = ["{item}"]\n'
    d = Draft(PromoData.from_tables(t), written(tmp_path, text, 'new.toml'))
    assert '007' in set(d.data.offers['offer_id']) and d.data.offer_items['item_id'].iloc[-1] == item
    assert len(d.data.candidates(['new'])) == len(toy['users'])

# name: what is replaced, by what; words of the error
WRONG = {
    'misspelt in the file': ('budget = ', 'budgett = ', ["the file has no 'budgett'", 'Is it budget?']),
    'misspelt in an offer': ('discount = 0.5', 'discont = 0.5', ["an offer has no 'discont'", 'Is it discount?']),
    'misspelt in eligible': ('active_weeks', 'activ_weeks', ["eligible has no 'activ_weeks'", 'Is it active_weeks?']),
    'budget as text': ('budget = 30.0', 'budget = "much"', ['budget must be a number of 0 or above', "'much'"]),
    'budget below 0': ('budget = 30.0', 'budget = -1', ['budget must be a number of 0 or above, not -1']),
    'budget that is yes': ('budget = 30.0', 'budget = true', ['budget must be of kind number, not true']),
    'half an offer': ('max_offers = 1', 'max_offers = 1.5', ['max_offers must be a whole number of 1 or above']),
    'start as text': ('start = 2026-08-03', 'start = "2026-08-03"', ['start must be a day such as 2026-06-01']),
    'start as a number': ('start = 2026-08-03', 'start = 20260803', ['start must be a day such as 2026-06-01']),
    'a zone': ('start = 2026-08-03', 'start = 2026-08-03T00:00:00+08:00', ["by the shop's clock, without a zone"]),
    'UTC': ('end = 2026-08-16', 'end = 2026-08-16T00:00:00Z', ["a time by the shop's clock, without a zone"]),
    'no end': ('end = 2026-08-16\n', '', ['offer 0101 has no end', 'write end = ', 'the last day on which']),
    'no start': ('start = 2026-08-03\n', '', ['offer 0101 has no start', 'write start = ']),
    'end before start': ('end = 2026-08-16', 'end = 2026-08-01', ['offers.end', 'before start', 'Swap the two']),
    'no such day': ('2026-08-16', '2026-08-32', ['is no TOML']),
    'no TOML': ('budget = 30.0', 'budget 30', ['秋季.toml is no TOML', 'line 4']),
    'no offers': (GOOD[GOOD.index('[[offers]]'):], '', ['campaign 秋季 has no [[offers]]']),
    'offer without id': ('offer_id = "0101"\n', '', ['an offer has no offer_id']),
    'offer twice': ('"0102"', '"0101"', ['offers.offer_id', 'more than once']),
    'items as text': ('["P-0001", "P-0002"]', '"P-0001"', ['items must be of kind ids']),
    'items that are not there': ('"P-0002"', '"P-9999"', ['P-9999 is not in items.item_id']),
    'no such column': ('category = "饮料"', 'department = "x"', ["items has no column 'department'", 'category']),
    'no such value': ('category = "饮料"', 'category = "茶具"', ["no row of items has category = '茶具'", '饮料']),
    'eligible as text': ('[eligible]\nactive_weeks = 26\n', 'eligible = "all"\n', ['eligible must be a table']),
    'no such list': ('active_weeks = 26', 'do_not_contact = "none.csv"', ['do_not_contact: there is no file']),
    'no such list of users': ('active_weeks = 26', 'users = "none.csv"', ['users: there is no file', 'none.csv']),
    'no such attribute': ('active_weeks = 26', 'opted_in = "newsletter"', ["users has no column 'newsletter'"]),
    'neither yes nor no': ('active_weeks = 26', 'opted_in = "region"', ['users.region: says neither yes nor no']),
    'nobody': ('active_weeks = 26', 'active_weeks = 0', ['nobody may get campaign 秋季', 'bought nothing']),
    'it has begun': ('start = 2026-08-03', 'start = 2026-07-05', ['campaign 秋季 starts on 2026-07-05', 'it has begun',
                                                                'promo report', 'give tables that end before']),
    'empty name': ('campaign = "秋季"', 'campaign = ""', ['campaign must be of kind text']),
    'hold-out of 2': ('holdout = 0.2', 'holdout = 2', ['holdout must be a number between 0 and 1, not 2']),
    'a negative discount': ('discount = 0.5', 'discount = -0.5', ['discount must be a number of 0 or above']),
}

@pytest.mark.parametrize('name', WRONG)
def test_wrong(name, world, promo, tmp_path):
    old, new, words = WRONG[name]
    assert old in GOOD
    path = written(tmp_path, GOOD.replace(old, new))
    r = promo('plan', '-s', world.parquet, '-c', path, '-o', tmp_path/'plans'/'x', '--scores', world.scores)
    assert r.exit_code == 2 and 'Traceback' not in r.output and not (tmp_path/'plans').exists(), r.output
    for o in words: assert o in r.stderr

@pytest.mark.parametrize('words, way', [('-c', '秋季'), ('-c', '秋季.toml')])
def test_found_where_somebody_stands(words, way, world, tmp_path, monkeypatch):
    written(tmp_path)
    monkeypatch.chdir(tmp_path)
    assert Draft(world.data, way).ids == ['秋季']

def test_not_utf8(world, tmp_path):
    (tmp_path/'a.toml').write_bytes(GOOD.encode('gb18030'))
    with pytest.raises(UsageError, match='a.toml must be UTF-8'): Draft(world.data, tmp_path/'a.toml')

def test_lists_lie_beside_the_file(world, tmp_path, monkeypatch):
    "Their paths are those of the file, wherever somebody stands; ids stay texts."
    text = GOOD.replace('active_weeks = 26', 'users = "few.csv"\ndo_not_contact = "no.csv"')
    path = written(tmp_path, text, few='user_id\n00001\n00002\n00123\n', no='user_id\n00123\n')
    monkeypatch.chdir('/')
    d = Draft(world.data, path)
    assert set(d.data.candidates(['秋季'])['user_id']) == {'00001', '00002'}
    assert d.left_out['秋季'] == {'not on the list of users': 297, 'on the do-not-contact list': 1}

@pytest.mark.parametrize('rule', ['users', 'do_not_contact'])
def test_unknown_ids_of_a_list(rule, world, tmp_path):
    "Refused with its name and the way out; each of the two ways out works."
    text = GOOD.replace('active_weeks = 26', f'{rule} = "few.csv"')
    path = written(tmp_path, text, few='user_id\n00001\n1\n99999\n')
    with pytest.raises(DataError) as e: Draft(world.data, path)
    what = f'{rule}.user_id: is not a user of the tables (2 rows'
    for o in what, '99999', 'unknown_ids = "ignore"', '--ignore-unknown': assert o in str(e.value)
    left = Draft(world.data, path, ignore_unknown=True).data.candidates(['秋季'])['user_id'].nunique()
    assert left == (1 if rule == 'users' else 299)
    path = written(tmp_path, text.replace('[eligible]', '[eligible]\nunknown_ids = "ignore"'))
    assert Draft(world.data, path).data.candidates(['秋季'])['user_id'].nunique() == left

def test_names_that_collide(world, tmp_path):
    "A file that is called like a campaign of the tables, and one whose campaign is named as another one is."
    for name in '夏季', world.data.offers['campaign_id'].iloc[0]:
        path = written(tmp_path, GOOD.replace('"秋季"', f'"{name}"'))
        with pytest.raises(UsageError, match=f'campaign {name} stands in the table offers already'):
            Draft(world.data, path)
    path = written(tmp_path)
    with pytest.raises(UsageError, match='campaign 秋季 is named twice'): Draft(world.data, [path, path])

def test_whole_plan_from_a_file(world, tmp_path):
    "Budget, hold-out and most offers are those of the file; what the command says comes first."
    from promo_lib.cold import cold_scores
    from promo_lib.folder import plan_campaigns
    path = written(tmp_path, GOOD.replace('text = "九折 绿茶"', 'text = "<b>=九折</b>"'))
    d = Draft(world.data, path)
    scores = cold_scores(d.data, d.data.candidates(['秋季']), '0.2:0.1:0.3')
    how = dict(scores=scores, page=False, money=World.money)
    f = plan_campaigns(world.data, path, tmp_path/'a'/'x', **how)
    terms = {k: f.about['terms'][k] for k in ('budget', 'holdout', 'max_offers')}
    assert terms == dict(budget=30, holdout=.2, max_offers=1)
    assert f.sent['cost'].sum() <= 30 and len(f.sent) and f.facts['said']['who'][0] == d.in_words()[0]
    g = plan_campaigns(world.data, path, tmp_path/'b'/'x', 10, .3, **how)
    assert g.sent['cost'].sum() <= 10 and g.about['terms']['holdout'] == .3

def test_a_campaign_of_a_file_is_followed_without_being_entered(world, tmp_path):
    "The shop's tables never name the offers of a .toml file: the plan's folder brings them along."
    from promo_lib.follow import shop_now
    first = world.begin.strftime('%Y-%m-%d')
    last = (world.begin + pd.Timedelta(days=9)).strftime('%Y-%m-%d')
    path = tmp_path/'herbst.toml'
    text = f'start = {first}\nend = {last}\nbudget = 900\n[[offers]]\noffer_id = "h1"\ndiscount = 0.1\n'
    path.write_text(text, 'utf-8')
    f = world.plan(tmp_path/'plans'/'herbst', campaigns=path, budget=None, scores=None, prior='0.4:0.2:0.6', page=False)
    for source in (world.parquet, world.csv):
        offers = shop_now(f, source).offers
        assert 'h1' in set(offers['offer_id']) and not offers.duplicated(['offer_id', 'campaign_id']).any()
