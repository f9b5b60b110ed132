"""Fairness:
who is reached, bounds that hold, lists from strangers; the report's sections on groups and on past campaigns."""
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
    a, b = (by_group(some, users, 'age', n_boot=20), by_group(some.sample(frac=1, random_state=seed),
                                                              users.sample(frac=1, random_state=seed), 'age',
                                                              n_boot=20))
    pd.testing.assert_frame_equal(a.groups, b.groups)

@settings(max_examples=8)
@given(st.integers(0, 30), st.sampled_from([.1, .2, .4]), st.sampled_from([.2, 1., 4.]))
def test_the_bound_on_the_gap_holds(seed, allowed, skew):
    users, c = shop(120, seed, skew)
    plan = fair_plan(c, 15., 'age', allowed)
    reached = by_group(plan, users, 'age', n_boot=10).groups.reach
    assert reached.max() - reached.min() <= allowed + 1e-9 and plan.cost <= 15 + 1e-9

@pytest.mark.parametrize('text', ['', 'pattern,category\nbeer,alcohol\n',
                                  'pattern,category,level,reason\nbeer,alcohol,forbid,law\n',
                                  'pattern,category,level,reason\n,alcohol,warn,law\n'])
def test_a_list_that_cannot_be_used_is_named(tmp_path, text):
    (tmp_path/'mine.csv').write_text(text, encoding='utf-8')
    with pytest.raises((UsageError, DataError), match='mine.csv'): sensitive_list(tmp_path/'mine.csv')

def test_patterns_are_words_not_expressions(tmp_path):
    (tmp_path/'mine.csv').write_text('pattern,category,level,reason\n(a+)+$,x,warn,"<script>alert(1)</script>"\n',
                                     encoding='utf-8')
    with pytest.raises(DataError, match=r'mine\.csv\.pattern.*line 2'): sensitive_list(tmp_path/'mine.csv')
    (tmp_path/'mine.csv').write_text('pattern,category,level,reason\n白酒,酒类,exclude,法律\n', encoding='utf-8')
    assert sensitive_list(tmp_path/'mine.csv').category.tolist() == ['酒类']

def test_report_says_what_it_cannot_tell(shop, promo, tmp_path):
    "The first campaign, in a shop that knows nothing of its users but their ids."
    import re
    from promo_lib.data import PromoData
    data = PromoData.from_folder(shop)
    data.users[['user_id']].pipe(lambda o: PromoData(data.tables | dict(users=o), name='own')).to_folder(tmp_path/'own')
    first = data.offers.sort_values('start').campaign_id.iloc[0]
    c = data.candidates([first])[['user_id', 'offer_id', 'campaign_id']]
    p = np.random.default_rng(0).uniform(.005, .05, len(c))
    c.assign(p_redeem=p, p_low=p/2, p_high=2*p, e_sales=8., e_discount=1.,
             reason='by hand').to_parquet(tmp_path/'scores.parquet')
    r = promo('report', '-c', first, '-b', '20', '-s', tmp_path/'own', '-p', 'fast', 'true', '-p', 'scores',
              tmp_path/'scores.parquet', '-o', tmp_path/'out')
    assert r.exit_code == 0, r.output
    text = re.sub(r'<[^>]+>', ' ', (tmp_path/'out'/f'campaign_{first}.html').read_text('utf-8'))
    assert 'the users table has no attributes' in text and 'No campaign had begun before this one' in text
    assert 'Reach by' not in text and 'The last twelve campaigns' not in text
