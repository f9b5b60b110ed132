"""The life of a campaign, with the files that the commands really write: plan, approve, follow, measure, the next plan.
Bad input of the file of a campaign: test_draft.py."""
import hashlib, json, os, re, shutil, signal, sys
from multiprocessing import get_context
from pathlib import Path

import numpy as np, pandas as pd, pytest
from hypothesis import HealthCheck, given, settings, strategies as st

from conftest import World, run_process, run_promo
from promo_lib.campaign import Campaign
from promo_lib.cold import cold_scores
from promo_lib.core import DataError, UsageError
from promo_lib.data import KEY, PromoData
from promo_lib.decide import decide
from promo_lib.draft import Draft
from promo_lib.folder import PlanFolder, plan_campaigns
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
    return re.sub(r'<[^>]*>', ' ', re.sub(r'(?s)<(style|svg)\b.*?</\1>', ' ', Path(page).read_text('utf-8')))

def done(r):
    assert r.exit_code == 0, r.output
    return r

# --- The seam -----------------------------------------------------------------------------------------------------------

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
        for day in 3, 8: self.do(f'day {day}', 'follow', self.folder, '-s', self.tables(f'day{day}', day))
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
    assert {'plan', 'lot', 'holdout'} <= set(plan['arm'])
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
    assert '<script' not in html.lower() and not re.search(r'(?:src|href)=["\'](?!data:|#)', html)
    assert lived.said['approve'].splitlines()[0] in text.replace('&#39;', "'") and lived.veto in text
    assert text.index('夏季') < text.index('Send ') < text.rindex('Who gets what')
    assert 'No plan of this shop has been measured yet' in text

def test_seam_follow_and_measure(lived):
    for day in 3, 8:
        assert f'Day {day} of the campaign' in lived.said[f'day {day}']
        assert f'Campaign 夏季 on day {day}' in spoken(lived.folder/f'follow-day-{day:02d}.html')
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
    assert ledger.table['plan'].tolist() == ['夏季'] and ledger.table['hash'].tolist() == [PlanFolder(lived.folder).hash]
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

# --- The same inputs ----------------------------------------------------------------------------------------------------

def test_same_folder_in_another_process(lived, world, tmp_path):
    "The same command, in another process, from Parquet files: the same bytes, the page included."
    r = run_process('plan', '-s', world.parquet, '-c', '夏季', *TERMS, '--scores', world.scores, '-o', tmp_path/'b'/'夏季',
                    PYTHONHASHSEED='7')
    assert r.returncode == 0, r.stderr
    a, b = lived.held['plan'], files_of(tmp_path/'b'/'夏季')
    assert list(a) == list(b) and [k for k in a if a[k] != b[k] and k != 'plan.json'] == []
    about = [json.loads(o['plan.json']) for o in (a, b)]
    for o in about: o['model'], o['facts']['said']['scores'], o['seal'] = '', '', ''     # the name of the file of scores
    assert about[0] == about[1]

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

# --- A person decides ---------------------------------------------------------------------------------------------------

def refused(promo, *args):
    "A command that must be refused: status 2, no traceback, nothing on the output stream. Gives what the user reads."
    r = promo(*args)
    assert r.exit_code == 2 and 'Traceback' not in r.output and not r.stdout.strip(), r.output
    return r.stderr

def test_veto_of_an_offer_and_of_users(world, promo, tmp_path):
    f = world.copy(tmp_path/'plans'/'夏季')
    offer, users = f.sent['offer_id'].mode()[0], sorted(f.sent['user_id'].unique())[:3]
    r = done(promo('approve', f.path, '--by', 'Bo', '--veto-offer', offer, *(w for o in users for w in ('--veto-user', o))))
    g = PlanFolder(f.path)
    assert r.stdout.splitlines() == [g.facts['decision'], f'approved by Bo: {g.hash}']
    assert not set(g.sent['user_id']) & set(users) and offer not in set(g.sent['offer_id'])
    assert not set(texts(g.path/'send.csv')['user_id']) & set(users)
    assert g.sent['cost'].sum() <= 40 + 1e-9
    pd.testing.assert_frame_equal(g.groups[['user_id', 'stratum', 'group']], f.groups[['user_id', 'stratum', 'group']])
    assert g.about['vetoed'] == dict(offers=[offer], users=users) and g.about['terms'] == f.about['terms']
    pairs = [set(zip(o.sent['user_id'], o.sent['offer_id'])) for o in (f, g)]
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
    for text, number in (line.replace('Ann', 'Eve'), 1), (line + '{"by": "Eve"}\n', 2), (line + line, 2), ('\n' + line, 1), (
            line.rstrip(), 1):
        log.write_text(text, 'utf-8')
        with pytest.raises(UsageError, match=f'line {number}: the log was changed. A log is only ever added to'):
            PlanFolder(f.path)

# --- Killed -------------------------------------------------------------------------------------------------------------

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

STEPS = dict(planned=(planned, 5), approved=(approved, 6), looked=(looked, 7), measured=(measured, 4))

def doomed(step, place, moment):
    "Take a step, and be killed at a moment: before a file is opened for writing, renamed or removed, some of it written."
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
    """Whoever is killed leaves every file that can be seen as it was or as it will be; the folder can be opened; and the
    same command again ends where it would have ended."""
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
