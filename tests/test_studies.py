"Studies: listed with their parameters, checked before anything runs, and run on somebody's own folder."
import json, re

import numpy as np, pandas as pd, pytest

from promo_lib.run import find_notebook, notebook_parameters, notebooks

def shown(out, name):
    "Text of a study's page without code, and its executed notebook."
    page = (out/f'{name}.html').read_text('utf-8')
    return page, json.loads((out/f'{name}.ipynb').read_text('utf-8'))['cells']

def test_list(promo):
    "Every study with what it is about and every parameter with its default."
    r = promo('run', '--list')
    assert r.exit_code == 0, r.output
    said = re.sub(r'\s+', ' ', r.stdout)
    for name, path in notebooks('studies').items():
        assert re.search(rf'\b{name}\b', said)
        for k, o in notebook_parameters(path).items(): assert f'{k} {o.default!r}' in said, (name, k)

@pytest.mark.parametrize('name', sorted(notebooks('studies')))
def test_form(name):
    """One parameters cell, each with a comment;
    a line that says what it is about; a source and a seed; nothing exported."""
    path = find_notebook('studies', name)
    cells = json.loads(path.read_text('utf-8'))['cells']
    assert [o['metadata'].get('tags') for o in cells if o['metadata']] == [['parameters']]
    assert re.search(r'(?m)^> \S', ''.join(cells[0]['source']))
    assert not any('#| export' in ''.join(o['source']) or 'default_exp' in ''.join(o['source']) for o in cells)
    found = notebook_parameters(path)
    assert {'source', 'seed', 'fast'} <= set(found) and all(o.help for o in found.values())

@pytest.mark.parametrize('args, said', [
    (['pacin'], "Did you mean 'pacing'?"),
    (['pacing', '-p', 'step', '3'], "no parameter 'step'. Did you mean 'steps'? It has: source"),
    (['pacing', '-p', 'steps', 'many'], 'steps must be a whole number'),
    (['plan', '-p', 'fast', 'perhaps'], 'fast must be true or false')])
def test_refused(promo, tmp_path, args, said):
    "A wrong name or type is told before anything runs, and nothing is written."
    r = promo('run', *args, '-o', tmp_path/'out')
    assert r.exit_code == 2 and said in r.stderr and 'Traceback' not in r.output
    assert not (tmp_path/'out').exists()

def test_bad_value(promo, tmp_path):
    "What only the study can know is told without a traceback too, and leaves no page."
    r = promo('run', 'data', '-p', 'source', tmp_path/'nowhere', '-o', tmp_path/'out')
    assert r.exit_code == 2 and 'there is no source' in r.stderr and 'Traceback' not in r.stderr
    assert not (tmp_path/'out'/'data.html').exists()

def test_own_folder(promo, shop, tmp_path):
    "Chinese texts and names that try to be HTML or mathematics, from CSV files: shown as they are written."
    own = tmp_path/'店'
    own.mkdir()
    for o in shop.iterdir():
        if o.suffix != '.parquet': continue
        t = pd.read_parquet(o)
        if o.stem == 'items':
            t['department'], t['product_type'] = ('杂货',
                                                  np.array(['绿茶 $x_1', '<script>alert(1)</script>', '牛奶 & 面包',
                                                            '<b>酸奶'])[np.arange(len(t)) % 4])
        t.to_csv(own/f'{o.stem}.csv', index=False)
    r = promo('run', 'data', '-p', 'source', own, '-p', 'currency', '<b>元', '-o', tmp_path/'out')
    assert r.exit_code == 0, r.output
    page, cells = shown(tmp_path/'out', 'data')
    assert '<script' not in page.lower() and '<b>元' not in page
    assert re.search('绿茶|&lt;script&gt;|牛奶 &amp; 面包|&lt;b&gt;酸奶', page)
    assert ('default-src' in page and not re.search(r'(?:src|href)\s*=\s*["\']?\s*(?:https?:)?//',
                                                    re.sub(r'<a [^>]*>', '', page)))
    given, = (''.join(o['source']) for o in cells if 'injected-parameters' in o['metadata'].get('tags', []))
    assert '店' in given or r'\u5e97' in given
    assert all(o['execution_count'] for o in cells if o['cell_type'] == 'code')
    assert not [o for o in cells for p in o.get('outputs',
                                                []) if p['output_type'] == 'error' or p.get('name') == 'stderr']

def test_own_experiment(promo, tmp_path):
    "An experiment's file is taken, its effect found, and a missing column named."
    r = np.random.default_rng(0)
    w = r.integers(0, 2, 800)
    d = pd.DataFrame(dict(user_id=np.arange(800), visits=r.normal(size=800), arm=w,
                          money=10 + 3*w + r.normal(size=800)))
    d.to_csv(tmp_path/'trial.csv', index=False)
    bad = promo('run', 'uplift', '-p', 'experiment', tmp_path/'trial.csv', '-p', 'outcome', 'revenue', '-o',
                tmp_path/'out')
    assert bad.exit_code == 2 and 'no column revenue. It may be one of visits' in bad.stderr
    good = promo('run', 'uplift', '-p', 'experiment', tmp_path/'trial.csv', '-p', 'outcome', 'money', '-p', 'before',
                 'visits', '-p', 'cost', '[1.0]', '-o', tmp_path/'out')
    assert good.exit_code == 0, good.output
    page, cells = shown(tmp_path/'out', 'uplift')
    effect = next(''.join(p['data']['text/plain']) for o in cells if 'check_effect(' in ''.join(o['source'])
                  for p in o['outputs'] if 'data' in p)
    low, high = map(float, re.search(r'effect\s+1\s+\S+\s+(\S+)\s+(\S+)', effect).groups())
    assert 2.5 < low < 3 < high < 3.5
