"Allocation: what must hold for any candidates, the same plan on PySpark, and the command line."
import shutil

import narwhals as nw, numpy as np, pandas as pd, pytest
from hypothesis import Phase, given, settings, strategies as st

from promo_lib.allocate import Knapsack, allocate
from promo_lib.constraints import Infeasible, budget, forbid, marginal_roi, min_profit, min_roi, pin, reach, stock
from promo_lib.core import DataError
from promo_lib.scale import allocate_lazy

settings.register_profile('allocation', max_examples=20, deadline=None, derandomize=True,
                          phases=[Phase.explicit, Phase.generate])
few = settings.get_profile('allocation')

money = st.floats(0, 100, allow_nan=False).map(lambda x: round(x, 2))
wild = st.sampled_from([0., 1e-300, 1e-9, .1, 1., 3., 1e9, 1e300])
ids = st.sampled_from(['Ann', '王', 'Łukasz', 'عمر', '', ' a', '10', '9', 'Ω', '🙂'])
def frame(rows): return pd.DataFrame(rows, columns=['user_id', 'offer_id', 'value', 'cost'])
candidates = st.lists(st.tuples(ids, st.integers(0, 4), money.map(lambda x: x - 20), money), min_size=1, max_size=30,
                      unique_by=lambda o: o[:2]).map(frame)
extreme = st.lists(st.tuples(ids, st.integers(0, 4), wild | wild.map(lambda x: -x), wild), min_size=1, max_size=20,
                   unique_by=lambda o: o[:2]).map(frame)
def sent(plan): return sorted(zip(plan.table['user_id'], plan.table['offer_id']))

@few
@given(c=extreme, B=wild, k=st.integers(1, 3))
def test_extreme_money(c, B, k):
    "From 1e-300 to 1e300: within the budget, finite, never above the bound."
    for method in ('best', 'rounded', 'greedy'):
        p = allocate(c, B, max_offers=k, method=method)
        assert p.cost <= B and np.isfinite([p.value, p.bound, p.gap]).all() and 0 <= p.gap <= 1
        assert p.value <= p.bound and not p.shadow_price < 0
        assert p.n_offers == 0 or (p.table['user_id'].value_counts().max() <= k and p.table['value'].min() > 0)

@few
@given(c=candidates, B=money, k=st.integers(1, 4))
def test_gap_is_one_exchange(c, B, k):
    "The rounded optimum misses the bound by less than the gain of the exchange that the budget cuts."
    p = allocate(c, B, max_offers=k, method='rounded')
    cut = p.knapsack.cut(B, k)[1]
    assert p.bound - p.value <= (p.knapsack.exchanges(k).gain[cut] if cut >= 0 else 0) + 1e-9

@few
@given(c=candidates, B=money, k=st.integers(1, 3), seed=st.integers(0, 99))
def test_order_and_scale_change_nothing(c, B, k, seed):
    p = allocate(c, B, max_offers=k)
    assert sent(allocate(c.sample(frac=1, random_state=seed), B, max_offers=k)) == sent(p)
    assert sent(allocate(c.assign(value=c.value*1024, cost=c.cost/64), B/64, max_offers=k)) == sent(p)

@few
@given(c=candidates, a=money, b=money, k=st.integers(1, 3))
def test_bound_rises_with_the_budget(c, a, b, k):
    ks = Knapsack(c)
    lo, hi = (ks.dual(o, k) for o in sorted((a, b)))
    assert lo[0] <= hi[0]*(1 + 1e-12) and lo[1] >= hi[1]
    t = ks.frontier(k)
    assert np.interp(a, t.budget, t.value) == pytest.approx(ks.dual(a, k)[0], rel=1e-9, abs=1e-9)

@few
@given(c=candidates, B=money, n=st.integers(0, 6), least=st.integers(0, 4), rho=st.sampled_from([None, 0., .5]),
       k=st.integers(1, 2))
def test_constraints_are_kept(c, B, n, least, rho, k):
    "Every limit, or a message; never a plan in between."
    others = [stock(n, by=None), reach(least), *([min_roi(rho)] if rho is not None else [])]
    try: p = allocate(c, B, max_offers=k, constraints=others)
    except Infeasible as e:
        assert e.broken and all(x > 0 for _, x, _ in e.broken)
        return
    assert p.cost <= B and p.n_offers <= n and p.n_users >= least and p.value <= p.bound
    if rho is not None: assert p.value - p.cost >= rho*p.cost - 1e-6
    assert (p.limits.left >= -1e-6*p.limits.limit.abs().clip(lower=1)).all()

@few
@given(c=candidates, B=money)
def test_lazy_is_eager(c, B):
    duckdb = pytest.importorskip('duckdb')
    p, q = allocate(c, B, method='rounded'), allocate_lazy(duckdb.from_df(c), B)
    rows = [nw.from_native(o).lazy().collect() for o in (q.decided, q.rest) if o is not None]
    assert sorted((u, o) for t in rows for u, o in zip(t['user_id'].to_list(), t['offer_id'].to_list())) == sent(p)
    assert q.bound == pytest.approx(p.bound, rel=1e-9, abs=1e-9)

def test_a_user_with_ten_thousand_offers():
    r = np.random.default_rng(0)
    c = pd.DataFrame(dict(user_id=[1]*10_000 + [2], offer_id=range(10_001), value=r.random(10_001),
                          cost=r.random(10_001)))
    for k in 1, 3:
        p = allocate(c, .5, max_offers=k)
        assert p.cost <= .5 and p.n_offers <= 2*k and p.value <= p.bound
    # every offer is a corner
    whole = allocate(c[:-1].assign(value=np.sqrt(np.arange(10_000)), cost=np.arange(10_000.)), 5000)
    assert whole.knapsack.cut(5000.)[0].sum() == 5000 and whole.cost == 5000

@pytest.mark.parametrize('change, says', [(dict(value=np.nan), 'value'), (dict(value=np.inf), 'value'),
                                          (dict(cost=-1.), 'below 0'), (dict(cost=np.inf), 'cost'),
                                          (dict(user_id=None), 'user_id'), (dict(offer_id=1), 'more than once'),
                                          (dict(value='x'), 'not a column of numbers'),
                                          (dict(value=1.7e308), 'too large')])
def test_bad_rows_are_named(change, says):
    c = pd.DataFrame(dict(user_id=[1, 1], offer_id=[1, 2], value=[1., 2.], cost=[1., 1.]))
    with pytest.raises(DataError, match=says): allocate(c.assign(**change), 5)

def test_contradictions_are_named():
    c = pd.DataFrame(dict(user_id=[1, 1, 2], offer_id=[1, 2, 1], value=1., cost=1., region='a'))
    for others, says in [([pin([(1, 1)]), forbid([(1, 1)])], 'pinned and forbidden'),
                         ([pin([(1, 1), (1, 2)])], '2 pinned offers'),
                         ([pin([(1, 1)]), stock(0, by=None)], 'by 1 offers'),
                         ([reach(3)], 'reach'), ([min_profit(5)], 'profit'), ([budget(.5), reach(1)], 'budget|reach')]:
        with pytest.raises(Infeasible, match=says): allocate(c, constraints=others)
    with pytest.raises(DataError, match='no candidate'): allocate(c, constraints=[pin([(9, 1)])])
    with pytest.raises(DataError, match='region'): allocate(c, constraints=[budget({'b': 1}, by='region')])
    assert allocate(c, constraints=[marginal_roi(.1)]).n_offers == 0

def test_large_ids():
    "Beyond 32 bits, beyond what a float holds."
    c = pd.DataFrame(dict(user_id=np.array([2**53, 2**53 + 1, 2**63 - 1], np.int64), offer_id=[1, 1, 1],
                          value=[1., 2., 3.], cost=1.))
    assert allocate(c, 2).table['user_id'].tolist() == [2**53 + 1, 2**63 - 1]
    assert allocate(c.assign(value=[2**62]*3), 2).value == 2.**63

def test_pyspark_gives_the_same_plan():
    pytest.importorskip('pyspark', reason='PySpark is not installed')
    if not shutil.which('java'): pytest.skip('PySpark needs a Java runtime')
    from pyspark.sql import SparkSession
    from promo_lib.money import Money, add_value
    from promo_lib.allocate import toy_candidates
    quiet = {'spark.ui.enabled': 'false', 'spark.sql.shuffle.partitions': '1', 'spark.driver.host': '127.0.0.1',
             'spark.driver.bindAddress': '127.0.0.1',
             'spark.sql.adaptive.enabled': 'false', 'spark.sql.codegen.wholeStage': 'false',
             'spark.sql.codegen.factoryMode': 'NO_CODEGEN'}
    builder = SparkSession.builder.master('local[2]').appName('promo_lib')
    for k, v in quiet.items(): builder = builder.config(k, v)
    spark = builder.getOrCreate()
    spark.sparkContext.setLogLevel('ERROR')
    try:
        c = add_value(toy_candidates(40, 3), Money(contact_cost=.05))[['user_id', 'offer_id', 'value', 'cost']]
        c.loc[c.user_id < 20, ['value', 'cost']] = [1., .5]                               # ties
        rows = spark.createDataFrame([tuple(o) for o in c.astype(object).itertuples(index=False)],
                                     'user_id bigint, offer_id string, value double, cost double').cache()
        for B, k in ((12., 1),):
            p, q = allocate(c, B, max_offers=k, method='rounded'), allocate_lazy(rows, B, max_offers=k, jobs=4)
            got = ([tuple(o) for o in q.decided.select('user_id', 'offer_id').collect()]
                   + list(zip(*(q.rest[o].to_pylist() for o in ('user_id', 'offer_id')))))
            assert (sorted(got) == sent(p) and q.bound == pytest.approx(p.bound)
                    and q.shadow_price == pytest.approx(p.shadow_price))
    finally: spark.stop()
