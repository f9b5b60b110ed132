"Fairness: who is reached, bounds that hold, lists from strangers; the report's sections on groups and on past campaigns."
import numpy as np, pandas as pd, pytest
from hypothesis import given, settings, strategies as st

from promo_lib.core import DataError, UsageError
from promo_lib.fairness import by_group, fair_plan, sensitive_list

settings.register_profile('small', max_examples=25, deadline=None, derandomize=True)
settings.load_profile('small')

def shop(n, seed, skew=1.):
    r = np.random.default_rng(seed)
    users = pd.DataFrame(dict(user_id=np.arange(n), age=r.choice(['young', 'old'], n)))
    c = pd.DataFrame(dict(user_id=np.repeat(np.arange(n), 2), offer_id=np.tile([1, 2], n)))
    c['age'] = c.user_id.map(users.age)
    return users, c.assign(value=r.uniform(.1, 2, 2*n)*np.where(c.age == 'old', skew, 1.), cost=r.uniform(.2, 1, 2*n))

@given(st.integers(20, 120), st.integers(0, 50))
def test_no_gap_where_everybody_is_reached_and_rows_have_no_order(n, seed):
    users, c = shop(n, seed)
    assert by_group(c.drop_duplicates('user_id'), users, 'age', n_boot=20).gap.reach == 0
    some = c[c.user_id % 3 == 0]
    a, b = by_group(some, users, 'age', n_boot=20), by_group(some.sample(frac=1, random_state=seed), users.sample(frac=1, random_state=seed), 'age', n_boot=20)
    pd.testing.assert_frame_equal(a.groups, b.groups)

@given(st.integers(0, 30), st.sampled_from([.1, .2, .4]), st.sampled_from([.2, 1., 4.]))
def test_the_bound_on_the_gap_holds(seed, allowed, skew):
    users, c = shop(120, seed, skew)
    plan = fair_plan(c, 15., 'age', allowed)
    reached = by_group(plan, users, 'age', n_boot=10).groups.reach
    assert reached.max() - reached.min() <= allowed + 1e-9 and plan.cost <= 15 + 1e-9

@pytest.mark.parametrize('text', ['', 'pattern,category\nbeer,alcohol\n', 'pattern,category,level,reason\nbeer,alcohol,forbid,law\n', 'pattern,category,level,reason\n,alcohol,warn,law\n'])
def test_a_list_that_cannot_be_used_is_named(tmp_path, text):
    (tmp_path/'mine.csv').write_text(text, encoding='utf-8')
    with pytest.raises((UsageError, DataError), match='mine.csv'): sensitive_list(tmp_path/'mine.csv')

def test_patterns_are_words_not_expressions(tmp_path):
    (tmp_path/'mine.csv').write_text('pattern,category,level,reason\n(a+)+$,x,warn,"<script>alert(1)</script>"\n白酒,酒类,exclude,法律\n', encoding='utf-8')
    try: assert set(sensitive_list(tmp_path/'mine.csv').category) == {'x', '酒类'}
    except (UsageError, DataError) as e: assert 'mine.csv' in str(e)
