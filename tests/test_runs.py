"What a run leaves, what it does again, and what it does when something is wrong: outputs, index, changes, faults."
import base64, errno, hashlib, html, json, os, re
from pathlib import Path
from unittest import mock

import nbformat, pytest
from nbformat.v4 import new_code_cell, new_markdown_cell, new_notebook
from openpyxl import load_workbook

from promo_lib.core import UsageError
from promo_lib.reports import write_index
from promo_lib.run import find_browser, page_to_pdf, run_report

ASKED = ['-b', '40', '-s', 'sample', '-p', 'fast', 'true']

@pytest.fixture(scope='module')
def folder(cache, tmp_path_factory):
    "A report of the sample with all that lies beside it."
    from conftest import run_promo
    out = tmp_path_factory.mktemp('runs')
    r = run_promo('report', '-c', '18', *ASKED, '-o', out)
    assert r.exit_code == 0, r.output
    return out

def bytes_of(folder): return {o.name: o.read_bytes() for o in folder.iterdir()}

def template(path, *cells, parameters="campaign_id = ''  # which\nsource = 'sample'  # tables", tag='parameters'):
    "A notebook of somebody's own."
    nb = new_notebook(cells=[new_markdown_cell('# Mine'), *map(new_code_cell, (parameters, *cells))],
                      metadata={'kernelspec': dict(name='python3', display_name='python3', language='python')})
    nb.cells[1].metadata.tags = [tag]
    nbformat.write(nb, path)
    return path

def test_outputs(folder):
    "Page, notebook, workbook, numbers; the page is small."
    beside = {f'campaign_18.{o}' for o in ('html', 'ipynb', 'xlsx', 'metrics.json', 'run.json')}
    assert set(bytes_of(folder)) == beside | {'metrics.json'}
    numbers = json.loads((folder/'campaign_18.metrics.json').read_text('utf-8'))
    assert numbers['budget'] == 40 and {'expected_profit', 'expected_profit_low', 'realised_profit'} <= set(numbers)
    assert all(isinstance(x, (int, float)) for x in numbers.values())
    assert (folder/'campaign_18.html').stat().st_size < 3e6
    every = json.loads((folder/'metrics.json').read_text('utf-8'))
    assert every['campaign_18.expected_profit'] == numbers['expected_profit']

def test_workbook_counts_as_python_does(folder):
    "The kept values of the formulas, and the formulas themselves, give the page's profit."
    path, numbers = folder/'campaign_18.xlsx', json.loads((folder/'campaign_18.metrics.json').read_text('utf-8'))
    shown = {r[0]: r[1] for r in load_workbook(path, data_only=True)['figures'].iter_rows(values_only=True) if r[0]}
    for k in 'cost', 'margin', 'profit', 'roi': assert shown[k] == pytest.approx(numbers[f'expected_{k}'], abs=1e-9)
    book = load_workbook(path)
    a = {r[0]: r[1] for r in book['assumptions'].iter_rows(values_only=True)}
    head, *rows = book['plan'].iter_rows(values_only=True)
    at = {o: i for i, o in enumerate(head)}
    profit = 0.
    for r in rows:
        n, p, s, d = (r[at[o]] for o in ('offers', 'chance', 'sales of a redemption', 'discount of a redemption'))
        own, contact = r[at['own margin rate']], r[at['own contact cost']]
        rate = a['margin_rate'] if own is None else own
        h = a['contact_cost'] if contact is None else contact
        profit += a['incremental_share']*rate*n*p*s - n*(h + a['discount_paid']*p*d)
    assert profit == pytest.approx(numbers['expected_profit'], abs=1e-9)
    assert {c.value for c in book['plan'][2] if c.data_type == 'f'} == {r for r in rows[0] if str(r).startswith('=')}

def test_again_only_what_changed(folder, promo):
    "The same inputs: nothing is run. Another parameter, a page that was touched, --force: it is."
    before, stamp = bytes_of(folder), (folder/'campaign_18.html').stat().st_mtime_ns
    r = promo('report', '-c', '18', *ASKED, '-o', folder)
    assert r.exit_code == 0 and (folder/'campaign_18.html').stat().st_mtime_ns == stamp
    assert bytes_of(folder) == before
    with mock.patch('promo_lib.run._execute', side_effect=UsageError('it is run')):
        for more in ['-p', 'margin_rate', '0.5'], ['--force']:
            r = promo('report', '-c', '18', *ASKED, '-o', folder, *more)
            assert r.exit_code == 2 and 'it is run' in r.stderr
        page = folder/'campaign_18.html'
        page.write_text('touched')
        assert promo('report', '-c', '18', *ASKED, '-o', folder).exit_code == 2
        page.write_bytes(before['campaign_18.html'])
    assert bytes_of(folder) == before

def test_same_bytes(folder, promo, tmp_path):
    "Run again from nothing: the same page, workbook and numbers, byte for byte."
    assert promo('report', '-c', '18', *ASKED, '-o', tmp_path).exit_code == 0
    for o in 'html', 'xlsx', 'metrics.json':
        assert (tmp_path/f'campaign_18.{o}').read_bytes() == (folder/f'campaign_18.{o}').read_bytes(), o

def test_no_password_beside_the_page(tmp_path):
    from promo_lib.data import load
    from promo_lib.reports import page_inputs
    made = page_inputs(template(tmp_path/'t.ipynb'), dict(source='postgresql://me:secret@host/shop'), load('sample'))
    assert 'secret' not in json.dumps(made)

@pytest.mark.parametrize('cells, more, text', [
    (["import os; os._exit(1)"], {}, 'the kernel died'),
    (["raise OSError(28, 'No space left on device')"], {}, 'the disk is full'),
    (["1/0"], {}, 'ZeroDivisionError'),
    ([], dict(tag='other'), 'none of its cells has the tag "parameters"'),
    ([], dict(parameters='campaign = 1'), "no parameter 'campaign_id'"),
    (["print(1"], {}, 'SyntaxError')])
def test_own_template_that_fails(cells, more, text, promo, tmp_path):
    "Clear, without a traceback of ours, and the earlier page is untouched."
    out = tmp_path/'out'
    out.mkdir()
    (out/'campaign_18.html').write_text('earlier')
    (out/'campaign_18.ipynb').write_text('earlier')
    r = promo('report', '--template', template(tmp_path/'mine.ipynb', *cells, **more), '-c', '18', '-o', out)
    assert r.exit_code in (1, 2) and text in r.stderr and r.stdout == ''
    assert 'promo_lib/run.py' not in r.stderr
    assert {o.name for o in out.iterdir() if '.failed.' not in o.name} == {'campaign_18.html', 'campaign_18.ipynb'}
    assert all(o.read_text() == 'earlier' for o in out.iterdir() if '.failed.' not in o.name)

def test_full_disk(promo, tmp_path):
    "No room for the second of the files: the first is not new either."
    out, copied = tmp_path/'out', []
    out.mkdir()
    (out/'campaign_18.html').write_text('earlier')
    def full(source, path):
        copied.append(path)
        if len(copied) > 1: raise OSError(errno.ENOSPC, os.strerror(errno.ENOSPC))
        Path(path).write_bytes(Path(source).read_bytes())
    mine = template(tmp_path/'mine.ipynb', 'print(1)')
    with mock.patch('shutil.copyfile', full): r = promo('report', '--template', mine, '-c', '18', '-o', out)
    assert r.exit_code == 2 and 'No space left on device' in r.stderr
    assert [(o.name, o.read_text()) for o in out.iterdir()] == [('campaign_18.html', 'earlier')]

def test_no_chromium(promo, tmp_path):
    "--pdf without chromium names the package and writes nothing; without --pdf the page is made."
    mine = template(tmp_path/'mine.ipynb', 'print(1)')
    r = promo('report', '--template', mine, '-c', '18', '-o', tmp_path/'out', '--pdf')
    assert r.exit_code == 2 and 'apt install chromium' in r.stderr and not (tmp_path/'out').exists()
    r = promo('report', '--template', mine, '-c', '18', '-o', tmp_path/'out')
    assert r.exit_code == 0 and not (tmp_path/'out'/'campaign_18.pdf').exists()

def test_pdf(tmp_path, monkeypatch):
    monkeypatch.delenv('PROMO_CHROMIUM')
    if not find_browser(): pytest.skip('chromium is not installed')
    made = run_report(template(tmp_path/'双 #?.ipynb', 'print("a page")'), tmp_path/'out', pdf=True, progress=False)
    first = made.with_suffix('.pdf').read_bytes()
    assert first.startswith(b'%PDF-') and page_to_pdf(made, tmp_path/'again.pdf').read_bytes() == first

@pytest.fixture
def pages(tmp_path):
    "A folder of pages, some of them hostile."
    names = ['a.html', '双十一.html', 'x"><img src=x onerror=alert(1)>.html', 'javascript:alert(1).html',
             '-rf #?%20.html', 'sub/plan/report.html']
    for i, name in enumerate(names):
        path = tmp_path/name
        path.parent.mkdir(parents=True, exist_ok=True)
        path.write_text(f'<title>{i} &lt;/script&gt;&lt;script&gt;alert({i}) \u202etxt {"long "*3000}</title>', 'utf-8')
        path.with_name(f'{path.stem}.metrics.json').write_text(json.dumps({'expected_profit': i, '</script><b>': 1}))
    (tmp_path/'a.run.json').write_text('{"made_at": "<script>", "title": 5}')
    (tmp_path/'.hidden').mkdir()
    (tmp_path/'.hidden'/'no.html').write_text('')
    (tmp_path/'link.html').symlink_to(tmp_path/'a.html')
    return tmp_path

def test_index_of_hostile_names(pages):
    "Text stays text, links stay in the folder, and the policy allows this script alone."
    made = write_index(pages)
    text = made.read_text('utf-8')
    assert write_index(pages).read_text('utf-8') == text
    scripts = re.findall(r'(?s)<script([^>]*)>(.*?)</script>', text)
    assert len(scripts) == 2 and text.count('<script') == 2 and '<img' not in text and '<b>' not in text
    digest = base64.b64encode(hashlib.sha256(scripts[1][1].encode()).digest()).decode()
    assert f"script-src 'sha256-{digest}'" in text and "default-src 'none'" in text
    json.loads(scripts[0][1])
    from urllib.parse import unquote
    links = [html.unescape(o) for o in re.findall(r'<a href="([^"]*)"', text)]
    assert len(links) == 6 and all(o.startswith('./') and (pages/unquote(o)).is_file() for o in links)
    assert not re.search(r'https?://', text)

@pytest.mark.parametrize('content, reason', [
    (b'{', 'it is not JSON'), (b'[1]', 'it is no object'), (b'{"a": NaN}', 'a is no finite number'),
    (b'{"a": {"b": 1}}', 'a is no finite number'), (b'{"<b>": "x"}', '&lt;b&gt; is no finite number'),
    (b'\xff\xfe', 'it is not UTF-8'), (b'['*100_000, 'it is not JSON'), (b'{"a": 1}'.rjust(2_000_000), 'more than')])
def test_index_tells_why_numbers_are_not_used(content, reason, tmp_path):
    (tmp_path/'a.html').write_text('<title>A</title>')
    (tmp_path/'b.html').write_text('<title>B</title>')
    (tmp_path/'a.metrics.json').write_bytes(content)
    text = write_index(tmp_path).read_text('utf-8')
    assert 'a.metrics.json: ' in text and reason in text and '2 pages, 1 with a fault' in text

def test_index_command(promo, folder, tmp_path):
    r = promo('index', folder)
    assert r.exit_code == 0 and r.stdout.strip() == str(folder/'index.html')
    text = (folder/'index.html').read_text('utf-8')
    assert './campaign_18.html' in text and 'realised profit' in text
    (folder/'index.html').unlink()
    assert promo('index', tmp_path).exit_code == 2
    (tmp_path/'index.html').write_text('mine')
    assert 'was not written by promo index' in promo('index', tmp_path).stderr

def test_plan_has_its_workbook(world, promo, tmp_path):
    "The folder of a plan holds its numbers and a workbook; planned again, the same bytes."
    out = tmp_path/'plan'
    asked = ['-s', world.csv, '-c', world.campaign, '-b', '30', '--holdout', '.2', '--scores', world.scores, '-o', out]
    assert promo('plan', *asked).exit_code == 0
    before = bytes_of(out)
    assert {'plan.xlsx', 'metrics.json', 'report.html', 'report.ipynb'} <= set(before)
    assert str(tmp_path) not in before['report.ipynb'].decode('utf-8')
    shown = {r[0]: r[1] for r in load_workbook(out/'plan.xlsx', data_only=True)['figures'].iter_rows(values_only=True)}
    numbers = json.loads(before['metrics.json'])
    assert shown['profit'] == pytest.approx(numbers['expected_profit'], abs=1e-9)
    assert promo('plan', *asked).exit_code == 0 and bytes_of(out) == before
    index = write_index(tmp_path).read_text('utf-8')
    assert './plan/report.html' in index and 'data-v="30.0"' in index
