"The till: the running basket in `POST /v1/decide`, and what comes next into it."
import numpy as np
import pandas as pd
import pytest

pytest.importorskip('fastapi')
from conftest import learned_shop, run_promo
from test_serve import Till, service_on, users

from promo_lib.bundles import NextItems, cut_baskets, read_baskets
from promo_lib.data import PromoData
from promo_lib.shelf import Shelf
from promo_lib.state import State

@pytest.fixture(scope='module')
def place(world, tmp_path_factory):
    "The made-up shop of the tests, a model that knows it, and its shelf."
    root = learned_shop(world, tmp_path_factory.mktemp('till'))
    Shelf.fill(root/'shelf', root/'model', str(root/'shop'))
    return root

@pytest.fixture(scope='module')
def till(place, tmp_path_factory):
    state = State(tmp_path_factory.mktemp('state')/'state.db', make=True)
    service = service_on(place, state)
    yield Till(service, state.new_key(['decide', 'outcomes', 'admin']))
    service.close()

def products_of(place, campaign):
    t = pd.read_parquet(place/'shop'/'offer_items.parquet').astype(str)
    return t[t['campaign_id'] == str(campaign)].groupby('offer_id')['item_id'].unique()

def decide(till, user, **context):
    status, answer = till('/v1/decide', dict(user_id=user, **(dict(context=context) if context else {})))
    assert status == 200, answer
    return answer

def figures(answer):
    return [(o['offer_id'], o['probability'], *o['interval'], o['value'], o['cost']) for o in answer['offers']]

def test_no_basket_changes_nothing(place, till):
    for u in users(place)[:20]:
        plain = decide(till, u)
        assert figures(plain) == figures(decide(till, u, basket=[])) == figures(decide(till, u, channel='', hour=3))
        strange = decide(till, u, basket=['never seen', '<script>alert(1)</script>', "'; DROP TABLE items; --"])
        assert figures(strange) == figures(plain)
        assert strange['basket']['lines'] == 3 and strange['basket']['known'] == 0 and 'basket' not in plain
        assert '<script>' not in str(strange)

def test_a_basket_multiplies(world, place, till):
    "Chance and value times the lift, cost where it is paid on redemption, the whole offer left out, and in words."
    shelf = till.service.shelves['champion']
    of_one = products_of(place, world.campaign)
    moved = 0
    for u in users(place)[:25]:
        for offer, products in of_one.items():
            lift, _ = shelf.lifts(u, products[:1])
            plain = {o['offer_id']: o for o in till('/v1/score', dict(user_id=u))[1]['scores']}
            for o in decide(till, u, basket=products[:1].tolist())['offers']:
                k = [x['offer_id'] for x in shelf.offers].index(o['offer_id'])
                x = min(lift[k], 1/plain[o['offer_id']]['p_redeem'])
                assert o['probability'] == pytest.approx(plain[o['offer_id']]['p_redeem']*x, abs=1e-9)
                assert o['value'] == pytest.approx(plain[o['offer_id']]['value']*x, abs=1e-9)
                assert 0 <= o['interval'][0] <= o['probability'] <= o['interval'][1] <= 1
                assert ('goes with what is in the basket' in o['reason'].lower()) == (x >= 1.2)
                moved += x != 1
    assert moved

def test_what_is_in_the_basket_is_left_out(world, place, till):
    of_one = products_of(place, world.campaign)
    u = next(u for u in users(place) if till.service.shelves['champion'].choose(u))
    offer = decide(till, u)['offers'][0]['offer_id']
    answer = decide(till, u, basket=of_one[offer].tolist())
    assert offer not in {o['offer_id'] for o in answer['offers']}
    assert dict(offer_id=offer, campaign_id=str(world.campaign), why='in the basket already') in answer['left_out']
    shown = run_promo('explain', answer['decision_id'], '--state', till.service.state.address)
    assert shown.exit_code == 0 and 'in the basket already' in shown.stdout

@pytest.mark.parametrize('context', [
    dict(basket=['i1']*10_000), dict(basket=['i']*501), dict(basket='i1'), dict(basket=[1.5]), dict(basket=[None]),
    dict(basket=['']), dict(basket=['a\0']), dict(basket=[['i1']]), dict(basket_texts=['x']*101),
    dict(basket_texts=['x'*2001]), dict(basket_texts='tea')])
def test_refused(place, till, context):
    assert till('/v1/decide', dict(user_id=users(place)[0], context=context))[0] == 422

def test_texts_and_long_baskets(place, till):
    "Words for what has no id; 500 lines; ids that are numbers."
    items = pd.read_parquet(place/'shop'/'items.parquet').astype(dict(item_id=str))
    shelf, u = till.service.shelves['champion'], users(place)[1]
    words = [o for o in items.get('name', items.get('text', items.get('category'))).astype(str).unique()][:2]
    told = decide(till, u, basket_texts=[*words, 'qzxw', ''])['basket']
    assert told['lines'] == 4 and 1 <= told['known'] <= 2
    everything = decide(till, u, basket=items['item_id'].tolist()[:500])
    assert everything['basket']['known'] == min(len(items), 500)
    assert all(np.isfinite(o['value']) for o in everything['offers'])
    assert till('/v1/decide', dict(user_id=u, context=dict(basket=[5, 6])))[0] == 200
    assert shelf.till is not None

def test_no_baskets_no_till(world, place, tmp_path):
    "A shop whose lines name no product."
    t = {k: o for k, o in world.data.tables.items()}
    t['purchases'] = t['purchases'].drop(columns='item_id')
    from promo_lib.shelf import _save_till
    about = {}
    assert _save_till(tmp_path/'till', PromoData(t), [], np.array(['u']), about) == {}
    assert 'which item' in about['till'] and not (tmp_path/'till').exists()

# --- what comes next ---

def shop(n=1500, seed=0):
    "Bread with everything; wine goes with cheese; everybody has a usual of their own; one new product, like cheese."
    r = np.random.default_rng(seed)
    rows = []
    for b in range(n):
        user = b % 50
        cheese = r.random() < .3
        lot = (['bread'] if r.random() < .6 else []) + (['cheese'] if cheese else [])
        lot += (['wine'] if r.random() < (.7 if cheese else .05) else [])
        lot += [f'other {k}' for k in range(6) if r.random() < (.8 if k == user % 6 else .1)]
        rows += [(user, o, b) for o in lot]
    t = pd.DataFrame(rows, columns=['user_id', 'item_id', 'basket_id'])
    t['time'] = pd.Timestamp('2026-01-01') + pd.to_timedelta(t['basket_id']//12, unit='D')
    ids = ['bread', 'cheese', 'wine', *(f'other {k}' for k in range(6)), 'new']
    items = pd.DataFrame(dict(item_id=ids, name=[*ids[:-1], 'cheese from afar']))
    return PromoData.from_tables(dict(items=items, purchases=t.assign(value=1., quantity=1)), need=('purchases',))

@pytest.fixture(scope='module')
def model(): return NextItems.of(read_baskets(shop()))

def code(model, *ids): return model.codes_of(ids)[0]

def test_wine_goes_with_cheese(model):
    items = model.a['items'].tolist()
    p, q = model.chances(-1, code(model, 'cheese')), model.chances(-1, code(model, 'bread'))
    assert p[items.index('wine')] > 1.5*q[items.index('wine')] and p[items.index('cheese')] == 0
    assert .9 < p.sum() <= 1 + 1e-9
    mine, other = (model.ranked(u, code(model, 'bread'), 3) for u in (2, 3))
    assert items.index('other 2') in mine and items.index('other 2') not in other
    new = model.chances(-1, code(model, 'new'))
    assert new[items.index('wine')] > 1.3*q[items.index('wine')]

def test_nothing_of_the_future(model):
    "What is bought after the cut does not change what was counted before it."
    B = read_baskets(shop())
    cut = np.quantile(B.when.astype('int64'), .5).astype('int64').astype(B.when.dtype)
    keep = (B.when < cut).astype(B.X.dtype)
    late = type(B)(B.X.multiply(keep[:, None]).tocsr(), B.user, B.users, B.items, B.when)
    late.X.eliminate_zeros()
    a, b = (NextItems.counted(o, cut) for o in (B, late))
    assert all(np.array_equal(a.a[k], b.a[k]) for k in a.a if k not in ('idf', 'texts_data'))

def test_weights_are_shares_and_questions_are_honest(model):
    assert np.allclose(model.a['weights'].sum(1), 1) and np.allclose(model.a['alone'].sum(1), 1)
    B = read_baskets(shop())
    for b, seen, come in cut_baskets(B, range(50)):
        whole = set(B.X.indices[B.X.indptr[b]:B.X.indptr[b + 1]])
        assert len(seen) and len(come) and set(seen) | set(come) == whole and not set(seen) & set(come)

def test_same_again_and_kept(model, tmp_path):
    again = NextItems.of(read_baskets(shop()))
    kept = NextItems.load(model.save(tmp_path/'till'))
    for o in (again, kept):
        assert np.array_equal(o.chances(0, code(model, 'bread')), model.chances(0, code(model, 'bread')))
