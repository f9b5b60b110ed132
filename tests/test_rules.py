"Rules of a shop (rules.toml): read and checked once, kept by the plan, the service and the desk."
import json
import re
import shutil

import pandas as pd
import pytest

pytest.importorskip('fastapi')
from conftest import learned_shop, run_promo
from test_serve import Till, service_on, users

from promo_lib.constraints import ShopRules, read_shop_rules
from promo_lib.core import UsageError
from promo_lib.data import load
from promo_lib.folder import PlanFolder
from promo_lib.follow import follow
from promo_lib.shelf import Shelf
from promo_lib.state import State

@pytest.fixture(scope='module')
def place(world, tmp_path_factory):
    "The shop of the tests with four rules, a model that knows it, and its shelf."
    def with_ages(shop):
        u = pd.read_parquet(shop/'users.parquet')
        u['age'] = ['16-17', '25-34', None, '65+'][:4]*(len(u)//4) + ['25-34']*(len(u) % 4)
        u.to_parquet(shop/'users.parquet')
    root = learned_shop(world, tmp_path_factory.mktemp('rules'), with_ages)
    offers = world.data.offers[world.data.offers['campaign_id'] == world.campaign]['offer_id'].astype(str).tolist()
    write(root, [('of age', f'offers = {{offer_id = "{offers[0]}"}}', 'customers = {age = ">= 18"}'),
                 ('no licence', f'offers = {{offer_id = "{offers[1]}"}}', 'never = true')])
    Shelf.fill(root/'shelf', root/'model', str(root/'shop'))
    return root

def write(root, rules):
    text = '\n'.join(f'[[rule]]\nname = "{n}"\n{about}\n{says}' for n, about, says in rules)
    (root/'shop'/'rules.toml').write_text(text, 'utf-8')

@pytest.fixture(scope='module')
def offers(world):
    return world.data.offers[world.data.offers['campaign_id'] == world.campaign]['offer_id'].astype(str).tolist()

@pytest.fixture(scope='module')
def till(place, tmp_path_factory):
    state = State(tmp_path_factory.mktemp('state')/'state.db', make=True)
    service = service_on(place, state)
    yield Till(service, state.new_key(['decide', 'outcomes', 'admin']))
    service.close()

def ages(place):
    t = pd.read_parquet(place/'shop'/'users.parquet')
    return dict(zip(t['user_id'].astype(str), t['age']))

def test_the_service_never_offers_it(place, till, offers):
    age, told = ages(place), 0
    for u in users(place):
        status, answer = till('/v1/decide', dict(user_id=u))
        assert status == 200
        given = {o['offer_id'] for o in answer['offers']}
        assert offers[1] not in given
        if age[u] in (None, '16-17') or pd.isna(age[u]):
            assert offers[0] not in given
            why = {o['offer_id']: o['why'] for o in answer.get('left_out', [])}
            told += why.get(offers[0]) == 'of age: only for customers with age >= 18'
    assert told
    assert any(offers[0] in {o['offer_id'] for o in till('/v1/decide', dict(user_id=u))[1]['offers']}
               for u in users(place) if age[u] in ('25-34', '65+'))
    shown = run_promo('explain', answer['decision_id'], '--state', till.service.state.address)
    assert 'no licence: never offered' in ' '.join(shown.stdout.split())

def test_the_desk_must_not_mention_it(place, till, offers):
    said = 'Customer: is there an offer for me?'
    young = next(u for u, a in ages(place).items() if a == '16-17')
    for user in (young, None):
        asked = dict(text=said) | (dict(user_id=user) if user else {})
        answer = till('/v1/assist', asked)[1]
        assert not {offers[0], offers[1]} & {o['offer_id'] for o in answer['may_mention']}
        why = {o['offer_id']: o['why'] for o in answer['must_not_mention'] if o['campaign_id'] == 'next'}
        assert why.get(offers[1], 'no licence: never offered') in ('no licence: never offered',)
    for args in ([], ['--user', young]):
        done = run_promo('assist', said, '--source', place/'shop', '--json', *args)
        assert done.exit_code == 0, done.stderr
        answer = json.loads(done.stdout)
        assert not {offers[0], offers[1]} & {o['offer_id'] for o in answer['may_mention']}
        assert 'no licence: never offered' in {o['why'] for o in answer['must_not_mention']}

def test_the_plan_never_sends_it(world, place, offers, tmp_path):
    done = run_promo('plan', '--source', place/'shop', '--campaign', world.campaign, '--budget', 50, '--no-pdf',
                     '--scores', world.scores, '--max-offers', 2, '-o', tmp_path/'plans'/'a')
    assert done.exit_code == 0, done.stderr
    sent = pd.read_csv(tmp_path/'plans'/'a'/'send.csv', dtype=str)
    assert len(sent) and offers[1] not in set(sent['offer_id'])
    age = ages(place)
    assert all(age[u] in ('25-34', '65+') for u in sent.loc[sent['offer_id'] == offers[0], 'user_id'])
    assert 'rules.toml, no licence' in (tmp_path/'plans'/'a'/'report.html').read_text('utf-8')

def test_substitutes_and_complements(place, offers, tmp_path):
    "At most one of the substitutes, none beside one in the basket; complements wait for the basket."
    root = tmp_path
    shutil.copytree(place/'shop', root/'shop')
    t = pd.read_parquet(root/'shop'/'offer_items.parquet').astype(str)
    one, two = (t[t['offer_id'] == o]['item_id'].iloc[0] for o in offers[:2])
    write(root, [('one is enough', f'products = {{item_id = ["{one}", "{two}"]}}', 'one_of = true')])
    shelf = Shelf.fill(root/'shelf', place/'model', str(root/'shop'))
    for u in users(place)[:40]:
        free = shelf.choose(u, price=0., barred=shelf.forbidden(u))
        assert len({o['offer_id'] for o in free} & set(offers[:2])) <= 1
        held = shelf.choose(u, price=0., barred=shelf.forbidden(u, [one]))
        assert not {o['offer_id'] for o in held} & set(offers[:2])
    new = pd.read_parquet(root/'shop'/'items.parquet')
    alone = dict(new.iloc[0]) | dict(item_id='never sold')
    pd.concat([new.astype(dict(item_id=str)), pd.DataFrame([alone])]).to_parquet(root/'shop'/'items.parquet')
    write(root, [('after', f'offers = {{offer_id = "{offers[0]}"}}', 'after = {item_id = "never sold"}')])
    shelf = Shelf.fill(root/'shelf2', place/'model', str(root/'shop'))
    u = next(u for u in users(place) if len(shelf.forbidden(u)) and shelf.forbidden(u)[0])
    assert offers[0] in {shelf.offers[k]['offer_id'] for k in shelf.arrays['offer'][shelf.rows_of(u)]}
    assert 'after: only after item_id = never sold' in shelf.forbidden(u)
    assert not any(shelf.forbidden(u, ['never sold']))

def test_a_plan_with_limits_sends_one_of_the_substitutes(world, place, tmp_path):
    "As a constraint of the plan, which the folder keeps and a veto leaves standing."
    shutil.copytree(place/'shop', tmp_path/'shop')
    every = load(str(place/'shop'), need=()).offers
    mine = every[every['campaign_id'].astype(str) == world.campaign]['offer_id'].astype(str).tolist()
    same = mine[:-1]
    write(tmp_path, [('one is enough', f'offers = {{offer_id = {json.dumps(same)}}}', 'one_of = true')])
    (tmp_path/'limits.csv').write_text(f'constraint,column,group,amount\nstock,offer_id,{mine[-1]},30\n')
    done = run_promo('plan', '--source', tmp_path/'shop', '--campaign', world.campaign, '--budget', 1000, '--no-pdf',
                     '--scores', world.scores, '--max-offers', 3, '--no-holdout', '-o', tmp_path/'plan',
                     '--limits', tmp_path/'limits.csv')
    assert done.exit_code == 0, done.stderr
    def judged():
        sent = pd.read_csv(tmp_path/'plan'/'send.csv', dtype=str)
        n = sent[sent['offer_id'].isin(same)].groupby('user_id').size()
        assert len(n) and n.max() == 1 and sent.groupby('user_id').size().max() == 2
    judged()
    about = json.loads((tmp_path/'plan'/'plan.json').read_text('utf-8'))
    assert [o[1] for o in about['limits']] == ['stock', 'one_of']
    PlanFolder(tmp_path/'plan').approve('Ann', veto_offers=[same[0]])
    judged()

def test_without_rules_nothing_changes(place, tmp_path):
    shutil.copytree(place/'shop', tmp_path/'shop')
    (tmp_path/'shop'/'rules.toml').unlink()
    shelf = Shelf.fill(tmp_path/'shelf', place/'model', str(tmp_path/'shop'))
    assert shelf.forbidden(users(place)[0]) is None and (shelf.arrays['barred'] == -1).all()

BAD = [('[[rule', 'rules.toml'), ('[[rule]]\nname = "x"\nproducts = {category = "a"}', "rule 'x' needs one of"),
       ('[[rule]]\nname = "x"\noffers = {kindd = "a"}\nnever = true', "the table offers has no column 'kindd'"),
       ('[[rule]]\nname = "x"\noffers = {offer_id = "zz"}\nnever = true', "offers.offer_id is never 'zz'"),
       ('[[rule]]\nname = "x"\noffers = {offer_id = "zz"}\ncustomers = {agge = ">= 18"}', "offer_id is never 'zz'"),
       ('[[rule]]\nname = "x"\nproduct = {category = "a"}\nnever = true', 'Is it products?')]

@pytest.mark.parametrize('text, says', BAD)
def test_bad_rules_say_where(place, tmp_path, text, says):
    data = load(str(place/'shop'), need=())
    (tmp_path/'rules.toml').write_text(text, 'utf-8')
    with pytest.raises(UsageError, match=re.escape(says)): ShopRules(read_shop_rules(tmp_path), data)

def test_bad_rules_end_the_commands(place, tmp_path):
    shutil.copytree(place/'shop', tmp_path/'shop')
    (tmp_path/'shop'/'rules.toml').write_text(BAD[2][0], 'utf-8')
    with pytest.raises(UsageError, match='kindd'): Shelf.fill(tmp_path/'x', place/'model', str(tmp_path/'shop'))
    for args in (['check', tmp_path/'shop'], ['assist', 'any offer?', '-s', tmp_path/'shop']):
        done = run_promo(*args)
        assert done.exit_code == 2, (args[0], done.stdout, done.stderr)
        assert BAD[2][1] in ' '.join(done.stderr.split()) and 'Traceback' not in done.output

def test_check_tells_the_rules(place):
    done = run_promo('check', place/'shop')
    assert done.exit_code == 0 and 'no licence: never offered' in ' '.join(done.stdout.split())

def test_groups_of_ages(place):
    data = load(str(place/'shop'), need=())
    rules = read_shop_rules(place/'shop')
    let_in = ShopRules(rules, data).rules[0]['users']
    age = ages(place)
    assert let_in == {u for u, a in age.items() if a in ('25-34', '65+')}

# --- a plan that was approved before a rule ---

@pytest.fixture(scope='module')
def forbidden_later(world, place, tmp_path_factory):
    "An approved plan, and the shop on its third day with a rule against what it sends most: plan, shop, offer."
    root = tmp_path_factory.mktemp('later')
    f = world.copy(root/'plans'/'next', approve=True)
    later = f.in_force()
    most = later.loc[later['day'] > world.begin + pd.Timedelta(days=2), 'offer_id'].astype(str).mode()[0]
    world.live(f, 3).to_folder(root/'shop', 'parquet')
    write(root, [('recalled', f'offers = {{offer_id = "{most}"}}', 'never = true')])
    return f, root/'shop', most

def test_follow_does_not_send_what_is_forbidden_now(world, forbidden_later):
    f, shop, most = forbidden_later
    now = follow(f, str(shop))
    planned = f.in_force()
    rest = planned[planned['day'] > now.day]
    n = int((rest['offer_id'].astype(str) == most).sum())
    assert n and len(now.send) and most not in set(now.send['offer_id'].astype(str))
    assert f'rules.toml forbids {n:,} offers that the plan would still have sent: they are not sent.' in now.notes
    (shop/'rules.toml').rename(shop/'kept')
    free = follow(f, str(shop))
    (shop/'kept').rename(shop/'rules.toml')
    assert most in set(free.send['offer_id'].astype(str)) and not any('rules.toml' in o for o in free.notes)
    now.write(f)
    assert most not in set(f.in_force().query('day > @now.day')['offer_id'].astype(str))

def test_the_service_does_not_offer_what_is_forbidden_now(world, place, forbidden_later, tmp_path):
    f, shop, most = forbidden_later
    shelf = Shelf.fill(tmp_path/'shelf', place/'model', str(shop), f.path)
    name = tmp_path/'shelves'/f'shelf-{shelf.about["model"]}'
    shutil.copytree(shelf.folder, name)
    state = State(tmp_path/'state.db', make=True)
    service = service_on(place, state, shelves=tmp_path/'shelves', source=str(shop), plan=str(f.path))
    till, told, given = Till(service, state.new_key(['decide'])), 0, set()
    sent = f.in_force()
    for u in sent.loc[sent['offer_id'].astype(str) == most, 'user_id'].astype(str).unique():
        answer = till('/v1/decide', dict(user_id=u))[1]
        given |= {o['offer_id'] for o in answer['offers']}
        told += any(o['why'] == 'recalled: never offered' for o in answer.get('left_out', []))
    service.close()
    assert told and given and most not in given

# --- the file that init writes ---

def test_init_writes_examples(world, tmp_path):
    "As it is nothing is forbidden; each example, taken out of its comment, is a rule that the tables know."
    done = run_promo('init', world.csv, '--out', tmp_path/'shop', '--yes')
    assert done.exit_code == 0, done.stderr
    path = tmp_path/'shop'/'rules.toml'
    assert done.stdout.split() == [str(tmp_path/'shop'/'shop.toml')]            # what was asked for, for a script
    assert 'Examples of what a shop never does' in ' '.join(done.stderr.split())
    assert read_shop_rules(tmp_path/'shop') == []
    text = path.read_text('utf-8')
    path.write_text(re.sub('^# ', '', text, flags=re.M), 'utf-8')
    rules, data = read_shop_rules(tmp_path/'shop'), load(str(tmp_path/'shop'), need=())
    assert len(rules) >= 2 and {'never'} <= {o['says'] for o in rules}
    assert all(o['offers'] for o in ShopRules(rules, data.completed()).rules)
    mine = path.read_text('utf-8')
    again = run_promo('init', world.csv, '--out', tmp_path/'shop', '--yes', '--replace')
    assert again.exit_code == 0 and 'Examples' not in again.stderr and path.read_text('utf-8') == mine
