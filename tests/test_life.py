"""The life of a campaign, with the files that the commands really write: plan, approve, follow, measure, the next plan.
Bad input of the file of a campaign: test_draft.py."""
import base64, hashlib, json, os, re, shutil, signal, sys
from multiprocessing import get_context
from pathlib import Path

import numpy as np, pandas as pd, pytest
from hypothesis import HealthCheck, given, settings, strategies as st

from conftest import World, run_process, run_promo
from promo_lib.cold import cold_scores
from promo_lib.core import DataError, UsageError
from promo_lib.data import KEY, PromoData
from promo_lib.decide import decide
from promo_lib.draft import Draft
from promo_lib.folder import PlanFolder
from promo_lib.follow import follow, sent_by
from promo_lib.ledger import Ledger
from promo_lib.outcome import measure_plan

DAY = pd.Timestamp
MONEY = ['--margin-rate', .4, '--contact-cost', .05]
TERMS = ['-b', 40, '--holdout', .2, '--max-offers', 2, '--waves', 3, '--learn', .2, *MONEY]

def files_of(folder):
    "Name -> bytes of the files that are seen in a folder."
    return {str(o.relative_to(folder)): o.read_bytes() for o in sorted(Path(folder).rglob('*'))
            if o.is_file() and not any(p.startswith('.') for p in o.relative_to(folder).parts)}

def texts(path): return pd.read_csv(path, dtype=str, keep_default_na=False)

def spoken(page):
    "What a reader of a page reads."
    return re.sub(r'<[^>]*>', ' ', re.sub(r'(?s)<(style|svg|script)\b.*?</\1>', ' ', Path(page).read_text('utf-8')))

def done(r):
    assert r.exit_code == 0, r.output
    return r

# --- The seam ---------------------------------------------------------------------------------------------------------

AUTUMN = '''campaign = "秋季"
start = 2026-08-03
end = 2026-08-16
budget = 30.0
holdout = 0.2
[[offers]]
offer_id = "0101"
text = "九折 绿茶"
discount = 0.5
items = ["P-0001", "P-0002"]
[[offers]]
offer_id = "0102"
text = "=八折 咖啡"
discount = 0.8
items_where = { category = "饮料" }
'''

class Lived:
    "All commands of a life, one after another, on CSV files; what the folder held after each."
    def __init__(self, world, root):
        self.world, self.root, self.folder = world, root, root/'plans'/'夏季'
        self.said, self.held = {}, {}
        self.do('plan', 'plan', '-s', world.csv, '-c', '夏季', *TERMS, '--scores', world.root/'scores.csv', '-o',
                self.folder)
        self.veto = texts(self.folder/'send.csv')['offer_id'].iloc[0]
        self.do('approve', 'approve', self.folder, '--by', 'Ann 安', '--veto-offer', self.veto, '--note', '售罄')
        follow(self.folder, self.tables('day3', 3)).write(PlanFolder(self.folder))      # as the command, without a page
        self.held['day 3'] = files_of(self.folder)
        self.do('day 8', 'follow', self.folder, '-s', self.tables('day8', 8))
        after = self.tables('after')
        self.do('measure', 'measure', self.folder, '-s', after)
        (root/'herbst.toml').write_text(AUTUMN, 'utf-8')
        draft = Draft(after, root/'herbst.toml')
        cold_scores(draft.data, draft.data.candidates(draft.ids), '0.05:0.02:0.1').to_csv(root/'next.csv', index=False)
        self.do('next', 'plan', '-s', after, '-c', root/'herbst.toml', *MONEY, '--scores', root/'next.csv', '-o',
                root/'plans'/'秋季')

    def do(self, name, *args):
        self.said[name] = done(run_promo(*args)).stdout
        self.held[name] = files_of(self.folder)

    def tables(self, name, days=None):
        return str(self.world.live(PlanFolder(self.folder), days).to_folder(self.root/name/'shop', 'csv'))

@pytest.fixture(scope='module')
def lived(world, cache, tmp_path_factory): return Lived(world, tmp_path_factory.mktemp('lived'))

def test_seam_lists(lived, world):
    "The lists hold ids of the tables as they are written there, within the terms; who is held out is in none of them."
    users, offers = (set(texts(Path(world.csv)/f'{o}.csv')[f'{o[:-1]}_id']) for o in ('users', 'offers'))
    assert '00123' in users
    folder = PlanFolder(lived.folder)
    send, groups = texts(lived.folder/'send.csv'), texts(lived.folder/'holdout.csv')
    assert set(send['user_id']) <= users and set(send['offer_id']) <= offers and set(groups['user_id']) == users
    assert list(send) == ['user_id', 'offer_id', 'day', 'reason'] and send.groupby('user_id').size().max() <= 2
    out = set(groups.loc[groups['group'] == 'holdout', 'user_id'])
    assert len(out) == 60
    lists = [o for o in lived.folder.iterdir() if o.name.startswith('send') and o.suffix == '.csv']
    assert len(lists) > 2
    for path in lists: assert not out & set(texts(path)['user_id']), path
    for path in [*lived.folder.glob('follow-day-*.parquet'), lived.folder/'send.parquet']:
        assert not out & set(pd.read_parquet(path)['user_id']), path
    assert not out & set(sent_by(folder)['user_id']) and lived.veto not in set(sent_by(folder)['offer_id'])
    assert lived.veto not in {o for path in lists for o in texts(path)['offer_id']}

def test_seam_plan_is_within_its_budget(lived):
    plan = pd.read_parquet(lived.folder/'plan.parquet')
    assert plan['propensity'].between(0, 1).all() and (plan['propensity'] > 0).all()
    assert plan.loc[plan['arm'].isin(['plan', 'lot']), 'cost'].sum() <= 40 + 1e-9
    assert {'plan', 'holdout'} <= set(plan['arm']) <= {'plan', 'lot', 'not drawn', 'holdout'}
    for day in '03', '08':
        said = json.loads((lived.folder/f'follow-day-{day}.json').read_text('utf-8'))
        assert said['send']['cost'] <= max(0, said['left']) + 1e-9
        assert said['spent'] + said['bound'] + said['left'] == pytest.approx(40)

def test_seam_workbook(lived):
    "send.xlsx is send.csv: the same texts, and nothing that a spreadsheet would run."
    openpyxl = pytest.importorskip('openpyxl')
    book = openpyxl.load_workbook(lived.folder/'send.xlsx')
    cells = [c for sheet in book for row in sheet.iter_rows() for c in row]
    assert not [c.coordinate for c in cells if c.data_type == 'f'] and book.sheetnames == ['cover', 'send']
    rows = [[str(c.value) for c in row] for row in book['send'].iter_rows()]
    send = texts(lived.folder/'send.csv')
    assert rows == [list(send), *send.values.tolist()]
    assert lived.said['approve'].splitlines()[0] in [c.value for c in book['cover']['B']]

def test_seam_page(lived):
    "The page of the plan says nothing of outcomes that do not exist, and needs nothing but itself."
    page = lived.folder/'report.html'
    text, html = spoken(page), page.read_text('utf-8')
    assert not re.search(r'(?i)\b(realised|came|redeemed so far)\b', text)
    assert not re.search(r'(?:src|href)=["\'](?!data:|#)', html)
    scripts = re.findall(r'(?s)<script\b([^>]*)>(.*?)</script>', html)          # the planner's data, and the planner
    assert [o for o, _ in scripts] == [' type="application/json" class="planner-data"', '']
    own = base64.b64encode(hashlib.sha256(scripts[1][1].encode()).digest()).decode()
    assert f"script-src 'sha256-{own}'" in html.partition('<title>')[0]
    assert lived.said['approve'].splitlines()[0] in text.replace('&#39;', "'") and lived.veto in text
    assert text.index('夏季') < text.index('Send ') < text.rindex('Who gets what')
    assert 'No plan of this shop has been measured yet' in text

def test_seam_follow_and_measure(lived):
    assert 'Day 8 of the campaign' in lived.said['day 8']
    assert 'Campaign 夏季 on day 8' in spoken(lived.folder/'follow-day-08.html')
    early = {k: o for k, o in lived.held['day 3'].items() if not k.startswith('send-day')}
    assert {k: lived.held['day 8'][k] for k in early} == early
    came = json.loads((lived.folder/'outcome.json').read_text('utf-8'))
    found = {o['figure']: o['came'] for o in came['table']}
    outcomes = texts(lived.root/'after'/'shop'/'outcomes.csv')
    mine = outcomes[outcomes['campaign_id'] == '夏季'].drop_duplicates(KEY)
    assert found['redemptions'] == len(mine) and came['held'] > 1 and came['offers'] == len(sent_by(
        PlanFolder(lived.folder)))
    assert 'None of the 60 control customers got an offer.' in came['notes']
    assert f'{len(mine):,}' in spoken(lived.folder/'outcome.html')

def test_seam_the_next_page_shows_the_ledger(lived):
    ledger = Ledger(lived.root/'plans')
    assert ledger.table['plan'].tolist() == ['夏季']
    assert ledger.table['hash'].tolist() == [PlanFolder(lived.folder).hash]
    next_one = PlanFolder(lived.root/'plans'/'秋季')
    assert ledger.in_words() and ledger.in_words() == next_one.facts['trust']
    assert ledger.in_words() in spoken(next_one.path/'report.html')
    assert set(texts(next_one.path/'send.csv')['offer_id']) <= {'0101', '0102'}

def test_seam_nothing_changes_behind_the_back(lived):
    "What was approved stays as it was; follow and measure only add."
    approved = lived.held['approve']
    for step in 'day 3', 'day 8', 'measure', 'next': assert {k: lived.held[step][k] for k in approved} == approved
    log = [json.loads(o) for o in (lived.folder/'approvals.jsonl').read_text('utf-8').splitlines()]
    assert [(o['by'], o['note'], o['veto_offers']) for o in log] == [('Ann 安', '售罄', [lived.veto])]
    assert log[0]['plan'] == hashlib.sha256((lived.folder/'plan.json').read_bytes()).hexdigest()
    assert log[0]['page'] == hashlib.sha256((lived.folder/'report.html').read_bytes()).hexdigest()
    assert log[0]['plan'] in lived.said['approve']

# --- The same inputs --------------------------------------------------------------------------------------------------

def test_same_folder_in_another_process(lived, world, tmp_path):
    "The same command, in another process, from Parquet files: the same bytes, the page included."
    r = run_process('plan', '-s', world.parquet, '-c', '夏季', *TERMS, '--scores', world.root/'scores.csv', '-o',
                    tmp_path/'b'/'夏季', PYTHONHASHSEED='7')
    assert r.returncode == 0, r.stderr
    a, b = lived.held['plan'], files_of(tmp_path/'b'/'夏季')
    assert list(a) == list(b)
    changed = [k for k in a if a[k] != b[k]]
    assert changed in ([], ['report.ipynb'])                 # the executed notebook says when and where it ran

def test_same_look_twice(world, tmp_path):
    f = world.copy(tmp_path/'plans'/'夏季', approve=True)
    for days in 2, 5:
        tables = world.live(f, days)
        follow(f, tables).write(f)
        once = files_of(f.path)
        follow(PlanFolder(f.path), tables).write(f)
        assert files_of(f.path) == once
    tables = world.live(f)
    measure_plan(f, tables).write(f)
    once = files_of(f.path.parent)
    measure_plan(f, tables).write(f)
    assert files_of(f.path.parent) == once

def test_a_look_replaces_what_earlier_ones_said(world, tmp_path):
    "Lists of days to come that a later look no longer has are not sent, and their files are gone."
    f = world.copy(tmp_path/'plans'/'夏季', approve=True)
    early = follow(f, world.live(f, 1))
    early.write(f)
    assert len(set(early.send['day'])) > 1
    later = follow(f, world.live(f, 2))
    later.send = later.send[:0]
    later.write(f)
    assert sorted(o.name for o in f.path.glob('send-day-*.csv')) == ['send-day-02.csv', 'send-day-03.csv']
    assert sent_by(f)['day'].max() <= world.begin + pd.Timedelta(days=1) and not len(texts(f.path/'send-day-03.csv'))
    early.write(f)                                       # a look of an earlier day, once more
    assert sent_by(f)['day'].max() <= world.begin + pd.Timedelta(days=1)

# --- A person decides -------------------------------------------------------------------------------------------------

def refused(promo, *args):
    "A command that must be refused: status 2, no traceback, nothing on the output stream. Gives what the user reads."
    r = promo(*args)
    assert r.exit_code == 2 and 'Traceback' not in r.output and not r.stdout.strip(), r.output
    return r.stderr

def test_veto_of_an_offer_and_of_users(world, promo, tmp_path):
    f = world.copy(tmp_path/'plans'/'夏季')
    old, groups = f.sent, f.groups
    offer, users = old['offer_id'].mode()[0], sorted(old['user_id'].unique())[:3]
    vetoes = [w for o in users for w in ('--veto-user', o)]
    r = done(promo('approve', f.path, '--by', 'Bo', '--veto-offer', offer, *vetoes))
    g = PlanFolder(f.path)
    assert r.stdout.splitlines() == [g.facts['decision'], f'approved by Bo: {g.hash}'] and g.hash != f.about['seal']
    assert not set(g.sent['user_id']) & set(users) and offer not in set(g.sent['offer_id'])
    assert not set(texts(g.path/'send.csv')['user_id']) & set(users)
    assert g.sent['cost'].sum() <= 40 + 1e-9
    same = groups[~groups['user_id'].isin(users)].reset_index(drop=True)     # who is vetoed is compared with nobody
    pd.testing.assert_frame_equal(g.groups[['user_id', 'stratum', 'group']], same[['user_id', 'stratum', 'group']])
    assert g.about['vetoed'] == dict(offers=[offer], users=users) and g.about['terms'] == f.about['terms']
    pairs = [set(zip(o['user_id'], o['offer_id'])) for o in (old, g.sent)]
    assert pairs[1] - pairs[0], 'the money that becomes free is planned again'

@pytest.mark.parametrize('note', ['line\u2028separator', 'next\x85line', 'a\nb\r"c"\\', '\udc80', '售罄'])
def test_log_takes_any_text(note, world, tmp_path):
    f = world.copy(tmp_path/'夏季').approve('Ann\u2028安', note=note)
    assert len(PlanFolder(f.path).approvals) == 1 and f.approvals[0]['by'] == 'Ann 安'

@pytest.mark.parametrize('by', ['', '  ', '\u200b'])
def test_approval_by_nobody(by, world, promo, tmp_path):
    f = world.copy(tmp_path/'夏季')
    assert 'an approval needs a name: --by NAME' in refused(promo, 'approve', f.path, '--by', by)
    assert PlanFolder(f.path).state == 'planned'

def test_approved_twice(world, promo, tmp_path):
    f = world.copy(tmp_path/'夏季', approve=True)
    was = files_of(f.path)
    for more in [], ['--veto-offer', '0013']:
        assert 'is approved already, by Ann' in refused(promo, 'approve', f.path, '--by', 'Bo', *more)
    assert files_of(f.path) == was
    with pytest.raises(UsageError, match='approved: a plan that is made anew needs a folder of its own'):
        world.plan(f.path, budget=20, replace=True)

@pytest.mark.parametrize('veto', [['--veto-offer', 'winter'], ['--veto-user', '99999'], ['--veto-user', '123']])
def test_veto_of_what_is_not_there(veto, world, promo, tmp_path):
    f = world.copy(tmp_path/'夏季')
    said = refused(promo, 'approve', f.path, '--by', 'Ann', *veto)
    assert f'{veto[1]} in this plan to veto' in said and PlanFolder(f.path).state == 'planned'

def test_veto_of_everything(world, promo, tmp_path):
    f = world.copy(tmp_path/'夏季')
    every = [w for o in pd.read_parquet(f.path/'candidates.parquet')['offer_id'].unique() for w in ('--veto-offer', o)]
    assert 'the vetoes leave nothing to send' in refused(promo, 'approve', f.path, '--by', 'Ann', *every)
    assert PlanFolder(f.path).state == 'planned'

def spoil(path, at):
    raw = bytearray(path.read_bytes())
    raw[at if at >= 0 else len(raw) + at] ^= 1
    path.write_bytes(bytes(raw))

@pytest.fixture(scope='module')
def followed(lived, tmp_path_factory):
    "The folder as it was planned, with its page; and as it was after the second look."
    places = {}
    for state, step in ('planned', 'plan'), ('followed', 'day 8'):
        places[state] = tmp_path_factory.mktemp(state)/'夏季'
        places[state].mkdir()
        for name, raw in lived.held[step].items(): (places[state]/name).write_bytes(raw)
    return places

@pytest.mark.parametrize('state', ['planned', 'followed'])
def test_one_byte(state, followed, lived, world, tmp_path):
    "Each file that says what was planned, approved or sent: one byte of it changed, and nothing goes on."
    day, after = (PromoData.from_folder(lived.root/o/'shop') for o in ('day8', 'after'))
    steps = dict(approve=lambda o: PlanFolder(o).approve('Bo'))
    if state == 'followed': steps = dict(follow=lambda o: follow(o, day), measure=lambda o: measure_plan(o, after))
    for path in sorted(followed[state].iterdir()):
        if path.name.startswith('follow-day') and path.suffix == '.html': continue      # shown once, read by nobody
        if path.name in ('report.ipynb', 'report.pdf'): continue   # how the page was made, and its print: the same
        copy = shutil.copytree(followed[state], tmp_path/path.name/'夏季')
        size = path.stat().st_size
        for at in 0, size//3, size//2, -1:
            (copy/path.name).write_bytes(path.read_bytes())
            spoil(copy/path.name, at)
            for name, step in steps.items():
                if name == 'follow' and path.stem in ('follow-day-08', 'send-day-09'): continue    # it is made anew
                with pytest.raises(UsageError) as e: step(copy)
                assert '夏季' in str(e.value), (name, path.name, at)

def test_a_file_is_gone(world, tmp_path):
    for path in sorted(world.planned.iterdir()):
        f = world.copy(tmp_path/path.name/'夏季', approve=True)
        (f.path/path.name).unlink()
        with pytest.raises(UsageError, match='is gone|has no plan.json'): PlanFolder(f.path)

def test_changed_after_approval(world, promo, tmp_path):
    "Also by somebody who writes all hashes anew: the log has the hash of what was approved."
    f = world.copy(tmp_path/'夏季', approve=True)
    lines = (f.path/'send.csv').read_text('utf-8').splitlines(keepends=True)
    (f.path/'send.csv').write_text(''.join(lines[:-1]), 'utf-8')
    about = f.about | dict(files=f.about['files'] | {'send.csv': f.digest(f.path/'send.csv')})
    (f.path/'plan.json').write_text(f.sealed(about), 'utf-8')
    for step in 'follow', 'measure':
        assert 'was changed after Ann approved it' in refused(promo, step, f.path, '-s', world.parquet)

def test_a_line_of_the_log(world, tmp_path):
    f = world.copy(tmp_path/'夏季', approve=True)
    log = f.path/'approvals.jsonl'
    line = log.read_text('utf-8')
    first = line.replace('Ann', 'Eve'), '\n' + line, line.rstrip()
    for text, number in *((o, 1) for o in first), (line + '{"by": "Eve"}\n', 2), (line + line, 2):
        log.write_text(text, 'utf-8')
        with pytest.raises(UsageError, match=f'line {number}: the log was changed. A log is only ever added to'):
            PlanFolder(f.path)

# --- Killed -----------------------------------------------------------------------------------------------------------

def planned(place):
    World.plan(SimpleWorld(place), place/'plans'/'夏季')

class SimpleWorld:
    "What `World.plan` needs, in another process."
    campaign, money = World.campaign, World.money
    def __init__(self, place): self.parquet, self.scores = (Path(o) for o in json.loads((place/'inputs').read_text()))

def approved(place):
    f = PlanFolder(place/'plans'/'夏季')
    if f.state == 'planned': f.approve('Ann', veto_offers=['0014'], note='售罄')

def looked(place): follow(place/'plans'/'夏季', str(place/'tables'/'looked')).write(PlanFolder(place/'plans'/'夏季'))

def measured(place):
    f = PlanFolder(place/'plans'/'夏季')
    measure_plan(f, str(place/'tables'/'measured')).write(f)

STEPS = dict(planned=(planned, 4), approved=(approved, 6), looked=(looked, 6), measured=(measured, 4))

def doomed(step, place, moment):
    "Take a step, and be killed at a moment: where a file is renamed or removed, or written, then half of it."
    seen, home = [], str(place/'plans')
    def hook(event, args):
        path = os.fsdecode(args[0]) if args and isinstance(args[0], (str, bytes, os.PathLike)) else ''
        if event not in ('open', 'os.rename', 'os.remove', 'os.mkdir', 'os.rmdir') or not path.startswith(home): return
        writes = event == 'open' and (args[2] or 0) & (os.O_WRONLY | os.O_RDWR)
        if event == 'open' and not writes: return
        seen.append(event)
        if len(seen) != moment: return
        if writes: os.write(os.open(path, os.O_WRONLY | os.O_CREAT | os.O_TRUNC), b'half of it')
        os.kill(os.getpid(), signal.SIGKILL)
    sys.addaudithook(hook)
    STEPS[step][0](place)
    (place/'moments').write_text(json.dumps(seen))

def run_doomed(step, place, moment):
    "How the process ended; it gets a fresh interpreter, which has loaded the library once for all of them."
    context = get_context('forkserver')
    context.set_forkserver_preload(['conftest', 'promo_lib.outcome'])
    p = context.Process(target=doomed, args=(step, place, moment))
    p.start()
    p.join(100)
    return p.exitcode

def timeless(files):
    "The files, their log without the time and what follows from it."
    out = dict(files)
    for k in (o for o in out if o.endswith('approvals.jsonl')):
        out[k] = [{w: x for w, x in json.loads(o).items() if w not in ('when', 'seal')} for o in out[k].splitlines()]
    return out

@pytest.fixture(scope='module')
def whole_life(world, tmp_path_factory):
    "A life without disturbance: the place before each step, and after it."
    place, states = tmp_path_factory.mktemp('undisturbed'), {}
    (place/'inputs').write_text(json.dumps([world.parquet, world.scores]))
    for step in STEPS:
        folder = place/'plans'/'夏季'
        if step in ('looked', 'measured'):
            world.live(PlanFolder(folder), 2 if step == 'looked' else None).to_folder(place/'tables'/step)
        before = shutil.copytree(place, tmp_path_factory.mktemp(step)/'before')
        assert run_doomed(step, place, 0) == 0
        states[step] = before, files_of(place/'plans'), json.loads((place/'moments').read_text())
    return states

def moment_of(i, n, seen):
    "The i-th of n moments: all renames first, since what is seen changes there; then others, spread over the step."
    renames = [k for k, o in enumerate(seen, 1) if o == 'os.rename'][:n - 2]
    others = [k for k, o in enumerate(seen, 1) if o != 'os.rename']
    spread = np.linspace(0, len(others) - 1, n - len(renames)).round().astype(int)
    return [*renames, *(others[o] for o in spread)][i]

MOMENTS = [(step, i, n) for step, (_, n) in STEPS.items() for i in range(n)]

@pytest.mark.parametrize('step, i, n', MOMENTS)
def test_killed(step, i, n, whole_life, tmp_path):
    """Whoever is killed leaves every file that can be seen as it was or as it will be; the folder can be opened; and
    the same command again ends where it would have ended."""
    before, after, seen = whole_life[step]
    assert len(seen) >= n and 'os.rename' in seen
    place = shutil.copytree(before, tmp_path/'place')
    was, folder = timeless(files_of(place/'plans')) if (place/'plans').is_dir() else {}, place/'plans'/'夏季'
    assert run_doomed(step, place, moment_of(i, n, seen)) == -signal.SIGKILL
    if folder.exists() or step != 'planned': assert len(PlanFolder(folder).sent)
    now, end = timeless(files_of(place/'plans')) if (place/'plans').is_dir() else {}, timeless(after)
    for name, content in now.items(): assert content in (was.get(name), end.get(name)), name
    assert set(was) <= set(now) or set(now) == set(end)
    if step in ('planned', 'approved'): assert now in (was, end)
    Ledger(place/'plans')
    STEPS[step][0](place)
    assert timeless(files_of(place/'plans')) == end

# --- Bad input --------------------------------------------------------------------------------------------------------

def plan_refused(promo, world, out, *args, source=None, campaign='夏季', terms=('-b', 40, '--no-holdout')):
    "A plan that must be refused; nothing is written."
    was = files_of(out) if out.is_dir() else None
    names = [w for o in np.atleast_1d(campaign) for w in ('-c', o)]
    said = refused(promo, 'plan', '-s', source or world.parquet, *names, *terms, '--scores', world.scores, *args,
                   '-o', out)
    assert (files_of(out) if out.is_dir() else None) == was
    assert out.is_file() or not out.parent.is_dir() or {o.name for o in out.parent.iterdir()} <= {out.name}
    return said

def test_a_campaign_that_has_begun(world, promo, tmp_path):
    campaign = world.data.offers['campaign_id'].iloc[0]
    start = world.data.offers['start'].iloc[0]
    said = plan_refused(promo, world, tmp_path/'p'/'x', campaign=campaign)
    assert f'campaign {campaign} starts on {start:%Y-%m-%d}' in said and 'it has begun' in said
    assert f'promo report --campaign {campaign} looks back on it' in said and '2026-07-05' in said

BAD_TERMS = {
    'budget 0': (['-b', 0], 'the budget is 0: nothing can be sent'),
    'budget below 0': (['--budget=-5'], 'budget must be a number of 0 or above'),
    'no budget': ([], 'give a budget: --budget MONEY'),
    'hold-out 0': (['-b', 40, '--holdout', 0], 'a hold-out of 0: nobody is held out'),
    'hold-out 1': (['-b', 40, '--holdout', 1], 'a hold-out of 1: nobody is left'),
    'hold-out 2': (['-b', 40, '--holdout', 2], 'holdout must be a number between 0 and 1, not 2'),
    'hold-out below 0': (['-b', 40, '--holdout=-1'], 'holdout must be a number between 0 and 1, not -1'),
    'hold-out that shows nothing': (['-b', 40, '--holdout', .0001], 'so small that it shows nothing'),
    'cap 0': (['-b', 40, '--no-holdout', '--cap', 0], 'cap must be a whole number of 1 or above'),
    'no offers': (['-b', 40, '--no-holdout', '--max-offers', 0], 'max_offers must be a whole number of 1 or above'),
    'no waves': (['-b', 40, '--no-holdout', '--waves', 0], 'waves must be a whole number of 1 or above'),
    'learn 2': (['-b', 40, '--no-holdout', '--learn', 2], 'learn must be a number between 0 and 1'),
    'a prior of 2': (['-b', 40, '--no-holdout', '--prior', 2], "the prior's rate must be a number above 0 and below 1"),
    'margin 3': (['-b', 40, '--no-holdout', '--margin-rate', 3], 'margin_rate'),
}

@pytest.mark.parametrize('name', BAD_TERMS)
def test_bad_terms(name, world, promo, tmp_path):
    terms, words = BAD_TERMS[name]
    assert words in plan_refused(promo, world, tmp_path/'p'/'x', terms=terms)

def test_holdout_way_out(world, promo, tmp_path):
    "The share that the message advises is enough."
    said = plan_refused(promo, world, tmp_path/'x', terms=['-b', 40, '--holdout', .004])
    share = float(re.search(r'about (\d+)% would be enough', said)[1])/100
    assert 'or none by --no-holdout' in said.replace('\n', ' ')
    assert len(world.plan(tmp_path/'y', holdout=1.5*share, learn=0).sent)

def test_campaigns_that_are_not_there(world, promo, tmp_path):
    said = plan_refused(promo, world, tmp_path/'x', campaign='winter')
    assert 'there is no campaign winter: the table offers has W01, W02, W03, 夏季' in said
    assert 'there is no file winter.toml' in said
    assert 'campaign 夏季 is named twice' in plan_refused(promo, world, tmp_path/'x', campaign=['夏季', '夏季'])
    r = promo('plan', '-s', world.parquet, '-b', 40)
    assert r.exit_code == 2 and 'name a campaign: --campaign ID' in r.stderr

def changed(world, folder, **tables):
    "The shop with other tables, as a folder."
    t = {k: o.copy() for k, o in world.data.tables.items()} | tables
    folder.mkdir(parents=True)
    for k, o in t.items():
        if o is not None: o.to_csv(folder/f'{k}.csv', index=False)
    return folder

def test_offers_without_end(world, promo, tmp_path):
    offers = world.data.offers
    ends = offers['end'].where(offers['campaign_id'] != '夏季')
    source = changed(world, tmp_path/'shop', offers=offers.assign(end=ends))
    said = plan_refused(promo, world, tmp_path/'p'/'x', source=source)
    assert 'offers.end: is missing, and the campaign has not begun' in said and 'Give the last day' in said

@pytest.mark.parametrize('user, way_out', [('99999', 'Add it to users'), ('1', 'They differ by leading zeros')])
def test_eligible_users_who_are_no_users(user, way_out, world, promo, tmp_path):
    rows = pd.DataFrame(dict(user_id=['00001', user], campaign_id='夏季'))
    said = plan_refused(promo, world, tmp_path/'p'/'x', source=changed(world, tmp_path/'shop', eligible=rows))
    assert f'eligible.user_id: is not in users (1 row, first: 1 ({user}))' in said and way_out in said

@pytest.mark.parametrize('text, words', [
    ('user_id\n00001\n99999\n1\n', ['do_not_contact.user_id: is not a user of the tables (2 rows', '99999',
                                      '--ignore-unknown']),
    ('customer\n00001\n', ['do_not_contact.user_id: the column is missing', 'There are: customer']),
    ('', ['0 bytes'])])
def test_do_not_contact(text, words, world, promo, tmp_path):
    (tmp_path/'no.csv').write_text(text)
    said = plan_refused(promo, world, tmp_path/'p'/'x', '--do-not-contact', tmp_path/'no.csv')
    for o in words: assert o in said.replace('\n', ' ')

def test_do_not_contact_is_missing(world, promo, tmp_path):
    said = plan_refused(promo, world, tmp_path/'p'/'x', '--do-not-contact', tmp_path/'none.csv')
    assert f'do_not_contact: there is no file {tmp_path}' in said

def test_ignore_unknown(world, tmp_path):
    (tmp_path/'no.csv').write_text('user_id\n00001\n00123\n99999\n')
    f = world.plan(tmp_path/'x', do_not_contact=tmp_path/'no.csv', ignore_unknown=True)
    assert not {'00001', '00123'} & set(f.groups['user_id']) and len(f.groups) == 298
    assert '2 on the do-not-contact list' in f.facts['said']['who'][0]

def test_a_place_that_is_taken(world, promo, tmp_path):
    place = tmp_path/'mine'
    place.mkdir()
    (place/'letter.txt').write_text('dear')
    for more in [], ['--replace']:
        assert 'is there and is no folder of a plan: choose another one' in plan_refused(promo, world, place, *more)
    assert 'is there and is no folder of a plan' in plan_refused(promo, world, place/'letter.txt')
    f = world.copy(tmp_path/'plans'/'夏季')
    with pytest.raises(UsageError, match='holds another plan: give another folder, or --replace'):
        world.plan(f.path, budget=20)
    assert files_of(f.path) == files_of(world.planned)
    assert world.plan(f.path, budget=20, replace=True).sent['cost'].sum() <= 20

@pytest.mark.parametrize('out', ['/proc/promo/plan', '{tmp}/letter/plans/x'])
def test_a_place_that_cannot_be_written(out, world, promo, tmp_path):
    (tmp_path/'letter').write_text('dear')
    said = plan_refused(promo, world, Path(out.format(tmp=tmp_path)))
    assert 'cannot write to' in said and 'Choose another folder' in said

def test_paths_with_dots(world, tmp_path, monkeypatch):
    f = world.copy(tmp_path/'plans'/'夏季')
    world.copy(tmp_path/'plans'/'other')
    same = PlanFolder(tmp_path/'plans'/'other'/'..'/'夏季')
    assert same.hash == f.hash
    monkeypatch.chdir(f.path)
    here = PlanFolder('.').approve('Ann', veto_offers=['0014'])
    monkeypatch.chdir(tmp_path/'plans'/'other')
    assert here.path == f.path and PlanFolder(f.path).state == 'approved'
    assert {o.name for o in (tmp_path/'plans').iterdir()} == {'夏季', 'other'}
    monkeypatch.chdir(f.path)
    measure_plan('.', world.live(f)).write(PlanFolder('.'))
    assert (tmp_path/'plans'/'ledger.parquet').is_file() and not (f.path/'ledger.parquet').exists()
    assert Ledger(tmp_path/'plans').table['plan'].tolist() == ['夏季']

@pytest.mark.parametrize('first', ['=1+1', '+49170', '@anna', '-cmd', ' =x'])
@pytest.mark.parametrize('column', ['user_id', 'offer_id'])
def test_ids_that_a_spreadsheet_would_run(column, first, world, tmp_path):
    old = '00001' if column == 'user_id' else '0013'
    tables = {k: t.assign(**{column: t[column].replace({old: first})}) if column in t else t
              for k, t in world.data.tables.items()}
    scores = world.scored().replace({column: {old: first}})
    with pytest.raises(DataError) as e:
        world.plan(tmp_path/'x', PromoData.from_tables(tables), holdout=0, no_holdout=True, scores=scores, budget=1e6,
                   spend_all=True)
    for o in f'send.{column}', first, 'Name it otherwise in the tables': assert o in str(e.value)
    assert not (tmp_path/'x').exists()

@pytest.mark.parametrize('change, words', [
    (lambda p: shutil.rmtree(p), 'there is no folder'),
    (lambda p: (p/'plan.json').unlink(), 'has no plan.json: it is no folder of a plan'),
    (lambda p: (p/'plan.json').write_text('{"format": 0, "versions": {"promo_lib": "0.1"}}'),
     'was written by promo_lib 0.1 in format 0; this version reads format 1: make the plan again'),
    (lambda p: (p/'plan.json').write_text('[]'), 'must hold a JSON object'),
    (lambda p: (p/'plan.json').write_text('{'), 'plan.json is damaged'),
    (lambda p: (p/'send.csv').write_text('user_id,offer_id,day,reason\n'), 'send.csv is not as it was written')])
@pytest.mark.parametrize('step', ['approve', 'follow', 'measure'])
def test_a_folder_that_is_none(step, change, words, world, promo, tmp_path):
    f = world.copy(tmp_path/'plans'/'夏季')
    change(f.path)
    said = refused(promo, step, f.path, *(['--by', 'Ann'] if step == 'approve' else ['-s', world.parquet]))
    assert words in said.replace('\n', ' ')

def other_shop(world):
    t = world.data.tables
    t = {k: o.assign(user_id='X' + o['user_id']) if 'user_id' in o else o for k, o in t.items()}
    return PromoData.from_tables(t)

def test_follow_and_measure_at_the_wrong_time(world, promo, tmp_path):
    f = world.copy(tmp_path/'plans'/'夏季')
    day3, after = (str(world.live(f, o).to_folder(tmp_path/f'tables{o}')) for o in (3, None))
    assert f'is not approved: promo approve {f.path} --by NAME' in refused(promo, 'follow', f.path, '-s', day3)
    f.approve('Ann')
    was = files_of(f.path.parent)
    early = refused(promo, 'follow', f.path, '-s', world.parquet)
    assert 'the campaign starts on 2026-07-06' in early and 'there is nothing to follow yet' in early
    assert f'promo measure {f.path} says what came of it' in refused(promo, 'follow', f.path, '-s', after)
    soon = refused(promo, 'measure', f.path, '-s', day3)
    assert 'the campaign ends on 2026-07-19' in soon and f'promo follow {f.path}' in soon and '2026-07-08' in soon
    old = str(world.data.as_of('2026-06-01', ['夏季']).to_folder(tmp_path/'old'))
    other = str(other_shop(world).to_folder(tmp_path/'other'))
    for step in 'follow', 'measure':
        assert 'give newer tables' in refused(promo, step, f.path, '-s', old)
        said = refused(promo, step, f.path, '-s', other)
        assert 'users.user_id: lacks user_ids of the plan (300 rows' in said
        assert 'Are these the tables of the shop for which the plan was made?' in said
    assert files_of(f.path.parent) == was

def test_people_who_were_held_out_got_it_all_the_same(world, tmp_path):
    "Counted and told while it runs and afterwards, and the lists keep to who is in."
    f = world.copy(tmp_path/'plans'/'夏季', approve=True)
    out = f.groups.loc[f.groups['group'] == 'holdout', 'user_id'].tolist()
    leak = [(o, '0013') for o in out[:7]]
    now = follow(f, world.live(f, 3, leak))
    assert any(o.startswith('7 of the 60 control customers (12%) got an offer all the same') for o in now.notes)
    assert any(o == '7 exposures are not in the plan.' for o in now.notes) and not set(now.send['user_id']) & set(out)
    found = measure_plan(f, world.live(f, more=leak))
    assert any(o.startswith('7 of the 60 control customers') for o in found.notes)
    assert any('keep the list of the hold-out where the mailer is fed' in o for o in found.lessons)
    assert found.table.set_index('figure').came['redemptions'] == measure_plan(f, world.live(f)).table.set_index(
        'figure').came['redemptions']

# --- Several campaigns ------------------------------------------------------------------------------------------------

def spring_of(world, folder):
    "A second campaign in the same weeks, with two offers of the first and one of its own; scores of both."
    folder.mkdir(exist_ok=True)
    (folder/'第二.toml').write_text('start = 2026-07-08\nend = 2026-07-19\n' + ''.join(
        f'[[offers]]\noffer_id = "{o}"\ndiscount = 0.5\n' for o in ('0013', '0014', '0099')), 'utf-8')
    a = world.scored()
    b = a[a['offer_id'] != '0016'].assign(campaign_id='第二').replace({'offer_id': {'0015': '0099'}})
    pd.concat([a, b.assign(p_redeem=b['p_redeem']*.9)]).to_parquet(folder/'both.parquet', index=False)
    return dict(campaigns=[folder/'第二.toml'], scores=str(folder/'both.parquet'))

def per_week(*sent):
    s = pd.concat(sent)
    return s.groupby(['user_id', s['day'].dt.to_period('W-SUN')]).size()

def test_planned_together(world, tmp_path):
    "One budget, one cap, no offer twice, one hold-out; the list says of which campaign a line is."
    more = spring_of(world, tmp_path/'in')
    f = world.plan(tmp_path/'plans'/'both', **more | dict(campaigns=['夏季', *more['campaigns']]), cap=2, budget=60)
    send = texts(f.path/'send.csv')
    assert set(send['campaign_id']) == {'夏季', '第二'} == set(f.about['campaigns'])
    assert f.sent['cost'].sum() <= 60 + 1e-9 and per_week(f.sent).max() == 2
    assert not f.sent.duplicated(['user_id', 'offer_id']).any() and f.sent.groupby(KEY[::2]).size().max() <= 2
    assert not set(f.sent['user_id']) & set(f.groups.loc[f.groups['group'] == 'holdout', 'user_id'])
    first = f.sent.groupby('campaign_id')['day'].min()
    assert (first['夏季'], first['第二']) == (DAY('2026-07-06'), DAY('2026-07-08'))
    assert f.approve('Ann', veto_offers=['0099']).sent['cost'].sum() <= 60
    assert per_week(f.sent).max() <= 2 and '0099' not in set(f.sent['offer_id'])

@pytest.mark.parametrize('cap', [1, 2])
def test_planned_beside_each_other(cap, world, tmp_path):
    f = world.copy(tmp_path/'plans'/'夏季')
    more = spring_of(world, tmp_path/'in')
    g = world.plan(tmp_path/'plans'/'第二', **more, cap=cap)
    both = pd.concat([f.sent, g.sent])
    assert not both.duplicated(['user_id', 'offer_id']).any()
    assert (per_week(f.sent, g.sent) <= np.maximum(cap, per_week(f.sent).reindex(per_week(f.sent, g.sent).index,
                                                                                 fill_value=0))).all()
    assert any('Planned beside 夏季' in o for o in g.facts['said']['notes'])
    alone = world.plan(tmp_path/'plans'/'alone', **more, cap=cap, alone=True)
    assert pd.concat([f.sent, alone.sent]).duplicated(['user_id', 'offer_id']).any()
    h = g.approve('Ann', veto_users=[g.sent['user_id'].iloc[0]])                # a veto knows of the others, too
    assert not pd.concat([f.sent, h.sent]).duplicated(['user_id', 'offer_id']).any()

def test_beside_a_plan_that_was_changed(world, tmp_path):
    f = world.copy(tmp_path/'plans'/'夏季')
    spoil(f.path/'plan.parquet', 5)
    with pytest.raises(UsageError, match='夏季/plan.parquet is not as it was written'):
        world.plan(tmp_path/'plans'/'第二', **spring_of(world, tmp_path/'in'))

def test_offers_of_one_campaign_that_start_later(world, tmp_path):
    "Nothing is sent before it starts or after it ends, at once or while the campaign runs."
    t = {k: o.copy() for k, o in world.data.tables.items()}
    late, short = t['offers']['offer_id'] == '0013', t['offers']['offer_id'] == '0014'
    t['offers'].loc[late, 'start'] = DAY('2026-07-15')
    t['offers'].loc[short, 'end'] = DAY('2026-07-07 23:59')
    data = PromoData.from_tables(t, name='x', currency='EUR')
    f = world.plan(tmp_path/'plans'/'x', data, campaigns='夏季', waves=5, cap=1).approve('Ann')
    now = follow(f, PromoData.from_tables(world.live(f, 4).tables | dict(offers=t['offers']), currency='EUR'))
    for sent in f.sent, now.send:
        spans = sent.merge(t['offers'], on=['offer_id', 'campaign_id'])
        assert len(spans) and ((spans['day'] >= spans['start'].dt.normalize()) & (spans['day'] <= spans['end'])).all()
    assert '0013' in set(f.sent['offer_id']) and per_week(f.sent).max() == 1
    assert f.sent.groupby('user_id').size().max() <= 2

# --- promo report on a campaign that is not over ----------------------------------------------------------------------

def test_report_on_a_draft(world, promo, tmp_path):
    r = done(promo('report', '-c', '夏季', '-b', 40, '-s', world.parquet, '-p', 'scores', world.scores,
                   '-p', 'margin_rate', .4, '-o', tmp_path/'out'))
    assert r.stdout.split() == [str(tmp_path/'out'/'campaign_夏季.html')] and 'still to come' in r.stderr
    text = spoken(tmp_path/'out'/'campaign_夏季.html')
    assert 'Plan of campaign 夏季' in text and 'Send ' in text and not re.search(r'(?i)\b(realised|came)\b', text)
    names = sorted(o.name.removeprefix('campaign_夏季.') for o in (tmp_path/'out').iterdir())
    assert names == ['html', 'metrics.json', 'xlsx']

def test_report_on_a_running_campaign(world, cache, promo, tmp_path):
    "Here a small model is trained. Each customer was given some offers, at a time: these are what was sent."
    f = world.copy(tmp_path/'plans'/'夏季', approve=True)
    shop = world.live(f, 4)
    given = shop.candidates(['夏季'])
    assert shop.exposures['time'].notna().any() and len(given) < len(shop.users)*given['offer_id'].nunique()/2
    source = shop.to_folder(tmp_path/'shop')
    r = done(promo('report', '-c', '夏季', '-b', 40, '-s', source, '-p', 'fast', 'true', '-o', tmp_path/'out'))
    assert r.stdout.split() == [str(tmp_path/'out'/'campaign_夏季.html')] and 'is running' in r.stderr
    text = spoken(tmp_path/'out'/'campaign_夏季.html')
    assert 'Campaign 夏季 on day 4' in text and 'have no exposure in the tables' not in text

# --- A cold start -----------------------------------------------------------------------------------------------------

def eve(world, folder, *names):
    "A shop before its first campaign: some of its tables, of the campaign to come alone; all offers cost the same."
    t = dict(world.data.as_of('2026-07-06', ['夏季']).tables)
    t['offers'] = t['offers'].assign(discount=1.)
    mine = {k: t[k][t[k]['campaign_id'] == '夏季'] if 'campaign_id' in t[k] else t[k] for k in names}
    return PromoData.from_tables(mine, ('users', 'offers'), name='Eve', currency='EUR').to_folder(folder, 'csv')

def test_cold_page(world, promo, tmp_path):
    "Two tables are enough; the first line says what the plan rests on, and a lot is drawn."
    source = eve(world, tmp_path/'shop', 'users', 'offers')
    r = promo('plan', '-s', source, '-c', '夏季', '-b', 60, '--prior', '0.05:0.02:0.1', '--holdout', .2, *MONEY, '-o',
              tmp_path/'plans'/'夏季')
    assert r.exit_code == 0, r.output
    text = spoken(tmp_path/'plans'/'夏季'/'report.html')
    assert text.index('No campaign of this shop has taught a model yet') < text.index('Send ')
    assert '5 % of what is given is expected to be redeemed' in text and 'prior' in text

def cold_plan(world, place, *names, **more):
    how = dict(scores=None, learn=None, max_offers=1, spend_all=True) | more
    return world.plan(place/'plans'/'夏季', str(eve(world, place/'shop', *names)), **how)

@pytest.mark.parametrize('names', [('users', 'offers'), ('users', 'offers', 'purchases'),
                                   ('users', 'offers', 'items', 'offer_items', 'purchases')])
def test_cold_lot(names, world, tmp_path):
    f = cold_plan(world, tmp_path, *names)
    t = pd.read_parquet(f.path/'plan.parquet')
    assert f.about['model']['source'] == 'a cold start' and f.facts['said']['cold'] and f.about['terms']['learn'] == .33
    assert (t['arm'] == 'lot').sum() > 10 and t['propensity'].between(0, .8, inclusive='right').all()
    assert f.sent['cost'].sum() <= 40 and 'carried over from other shops' in f.facts['said']['scores']
    basis = set(pd.read_parquet(f.path/'candidates.parquet')['basis'])
    assert basis == ({'affinity'} if 'items' in names else {'prior'}) or ('affinity' in basis and 'items' in names)
    assert not [o for o in t.columns if t[o].isna().any()]

def test_cold_prior_moves_the_promise(world, tmp_path):
    from promo_lib.cold import Prior
    few, many = (cold_plan(world, tmp_path/o, 'users', 'offers', prior=Prior.parse(o), budget=1e6)
                 for o in ('0.01:0.005:0.02', '0.1:0.05:0.2'))
    said = [o.facts['promise']['redemptions'] for o in (few, many)]
    assert said[1] == pytest.approx(10*said[0]) and '1 % of what is given' in few.facts['said']['scores']

def test_cold_without_a_lot_under_limits(world, tmp_path):
    "A lot could break a limit such as a stock: none is drawn, and one that is asked for is refused."
    limits = [(2, 'stock', 'offer_id', '0013', 20)]
    f = cold_plan(world, tmp_path/'a', 'users', 'offers', limits=limits)
    assert f.about['terms']['learn'] == 0 and (f.sent['offer_id'] == '0013').sum() <= 20
    with pytest.raises(UsageError, match='a lot could break further limits'):
        cold_plan(world, tmp_path/'b', 'users', 'offers', limits=limits, learn=.3)

def test_log_of_a_lot(world, tmp_path):
    "What the lot logs is a log for chapter 41: the policy that was followed is worth what came."
    from promo_lib.ope import evaluate_policy
    f = cold_plan(world, tmp_path, 'users', 'offers', 'purchases', learn=1., budget=1e6)
    t, groups = f.read('plan'), f.groups
    offers = sorted(t['offer_id'].unique())
    chance = t.pivot(index='user_id', columns='offer_id', values='propensity').fillna(0)
    chance['nothing'] = 1 - chance.sum(axis=1)
    assert np.allclose(chance['nothing'], .2)
    r = np.random.default_rng(0)
    sent = f.sent[['user_id', 'offer_id', 'propensity']].rename(columns=dict(offer_id='action'))
    none = groups.loc[groups['group'] == 'holdout', ['user_id']].assign(action='nothing', propensity=.2)
    log = pd.concat([sent, none], ignore_index=True)
    log['reward'] = (r.random(len(log)) < log['action'].map(dict(zip([*offers, 'nothing'], [.1, .2, .3, .4, 0.])))) + 0.
    ask = dict(actions=[*offers, 'nothing'], users='user_id', n_boot=100)
    same = evaluate_policy(log, chance.reindex(log['user_id']).reset_index(drop=True), estimator='ips', **ask)
    assert same.value == pytest.approx(log['reward'].mean())
    best = evaluate_policy(log, offers[3], **ask)
    assert best.interval[0] < .4 < best.interval[1]

# --- Whatever the candidates ------------------------------------------------------------------------------------------

TIGHT = settings(max_examples=40, deadline=None, derandomize=True, suppress_health_check=[HealthCheck.too_slow])
amount = st.integers(0, 400).map(lambda o: o/100)
row = st.tuples(st.integers(0, 9), st.sampled_from('abcd'), st.sampled_from('xy'), amount, amount,
                st.integers(0, 100).map(lambda o: o/100))
rows = st.lists(row, min_size=1, max_size=50, unique_by=lambda o: o[:3])
terms = st.fixed_dictionaries(dict(holdout=st.sampled_from([0., .1, .3, .7]), max_offers=st.integers(1, 3),
                                   cap=st.sampled_from([None, 1, 2]), learn=st.sampled_from([0., .3, 1.]),
                                   waves=st.integers(1, 3), spend_all=st.booleans(), seed=st.integers(0, 9)))
SPANS = dict(xa=('06-01', '06-14'), xb=('06-01', '06-02'), xc=('06-09', '06-14'), xd=('06-01', '06-14'),
             ya=('06-03', '06-20'), yb=('06-03', '06-20'), yc=('06-03', '06-20'), yd=('06-18', '06-20'))

def as_candidates(rows):
    t = pd.DataFrame(rows, columns=[*KEY, 'value', 'cost', 'p_redeem'])
    t['start'], t['end'] = (pd.to_datetime('2026-' + (t['campaign_id'] + t['offer_id']).map(lambda o: SPANS[o][i]))
                            for i in (0, 1))
    high = (1.5*t['p_redeem']).clip(upper=1)
    return t.assign(user_id='0' + t['user_id'].astype(str), p_low=t['p_redeem']/2, p_high=high, e_sales=5.,
                    e_discount=.5)

def decided(c, budget, terms, **more):
    "Decisions; None where nothing is left to send, as the error says."
    try: return decide(c, budget, **terms, **more)
    except UsageError as e:
        assert 'nothing is left to send' in str(e)
        return None

@TIGHT
@given(rows=rows, budget=st.integers(1, 900).map(lambda o: o/100), terms=terms, order=st.randoms(use_true_random=False))
def test_decide(rows, budget, terms, order):
    "Never over the budget or a limit, never to who is held out, chances that are chances, and the same in any order."
    c = as_candidates(rows)
    d = decided(c, budget, terms)
    shuffled = decided(c.iloc[order.sample(range(len(c)), len(c))], budget, terms)
    if d is None: return None if shuffled is None else pytest.fail('the order of the rows decides')
    sent, held = d.sent, set(d.groups.loc[d.groups['group'] == 'holdout', 'user_id'])
    assert sent['cost'].sum() <= budget*(1 + 1e-9)
    assert not held & set(sent['user_id']) and set(d.groups['user_id']) == set(c['user_id'])
    assert not len(sent) or sent.groupby(['user_id', 'campaign_id']).size().max() <= terms['max_offers']
    assert not sent.duplicated(['user_id', 'offer_id']).any()
    if terms['cap'] and len(sent): assert per_week(sent).max() <= terms['cap']
    assert ((d.table['propensity'] > 0) & (d.table['propensity'] <= 1 - terms['holdout'] + 1e-12)).all()
    assert set(d.table['arm']) <= {'plan', 'lot', 'not drawn', 'holdout'}
    assert set(d.table.loc[d.table['arm'] == 'holdout', 'user_id']) <= held
    spans = sent.merge(c[[*KEY, 'start', 'end']], on=KEY)
    assert ((spans['day'] >= spans['start']) & (spans['day'] <= spans['end'])).all()
    if not terms['spend_all'] and not terms['learn']: assert (sent['value'] >= sent['cost'] - 1e-9).all()
    for again in decided(c, budget, terms), shuffled:
        pd.testing.assert_frame_equal(again.table, d.table)
        pd.testing.assert_frame_equal(again.groups, d.groups)

@TIGHT
@given(rows=rows, terms=terms, n=st.integers(1, 12))
def test_decide_beside_another_plan(rows, terms, n):
    "What another plan sends is not sent again, and counts for the cap."
    c = as_candidates(rows)
    first = decided(c[c['campaign_id'] == 'x'], 100, terms) if (c['campaign_id'] == 'x').any() else None
    rest = c[c['campaign_id'] == 'y']
    if first is None or not len(first.sent) or not len(rest): return
    used = first.sent[['user_id', 'offer_id', 'day']].head(n)
    second = decided(rest, 100, terms, used=used)
    if second is None: return
    both = pd.concat([used, second.sent])
    assert not both.duplicated(['user_id', 'offer_id']).any()
    if terms['cap']: assert len(second.sent) == 0 or per_week(both).max() <= terms['cap']

def test_decide_sends_nothing_that_loses_money():
    c = as_candidates([(0, 'a', 'x', .01, .85, 1.), (9, 'd', 'y', 2., 1.99, .07)])
    sent = decide(c, 1.96).sent
    assert (sent['value'] >= sent['cost']).all()
