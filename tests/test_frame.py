"Any frame: scikit-learn's own checks, and what a notebook tests badly (pickles, Polars, odd frames)."
import pickle

import numpy as np, pandas as pd, pytest
from hypothesis import given, settings, strategies as st
from sklearn.utils.estimator_checks import parametrize_with_checks

from promo_lib.core import UsageError
from promo_lib.frame import PromoClassifier, PromoRegressor

few = settings(max_examples=8, deadline=None)

@pytest.mark.filterwarnings('ignore')
@parametrize_with_checks([PromoClassifier(folds=2), PromoRegressor(folds=2)])
def test_scikit_learn(estimator, check): check(estimator)

def frame(seed, n=90):
    "A frame with a number, a category with gaps, and words."
    r = np.random.default_rng(seed)
    X = pd.DataFrame(dict(money=np.exp(r.normal(size=n)), kind=r.choice(['a', 'b', None], n),
                          said=[' '.join([*r.choice('good bad tea cup warm cold'.split(), 5), str(i)])
                                for i in range(n)]))
    y = (r.random(n) < np.where(X['said'].str.contains('good'), .8, .2)).astype(int)
    return X, y

@given(st.integers(0, 10**6))
@few
def test_probabilities_and_intervals(seed):
    X, y = frame(seed)
    m = PromoClassifier(encoder=None, folds=2).fit(X, y)
    p, (low, high) = m.predict_proba(X)[:, 1], m.predict_interval(X).T
    assert (0 <= low).all() and (low <= p).all() and (p <= high).all() and (high <= 1).all()
    assert abs(p.mean() - y.mean()) < .1

@given(st.integers(0, 10**6))
@few
def test_amounts_keep_their_sum_and_their_unit(seed):
    X, y = frame(seed)
    money = y*X['money'].to_numpy()
    a, b = (PromoRegressor(encoder=None, folds=2).fit(X, k*money).predict(X) for k in (1, 100))
    assert (a >= 0).all() and np.allclose(100*a, b, rtol=.02) and .6 < a.sum()/money.sum() < 1.5

def test_a_pickle_predicts_the_same():
    X, y = frame(0)
    m = PromoClassifier(folds=2, encoder=None).fit(X, y)
    assert (pickle.loads(pickle.dumps(m)).predict_proba(X) == m.predict_proba(X)).all()

def test_polars():
    pl = pytest.importorskip('polars')
    X, y = frame(1)
    m = PromoClassifier(folds=2, encoder=None).fit(X, y)
    other = PromoClassifier(folds=2, encoder=None).fit(pl.from_pandas(X), y)
    assert np.allclose(m.predict_proba(X), other.predict_proba(pl.from_pandas(X)))

def test_rare_labels_keep_their_rate():
    r = np.random.default_rng(0)
    X = pd.DataFrame(dict(a=r.normal(size=80_000), b=r.normal(size=80_000)))
    p = 1/(1 + np.exp(5.5 - X['a'].to_numpy()))
    m = PromoClassifier(folds=3).fit(X, r.random(80_000) < p)
    q = m.predict_proba(X)[:, 1]
    assert m.rare_ and .85 < q.sum()/p.sum() < 1.15 and np.corrcoef(np.log(q), np.log(p))[0, 1] > .9

def test_groups_with_one_class_are_refused():
    (X, y), m = frame(2), PromoClassifier(encoder=None)
    with pytest.raises(UsageError, match='1 group only'): m.fit(X, y, groups=np.where(y, 'a', np.arange(90)))
    with pytest.raises(ValueError, match='belong to one group'): m.fit(X, y, groups=np.zeros(90))

@pytest.mark.parametrize('bad', [pd.DataFrame(), pd.DataFrame(dict(a=[])), np.zeros((0, 2)), np.zeros((3, 0))])
def test_empty_frames_are_refused(bad):
    with pytest.raises(ValueError): PromoClassifier().fit(bad, np.zeros(len(bad)))

def test_a_tuned_language_model(tmp_path):
    "Trained for the frame: words that decide are learned by a network that knew none, and the fit can be repeated."
    from promo_lib.text import tiny_encoder
    r = np.random.default_rng(0)
    words = np.array(['red', 'green', 'blue', 'small', 'large', 'new', 'old', 'sale'])
    texts = [' '.join(r.choice(words, 4)) for _ in range(240)]
    y = np.array([int('sale' in o) for o in texts])
    tiny_encoder(texts).save(tmp_path/'net')
    rows = pd.DataFrame(dict(text=texts, x=r.normal(size=240)))
    model = dict(text=['text'], numeric=['x'], encoder=f'tuned:{tmp_path/"net"}', folds=2)
    def fit(): return PromoClassifier(**model).fit(rows, y)
    a, b = fit(), fit()
    p = a.predict_proba(rows)[:, 1]
    assert ((p > .5) == y).mean() > .8
    assert np.array_equal(p, b.predict_proba(rows)[:, 1])
    with pytest.raises(UsageError, match='learns classes, not amounts'):
        PromoRegressor(text=['text'], encoder='tuned').fit(rows, y.astype(float))
