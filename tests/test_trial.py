"""The file of a test, as a shop exports it: read, questioned and judged by the commands; errors that say what to type;
simple learners where they win; intervals that keep their word."""
import json, re, warnings

import numpy as np, pandas as pd, pytest

from conftest import LONG
from promo_lib.core import DataError, UsageError
from promo_lib.money import Money
from promo_lib.trial import Trial, email_test
from promo_lib.uplift import UpliftModel, arm_scores, average_effect

NAMES = dict(segment='分组', visit='访问', conversion='购买', spend='消费金额')
ARMS = {'No E-Mail': '对照组', 'Mens E-Mail': '男装邮件', 'Womens E-Mail': '女装邮件'}

def shop_file(n=2400, seed=0):
    "A test as a Chinese shop exports it."
    d = email_test(n, 1, seed)[0].rename(columns=NAMES)
    d.insert(0, '会员号', [f'{i:06d}' for i in range(n)])
    return d.assign(分组=d['分组'].map(ARMS))

@pytest.fixture(scope='module')
def file(tmp_path_factory):
    path = tmp_path_factory.mktemp('店')/'邮件测试.csv'
    shop_file().to_csv(path, index=False)
    return path

def refused(promo, *args):
    "A command that ends with status 2; what it said."
    r = promo(*args)
    assert r.exit_code == 2 and 'Traceback' not in r.output and r.stderr.count('\n') < 12, r.output
    return r.stderr

def test_measure_asks_until_nothing_is_guessed(promo, file, tmp_path):
    "From the bare file to a page, by doing what each message says; the page knows nothing but the file."
    said = refused(promo, 'measure', file, '-o', tmp_path)
    assert '-p outcome' in said and '消费金额' in said
    said = refused(promo, 'measure', file, '-p', 'outcome', '消费金额', '-o', tmp_path)
    typed = re.search(r'Type -p after (\S+) if', said)[1]
    assert set(typed.split(',')) == {'访问', '购买'} and not list(tmp_path.glob('*.html'))
    r = promo('measure', file, '-p', 'outcome', '消费金额', '-p', 'after', typed, '-p', 'currency', '元', '-p', 'cost',
              '0.1,0.2', '-p', 'planned', json.dumps(dict.fromkeys(ARMS.values(), 1), ensure_ascii=False), '-p', 'fast',
              'true', '-o', tmp_path)
    assert r.exit_code == 0, r.output
    page = (tmp_path/'test_邮件测试.html').read_text('utf-8')
    for o in [*ARMS.values(), '访问', '购买', '元', 'as large as planned', 'learned from', '会员号']:
        assert (o in page) == (o != '会员号') or o == '会员号', o
    learned = re.search(r'learned from: ([^<\n]*)', page)[1]
    assert '访问' not in learned and '购买' not in learned and '会员号' not in learned and 'recency' in learned
    assert 'made-up' not in page and 'complete_journey' not in page and 'sample' not in page.lower()
    assert page.count('对照组') >= 3 and re.search(r'女装邮件\W.*男装邮件', page, re.S)

def test_study_of_the_file(promo, file, tmp_path):
    "The study judges every arm, and shows neither the sample nor a simulated shop beside the file."
    r = promo('run', 'uplift', '-p', 'experiment', file, '-p', 'outcome', '访问', '-p', 'after', '消费金额,购买',
              '-p', 'fast', 'true', '-o', tmp_path)
    assert r.exit_code == 0, r.output
    cells = json.loads((tmp_path/'uplift.ipynb').read_text('utf-8'))['cells']
    shown = ''.join(''.join(p.get('text', p.get('data', {}).get('text/plain', ''))) for c in cells
                    for p in c.get('outputs', []))
    assert not re.search('Complete Journey|sample|simulated', shown, re.I)
    assert re.search(r'女装邮件\s+对照组', shown) and re.search(r'男装邮件\s+女装邮件|女装邮件\s+男装邮件', shown)
    assert 'each customer the best' in shown

def test_study_of_a_log_shows_no_sample(promo, tmp_path):
    "A log alone: no campaign of the sample, no simulated shop."
    r = np.random.default_rng(0)
    a = r.choice(['青', '红'], 600)
    log = pd.DataFrame(dict(action=a, reward=(r.random(600) < .1 + .2*(a == '红'))*1., propensity=.5,
                            visits=r.poisson(3, 600)))
    log.to_csv(tmp_path/'log.csv', index=False)
    out = promo('run', 'evaluation', '-p', 'log', tmp_path/'log.csv', '-p', 'fast', 'true', '-o', tmp_path)
    assert out.exit_code == 0, out.output
    cells = json.loads((tmp_path/'evaluation.ipynb').read_text('utf-8'))['cells']
    shown = ''.join(''.join(p.get('text', p.get('data', {}).get('text/plain', ''))) for c in cells
                    for p in c.get('outputs', []))
    assert 'no tables were given' in shown and '红' in shown and not re.search('campaign 18|thrifty|redemptions', shown)

@pytest.mark.parametrize('args, said', [
    (('-p', 'outcome', '金额'), 'has no column 金额'), (('-p', 'outcome', '分组'), '分组 is the arm'),
    (('-p', 'control', '无'), "no arm is called '无'; there are '女装邮件'"),
    (('-p', 'cost', '1,2,3'), 'so cost needs 2 amounts'), (('-p', 'cost', 'much'), 'amounts with commas'),
    (('-p', 'planned', '{"A": 1}'), 'planned must name the arms'),
    (('-p', 'after', 'nothing'), 'has no column nothing'),
    (('-p', 'arm', 'zip_code'), 'which arm got nothing?'), (('-s', 'sample'), 'is the file of a test')])
def test_bad_parameters(promo, file, tmp_path, args, said):
    "Each is refused with a word: two (of the long tests all) through the command, which runs the notebook."
    given = {} if '-s' in args else {'outcome': '消费金额', 'after': '访问,购买', args[1]: args[2]}
    if LONG or '-s' in args or args[-1] == 'much':
        words = [w for k, v in given.items() for w in ('-p', k, v)] or list(args)
        assert said in refused(promo, 'measure', file, *words, '-o', tmp_path)
        return
    cost, planned = given.pop('cost', ''), json.loads(given.pop('planned', '{}'))
    with pytest.raises(UsageError, match=re.escape(said)):
        Trial.read(file, planned=planned, **given).judge(Money(), cost, fast=True)

def test_missing_file(promo, tmp_path):
    assert 'there is no file' in refused(promo, 'measure', tmp_path/'none.csv', '-p', 'outcome', 'y')

@pytest.mark.parametrize('change, said', [
    (lambda d: d[d['分组'] != '对照组'], 'which arm got nothing'),
    (lambda d: d[d['分组'] == '对照组'], 'everybody is in the arm'),
    (lambda d: d.assign(消费金额=0), 'is 0 for everybody'),
    (lambda d: d.assign(消费金额='很多'), 'an outcome must be a number'),
    (lambda d: d.assign(消费金额=d['消费金额'].where(d['访问'] == 1)), 'a value is missing'),
    (lambda d: pd.concat([d, d[:40]]), 'a customer comes more than once'),
    (lambda d: pd.concat([d[d['分组'] != '对照组'], d[d['分组'] == '对照组'][:9]]), 'has 9 customers'),
    (lambda d: d.assign(分组=d['分组'].where(np.arange(len(d)) % 50 > 0)), 'the arm is missing'),
    (lambda d: d[:0], 'no rows')])
def test_bad_rows(tmp_path, change, said):
    change(shop_file(1500)).to_csv(tmp_path/'t.csv', index=False)
    with pytest.raises((UsageError, DataError), match=said):
        Trial.read(tmp_path/'t.csv', outcome='消费金额', after='访问,购买')

@pytest.mark.parametrize('leak', ['e-mail opened', '是否打开', 'touch', 'sent_at', 'note'])
def test_leaks_are_named(leak):
    "Columns that only came to be after the start are named, whatever they are called and whatever they hold."
    d = email_test(3000, 0, 3)[0].drop(columns=['visit', 'conversion'])
    got = (d.segment != 'No E-Mail').to_numpy()
    r = np.random.default_rng(0)
    some = got & (r.random(3000) < .2)
    late = dict(touch=got*r.poisson(1, 3000), sent_at=pd.Series(np.where(some, '2026-01-05', None)),
                note=np.where(some, 'replied', 'nothing')).get(leak, some*1)
    with pytest.raises(UsageError, match=re.escape(leak)): Trial.of(d.assign(**{leak: late}), 'spend')
    assert leak not in Trial.of(d.assign(**{leak: late}), 'spend', after=[leak]).columns

def test_honest_files_pass():
    "Two hundred files without a leak: none is refused."
    for s in range(200):
        d = email_test(400, s % 7, s)[0].drop(columns=['visit', 'conversion'])
        Trial.of(d.assign(spend=np.arange(400.)), 'spend')

def test_forms_of_a_file(tmp_path):
    "Semicolons with decimal commas, GBK, packed, Parquet, a workbook: the same test."
    d = shop_file(900)
    how = dict(outcome='消费金额', after='访问,购买')
    d.to_csv(tmp_path/'a.csv', index=False, sep=';', decimal=',', encoding='gb18030')
    d.to_csv(tmp_path/'b.tsv.gz', index=False, sep='\t')
    d.to_parquet(tmp_path/'c.parquet')
    d.to_excel(tmp_path/'d.xlsx', index=False)
    with pytest.raises(UsageError, match='say which encoding'): Trial.read(tmp_path/'a.csv', **how)
    all_of = [Trial.read(tmp_path/'a.csv', 'gb18030', **how),
              *(Trial.read(tmp_path/o, **how) for o in ('b.tsv.gz', 'c.parquet', 'd.xlsx'))]
    for o in all_of:
        assert o.arms == all_of[0].arms and np.allclose(o.y, d['消费金额']) and np.allclose(o.X, all_of[0].X)

def test_arms_with_numbers_and_odd_names():
    d = email_test(900, 0, 1)[0].drop(columns=['visit', 'conversion'])
    for names, control in (((0, 1, 2), '0'), ((0., 1., 2.), '0'), (('none', '<b>A', '$x_1$'), 'none')):
        t = Trial.of(d.assign(segment=d.segment.map(dict(zip(ARMS, names)))), 'spend')
        assert t.arms[0] == control and ((t.t == 0) == (d.segment == 'No E-Mail')).all()
        t.plot_effects()
    less = d[d.segment != 'Mens E-Mail']
    two = Trial.of(less.assign(offered=less.segment != 'No E-Mail').drop(columns='segment'), 'spend', arm='offered')
    assert two.arms == ['False', 'True'] and len(two.effects()) == 1

def test_without_columns_the_difference_is_plain():
    d = email_test(1500, 0, 2)[0][['segment', 'visit']]
    t = Trial.of(d, 'visit')
    by = d.groupby('segment').visit.mean()
    assert np.allclose(t.effects().effect[:2], by[t.arms[1:]] - by['No E-Mail'])
    assert 'each customer the best' not in t.judge().policies.index

def test_simple_learner_is_a_candidate_and_used():
    "On rare visits the logistic T-learner has a weight of its own in both arms."
    d, truth = email_test(6000, 4, 4)
    t = Trial.of(d, 'visit', after='spend,conversion')
    m = UpliftModel(folds=2).fit(t.X, t.y, t.t, e=t.e)
    assert m.report_.xs('T logistic', level='learner').weight.max() > .05
    assert np.allclose(m.report_.groupby('arm').weight.sum(), 1)
    effect = (truth['visit'][:, 1:] - truth['visit'][:, :1])
    assert all(np.corrcoef(m.predict(t.X)[:, a], effect[:, a])[0, 1] > .5 for a in range(2))

def test_intervals_of_long_tails_keep_their_word():
    "Amounts that one in a hundred has: the interval holds the truth, although no arm has seen all there can be."
    held, means = [], {w: email_test(100_000, w, 1)[1]['spend'].mean(0) for w in range(3)}
    effect = {w: m[1] - m[0] for w, m in means.items()}
    for s in range(90):
        d = email_test(5000, s % 3, 100 + s)[0]
        y, t = d.spend.to_numpy(), d.segment.map(dict(zip(ARMS, range(3)))).to_numpy()
        o = average_effect(arm_scores(None, y, t)[:, 0], t=t, y=y)
        held.append(o.low <= effect[s % 3] <= o.high)
    assert .87 < np.mean(held) <= 1

def test_repeatable_and_without_regard_to_order():
    d = email_test(1200, 2, 6)[0]
    def of(x): return Trial.of(x, 'visit', after='spend,conversion')
    o = np.random.default_rng(0).permutation(len(d))
    a, b, c = of(d).effects(), of(d).effects(), of(d.iloc[o]).effects()
    assert a.equals(b) and np.allclose(a.effect, c.effect, atol=.02)
    assert of(d).judge(fast=True).policies.equals(of(d).judge(fast=True).policies)

def test_money_and_words():
    d = email_test(2000, 0, 0)[0]
    t = Trial.of(d, 'visit', after='spend,conversion')
    j = t.judge(Money(contact_cost=.1), worth=1., fast=True)
    assert np.allclose(j.policies.value['Mens E-Mail to all'], t.effects().effect[0] - .1)
    with warnings.catch_warnings():
        warnings.simplefilter('error')
        assert t.verdict(t.judge(cost=99., worth=1., fast=True))[0].startswith('Send nothing')

def test_the_next_customers(promo, tmp_path):
    "Who should be sent what, as a list, from a file of the next customers in their own spelling."
    email_test(3000, 0, 0)[0].to_csv(tmp_path/'test.csv', index=False)
    later = email_test(50, 0, 9)[0][['recency', 'history', 'mens', 'womens', 'zip_code', 'newbie', 'channel']]
    later.assign(会员号=[f'{i:05d}' for i in range(50)]).to_csv(tmp_path/'next.csv', index=False)
    words = ['-p', 'outcome', 'visit', '-p', 'after', 'spend,conversion', '-p', 'fast', 'true', '-o', tmp_path]
    words += ['-p', 'customers', tmp_path/'next.csv', '-p', 'who', tmp_path/'who.csv']
    r = promo('measure', tmp_path/'test.csv', *words)
    assert r.exit_code == 0, r.output
    who = pd.read_csv(tmp_path/'who.csv', dtype=str)
    assert who['会员号'].tolist() == [f'{i:05d}' for i in range(50)]
    assert set(who.send) <= {'No E-Mail', 'Mens E-Mail', 'Womens E-Mail'}
