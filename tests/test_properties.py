"What must hold for any input, tried on inputs that Hypothesis makes up."
from pathlib import Path, PurePosixPath

import numpy as np, pandas as pd, pytest
from hypothesis import assume, given, settings, strategies as st

from promo_lib.allocate import allocate
from promo_lib.core import file_name
from promo_lib.data import CONTRACT, PromoData, coerce, toy_tables, unify_ids
from promo_lib.features import add_features, feature_columns, select_features
from promo_lib.metrics import auc, average_precision, calibration_error, captured_at, evaluate, lift_at, log_loss

settings.register_profile('small', max_examples=40, deadline=None, derandomize=True)
settings.load_profile('small')

# Few distinct scores, so that ties are common.
labelled = st.lists(st.tuples(st.integers(0, 1), st.integers(0, 8).map(lambda o: o/8), st.integers(0, 5)), min_size=4,
                    max_size=40)

@pytest.mark.parametrize('metric', [auc, average_precision, log_loss, calibration_error, captured_at, lift_at])
@given(rows=labelled, seed=st.integers(0, 99))
def test_row_order_changes_no_metric(metric, rows, seed):
    y, p, _ = map(np.array, zip(*rows))
    assume(0 < y.sum() < len(y))
    o = np.random.default_rng(seed).permutation(len(y))
    assert metric(y, p) == metric(y[o], p[o])

@pytest.mark.filterwarnings('ignore')                    # so few rows that many replicates have one class only
@given(rows=labelled, seed=st.integers(0, 99))
def test_row_order_changes_no_interval(rows, seed):
    y, p, user = map(np.array, zip(*rows))
    assume(0 < y.sum() < len(y) and len(set(user)) > 1)
    o = np.random.default_rng(seed).permutation(len(y))
    ask = dict(metrics=['log_loss', 'calibration_error'], n_boot=20)
    pd.testing.assert_frame_equal(evaluate(y, p, user, **ask), evaluate(y[o], p[o], user[o], **ask), rtol=1e-12)

money = st.floats(0, 100, allow_nan=False).map(lambda x: round(x, 2))
candidates = st.lists(st.tuples(st.integers(0, 6), st.integers(0, 4), money, money), min_size=1, max_size=30,
                      unique_by=lambda o: o[:2]).map(
    lambda rows: pd.DataFrame(rows, columns=['user_id', 'offer_id', 'value', 'cost']))

@pytest.mark.parametrize('method', ['best', 'greedy', 'dual'])
@given(c=candidates, budget=money, k=st.integers(1, 4))
def test_allocation(method, c, budget, k):
    "No overspending, no user with more than k offers, and no value above the bound."
    plan = allocate(c, budget, max_offers=k, method=method)
    sent = plan.table
    assert sent['cost'].sum() <= budget*(1 + 1e-9) and plan.cost <= budget
    assert sent.empty or sent['user_id'].value_counts().max() <= k
    assert plan.value <= plan.bound*(1 + 1e-9)
    assert plan.value == pytest.approx(sent['value'].sum())

@given(c=candidates, budget=money)
def test_the_bound_is_one(c, budget):
    "Whatever a greedy hand picks in the order of value stays below the bound."
    plan = allocate(c, budget)
    left, got, users = budget, 0., set()
    for o in c.sort_values('value', ascending=False).itertuples():
        if o.cost <= left and o.user_id not in users:
            left, got, users = left - o.cost, got + o.value, users | {o.user_id}
    assert got <= plan.bound*(1 + 1e-9)

@given(text=st.text() | st.lists(st.sampled_from(['..', '/', '\\', '.', 'a', '\0', '\n', '~', 'C:', ' ']),
                                 max_size=8).map(''.join))
def test_file_name_stays_in_its_folder(text):
    name = file_name(text)
    assert name and name not in ('.', '..') and not set(name) & set('/\\\0\n') and len(name) < 80
    assert PurePosixPath('out', name).parent == PurePosixPath('out') and Path('out', name).parent == Path('out')
    assert file_name(name) == name

@given(texts=st.lists(st.text(max_size=8), min_size=2, max_size=8, unique=True))
def test_file_names_differ(texts): assert len(set(map(file_name, texts))) == len(texts)

cells = st.sampled_from([None, '1', ' 2', '3.5', 'x', '2026-03-01', '2026-03-01T10:00:00+02:00', '01/02/2026', 7, 1.5,
                         float('inf')])

@given(values=st.lists(cells, min_size=5, max_size=5), name=st.sampled_from(['value', 'quantity', 'time']))
def test_coerce_twice_is_coerce_once(values, name):
    df = toy_tables()['purchases'].assign(**{name: pd.Series(values, dtype=object)})
    once, _ = coerce('purchases', df)
    twice, problems = coerce('purchases', once)
    pd.testing.assert_frame_equal(once, twice)
    assert not [o for o in problems if o.rule == 'is not a time']

ids = st.sampled_from([1, 2, '3', '04', 'c5', 6., None, '-7', '9007199254740993'])

@given(a=st.lists(ids, min_size=3, max_size=3), b=st.lists(ids, min_size=4, max_size=4))
def test_unify_ids_twice_is_once(a, b):
    tables = dict(users=pd.DataFrame(dict(user_id=pd.Series(a, dtype=object))),
                  exposures=pd.DataFrame(dict(user_id=pd.Series(b, dtype=object), campaign_id=1)))
    once = unify_ids(tables)
    twice = unify_ids(once)
    for t in tables: pd.testing.assert_frame_equal(once[t], twice[t])
    for t, values in (('users', a), ('exposures', b)):
        assert once[t]['user_id'].isna().tolist() == [o is None for o in values]

# --- Columns of a shop may be called anything ----------------------------------------------------------------------

PLAIN = add_features(PromoData.from_tables(toy_tables()))
FEATURES = feature_columns(PLAIN)
OURS = [*FEATURES, *PLAIN, 'redeemed', 'sales', 'value', 'p_redeem', 'e_sales', 'clicked', 'uplift', 'sent',
        'redeemed_on', 'group', 'age', 'lines',
        'n', 'user', 'item', 'offer', 'level0', 'attr_user_age', 'select', 'from', 'order', 'a b', 'q"uote', "o'clock",
        '); drop table users; --',
        'USER_ID', 'Offer_Id', 'AGE', 'Department', '价格', 'é', '', ' ', '\n', 'x'*300, '_d', '_h', 'rows', 'n0',
        'start_day', 'x_id']
called = st.lists(st.sampled_from(OURS) | st.text(max_size=6), min_size=1, max_size=4, unique=True)
filled = [lambda n: range(n), lambda n: [1e308]*n, lambda n: [None, *'ab', 'c']*n, lambda n: [True, False]*n,
          lambda n: [float('inf'), 2.]*n,
          lambda n: pd.date_range('2020-01-01', periods=n), lambda n: [['a', 'list']]*n, lambda n: [1, 'two', None]*n]

def with_columns(tables, name, columns, fill):
    "A table with more columns, none of them one that it has or the contract names."
    df, fill = tables[name], filled[fill]
    free = [c for c in columns if c not in df and c not in CONTRACT[name]]
    return free, tables | {name: df.assign(**{c: list(fill(len(df)))[:len(df)] for c in free})}

@pytest.mark.parametrize('table', ['users', 'items', 'offers', 'exposures', 'outcomes', 'purchases'])
@settings(max_examples=8)
@given(columns=called, fill=st.integers(0, len(filled) - 1))
def test_hostile_columns(table, columns, fill):
    "Whatever else a table holds: labels and features stay; only users and offers bring new features, with a prefix."
    free, tables = with_columns(toy_tables(), table, columns, fill)
    f = add_features(PromoData.from_tables(tables))
    pd.testing.assert_frame_equal(f[list(PLAIN)], PLAIN)
    new = [c for c in feature_columns(f) if c not in FEATURES]
    assert set(new) == set(f) - set(PLAIN)
    if table == 'users': assert set(new) == {f'attr_user_{c}' for c in free}
    elif table == 'offers': assert all(c.startswith('attr_offer_') for c in new)
    elif table == 'items': assert all(c.startswith(('item_', 'offer_')) for c in new)
    else: assert not new
    assert set(select_features(f)) <= set(feature_columns(f))
    g = f.assign(**{c: 1. for c in columns if c not in f and not c.startswith('attr_')})
    # a name of ours that the frame has not yet is none of these
    assert [c for c in feature_columns(g) if c not in FEATURES] == new
