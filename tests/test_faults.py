"Bad input: one clear message that says where and what to do, no traceback, nothing half-written."
import json, os, re, signal, subprocess, time

import numpy as np, pandas as pd, psutil, pytest

from conftest import COMMAND
from promo_lib.core import DataError, UsageError
from promo_lib.data import PromoData
from promo_lib.planner import PLANNER_SCRIPT

SAMPLE = ['-s', 'sample', '-p', 'fast', 'true']

# --- Tables -----------------------------------------------------------------------------------------------------

def column(name, row, value):
    "Put a value into one row of a column."
    def change(df):
        values = df[name].tolist()
        values[row] = value
        df[name] = values
        return df
    return change

def row(**values): return lambda df: pd.concat([df, pd.DataFrame([values])], ignore_index=True)

day = pd.Timestamp
# name: table, how it is broken, column that must be named, words of the way out
TABLES = {
    'missing column':          ('purchases', lambda df: df.drop(columns='value'), 'value', 'Add it'),
    'wrong type':              ('purchases', column('value', 1, 'three'), 'value', 'Correct the values'),
    'no time':                 ('outcomes', column('time', 0, 'last spring'), 'time', '2026-11-23'),
    'null id':                 ('exposures', column('user_id', 2, None), 'user_id', 'Fill it in or drop the row'),
    'duplicated key':          ('users', lambda df: pd.concat([df, df[:1]]), 'user_id', 'Keep one row per key'),
    'outcome before exposure': ('outcomes', column('time', 0, day('2026-02-03')), 'time', 'Correct the time'),
    'end before start':        ('offers', column('end', 0, day('2026-02-01')), 'end', 'Swap the two'),
    'negative price':          ('items', column('price', 1, -3.), 'price', 'Correct the value'),
    'infinite value':          ('purchases', column('value', 0, np.inf), 'value', 'Correct the values'),
    'unknown item':            ('offer_items', row(offer_id='c1', campaign_id='may', item_id=99), 'item_id',
                                'Add it to items'),
    'unknown user':            ('exposures', row(user_id=99, campaign_id='may'), 'user_id', 'Add it to users'),
    'empty table':             ('exposures', lambda df: df[:0], '', 'at least one row'),
}

def cut(path): path.write_bytes(path.read_bytes()[:-100])
def empty(path): path.write_bytes(b'')
def gbk(path):
    pd.read_parquet(path).to_csv(path.with_suffix('.csv'), index=False, encoding='gbk')
    path.unlink()

# name: table, what happens to its file, words of the message, words of the way out
FILES = {
    'missing table':     ('exposures', lambda path: path.unlink(), 'the table is missing',
                          'user_id, campaign_id'),
    '0-byte Parquet':    ('purchases', empty, '0 bytes', 'Export it again'),
    'truncated Parquet': ('purchases', cut, 'cannot be read', 'export or copy it again'),
    'CSV in GBK':        ('items', gbk, 'is not UTF-8', 'encoding="gb18030"'),
}

@pytest.fixture
def folder(toy, tmp_path): return PromoData.from_tables(toy).to_folder(tmp_path/'shop')

def told(folder, table, column, words, refused, promo):
    "Python and the command line name the place and the way out."
    with pytest.raises(DataError) as e: PromoData.from_folder(folder)
    assert [o for o in e.value.problems if o.table == table and column in o.column]
    place = f'{table}.{column}' if column else table
    for text in str(e.value), refused('--all', '-s', folder):
        for o in (place, *words): assert o in text
    shown = promo('check', folder)
    assert shown.exit_code == 2 and table in shown.stdout and 'Traceback' not in shown.output

@pytest.mark.parametrize('fault', TABLES)
def test_table(fault, folder, refused, promo):
    table, change, column, way_out = TABLES[fault]
    path = folder/f'{table}.parquet'
    df = change(pd.read_parquet(path))
    try: df.to_parquet(path, index=False)
    except Exception:                                    # Parquet refuses a column of mixed types; CSV does not
        path.unlink()
        df.to_csv(path.with_suffix('.csv'), index=False)
    told(folder, table, column, [way_out], refused, promo)

@pytest.mark.parametrize('fault', FILES)
def test_file(fault, folder, refused, promo):
    table, change, words, way_out = FILES[fault]
    change(folder/f'{table}.parquet')
    told(folder, table, '', [words, way_out], refused, promo)

def test_all_at_once(folder):
    "Several faults are told together."
    empty(folder/'purchases.parquet')
    (folder/'exposures.parquet').unlink()
    with pytest.raises(DataError) as e: PromoData.from_folder(folder)
    assert {'purchases', 'exposures'} <= {o.table for o in e.value.problems}

def test_gbk_way_out(folder):
    "What the message advises works."
    gbk(folder/'items.parquet')
    assert PromoData.from_folder(folder, encoding='gb18030').items['category'].iloc[2] == '绿茶'

# --- Parameters -------------------------------------------------------------------------------------------------

@pytest.mark.parametrize('budget, words', [('-5', '0 or more'), ('nan', 'finite number'), ('inf', 'finite number'),
                                           ('much', 'finite number'), ('', 'finite number')])
def test_budget(budget, words, refused):
    text = refused('-c', '18', f'--budget={budget}', *SAMPLE)
    assert 'budget' in text and words in text

@pytest.mark.parametrize('name, value, words', [('budgett', '5', "Did you mean 'budget'"),
                                                ('colour', 'red', 'contact_cost'), ('seed', '1.5', 'a whole number')])
def test_parameter(name, value, words, refused):
    text = refused('-c', '18', '-s', 'sample', '-p', name, value)
    assert name in text and words in text

@pytest.mark.parametrize('campaign', ['99', '../18'])
def test_unknown_campaign(campaign, refused, tmp_path):
    text = refused('-c', campaign, *SAMPLE)
    assert f'no campaign {campaign}' in text and '18' in text.split('there are')[1]
    assert not [o for o in tmp_path.rglob('*') if o.suffix in ('.html', '.ipynb')]

def test_unknown_source(refused): assert 'a folder of tables' in refused('--all', '-s', 'nowhere')

def test_neither_campaign_nor_all(refused): assert '--campaign ID or --all' in refused('-s', 'sample')

def test_folder_not_writable(refused, tmp_path):
    "A file where the folder should be: what root cannot write either."
    (tmp_path/'file').write_text('mine')
    text = refused('-c', '18', *SAMPLE, out=tmp_path/'file'/'out')
    assert 'cannot write to' in text and 'Choose another folder' in text
    assert (tmp_path/'file').read_text() == 'mine'

def test_process_of_its_own(folder, tmp_path):
    """The same through the shell:
    the status, and no traceback on the error stream, also where the fault is found in the kernel."""
    (folder/'exposures.parquet').unlink()
    r = subprocess.run([*COMMAND, 'report', '-c', 'spring', '-s', folder, '-o', tmp_path/'out'], capture_output=True,
                       text=True)
    assert r.returncode == 2 and 'exposures: the table is missing' in r.stderr
    assert 'Traceback' not in r.stderr and not r.stdout and not (tmp_path/'out').exists()

# --- Whole reports ----------------------------------------------------------------------------------------------

def test_hostile_text(shop, promo, tmp_path):
    "Markup in texts and ids, and `../` in the id of the campaign: shown as text, written where it was asked for."
    evil, campaign = '<script>alert(1)</script>', '../<script>18'
    data = PromoData.from_folder(shop)
    tables = {k: o.copy() for k, o in data.tables.items()}
    for o in tables.values():
        if 'campaign_id' in o: o['campaign_id'] = o['campaign_id'].astype(str).replace('18', campaign)
        if 'offer_id' in o: o['offer_id'] = evil + o['offer_id'].astype(str)
    tables['offers'] = tables['offers'].assign(kind=evil, text=evil)
    tables['items'] = tables['items'].assign(department=evil + tables['items']['department'].astype(str))
    folder = PromoData.from_tables(tables, name=data.name).to_folder(tmp_path/evil.replace('/', '_'))
    r = promo('report', '-c', campaign, '-s', folder, '-b', 50, '-p', 'fast', 'true', '-p', 'currency', evil, '-o',
              tmp_path/'in'/'out')
    assert r.exit_code == 0, r.output
    page, = (tmp_path/'in').rglob('*.html')
    assert (page.parent == tmp_path/'in'/'out' and not list(tmp_path.glob('*.html'))
            and not list((tmp_path/'in').glob('*.*')))
    text = page.read_text('utf-8')
    for own in re.findall('<script[^>]*>(.*?)</script>', text, re.S):      # the planner, and its figures as JSON
        assert own == PLANNER_SCRIPT or '<' not in own and json.loads(own)
    rest = re.sub('<script[^>]*>.*?</script>', '', text, flags=re.S)
    assert '<script' not in rest.lower() and '&lt;script&gt;' in rest

def kernel_of(process, seconds=60):
    "The kernel that a report runs in, once it is at work."
    end = time.monotonic() + seconds
    while time.monotonic() < end:
        assert process.poll() is None, 'the report ended too soon'
        for o in psutil.Process(process.pid).children(recursive=True):
            try:
                if 'ipykernel' in ' '.join(o.cmdline()) and o.cpu_times().user > 1: return o
            except psutil.NoSuchProcess: pass
        time.sleep(.05)
    raise AssertionError('no kernel was started')

def test_killed(promo, tmp_path, monkeypatch):
    """A report that is killed leaves nothing under the final name, and the next one succeeds;
    with a budget of zero it sends nothing."""
    out, args = tmp_path/'out', ['report', '-c', '18', '-b', '0', *SAMPLE]
    monkeypatch.setenv('TMPDIR', str(tmp_path))
    process = subprocess.Popen([*COMMAND, *args, '-o', out], start_new_session=True, stdout=subprocess.PIPE,
                               stderr=subprocess.DEVNULL)
    kernel = kernel_of(process)
    os.killpg(process.pid, signal.SIGKILL)
    kernel.kill()
    process.communicate()
    assert not out.exists() or not list(out.rglob('*.html')) + list(out.rglob('*.ipynb'))
    monkeypatch.undo()
    r = promo(*args, '-o', out)
    assert r.exit_code == 0, r.output
    kinds = {o.name.removeprefix('campaign_18.') for o in out.iterdir()}
    assert kinds - {'pdf'} == {'html', 'ipynb', 'metrics.json', 'run.json', 'xlsx'}        # a PDF where chromium is

def test_budget_zero_and_beyond():
    """A budget of zero sends nothing that costs;
    one above all costs sends all that is worth it and says why money is left."""
    from promo_lib.money import Money, add_value
    from promo_lib.allocate import allocate, toy_candidates
    c = add_value(toy_candidates(50, 4), Money(contact_cost=.05))
    assert allocate(c, 0).n_offers == 0
    plan = allocate(c, 2*c['cost'].sum(), max_offers=4)
    assert (plan.n_offers == (c['value'] > 0).sum() and plan.unspent > 0
            and plan.unspent_reason == 'every offer worth sending is sent')
    for bad in -1, float('nan'), 'much':
        with pytest.raises(UsageError, match='budget'): allocate(c, bad)

# --- Nothing hangs on a name --------------------------------------------------------------------------------------

def test_a_shop_called_like_the_benchmark(toy, tmp_path, promo):
    "A shop of 2024 in a folder called 'Our Complete Journey' is a shop like any other."
    from promo_lib.env import Market
    tables = {k: o.copy() for k, o in toy.items()}
    tables['offers'] = pd.concat([tables['offers'], tables['offers'][2:].assign(campaign_id='june',
        start=day('2026-06-01'), end=day('2026-06-30'))])
    tables['offer_items'] = pd.concat([tables['offer_items'], tables['offer_items'][3:].assign(campaign_id='june')])
    tables['exposures'] = pd.concat([tables['exposures'], tables['exposures'][3:].assign(campaign_id='june')])
    for t, df in tables.items():
        for c in df.select_dtypes('datetime').columns: df[c] -= pd.DateOffset(years=2)
    shops = [PromoData.from_folder(PromoData.from_tables(tables).to_folder(tmp_path/o))
             for o in ('Our Complete Journey', 'Our shop')]
    for shop in shops:
        # june is to come: the tables end on 2 May, and a model learns nothing from days that they do not hold
        assert [shop.known_until(o) for o in ('spring', 'may', 'june')] == [day('2024-03-01'), day('2024-05-01'),
            day('2024-05-03')]
        assert Market.campaigns_in_time(shop, least=1) == (['may'], ['june'])
        assert not shop.assumptions
        said = promo('train', '--source', tmp_path/shop.name, '--fast', '--out', tmp_path/'model')
        assert said.exit_code == 2 and 'too little to learn from' in said.output and '2017' not in said.output
