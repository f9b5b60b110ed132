"""Every cell of every template, study and benchmark can be run twice with the same result.

A copy of the notebook is run in which each cell stands twice; what a cell shows the second time is what it showed
the first.
So a cell that rebinds what it reads (`c = c.assign(x=c.x*.5)`) is found, with its number."""
import json, re

import pytest

from conftest import asked_for
from promo_lib.run import notebook_parameters, notebooks

NOTEBOOKS = [f'{kind}/{name}' for kind in ('reports', 'studies', 'benchmarks') for name in notebooks(kind)]
SAMPLE = dict(source='sample', fast='true', campaign_id='18', budget='20')

def doubled(path, copy):
    "Write the notebook with each code cell twice, the cell of the parameters excepted."
    nb, cells = json.loads(path.read_text('utf-8')), []
    for i, c in enumerate(nb['cells']):
        cells.append(c)
        if c['cell_type'] != 'code': continue
        c['outputs'], c['execution_count'] = [], None
        if 'parameters' in c['metadata'].get('tags', []): continue
        c['metadata'] = {'tags': [f'cell-{i}']}
        cells.append(json.loads(json.dumps(c)) | {'id': f'{c["id"]}-2'})
    copy.write_text(json.dumps(nb | {'cells': cells}), encoding='utf-8')
    return copy

# What differs from run to run without harm: times, ids of objects and of drawings.
HARMLESS = [(r'0x[0-9a-f]{6,}', 'ADDRESS'), (r'\b\d[\d.,:]*\s*(?:s|ms|µs|us|min|seconds?|minutes?)\b', 'TIME'),
            (r'T_[0-9a-f]{5}', 'TABLE')]

def shown(cell):
    "What a cell shows, as text that can be compared; pictures count by their number and kind."
    parts = []
    for o in cell.get('outputs', []):
        if o['output_type'] == 'stream':
            if o['name'] == 'stdout': parts.append(''.join(o['text']))
        else:
            parts += [''.join(v) if k.startswith('text') else k
                      for k, v in sorted(o.get('data', {}).items()) if isinstance(v, (str, list))]
    text = '\n'.join(parts)
    for pattern, word in HARMLESS: text = re.sub(pattern, word, text)
    return text

def pairs(cells):
    "(number of the cell, what it showed first, what it showed second)."
    seen = {}
    for c in cells:
        for tag in c['metadata'].get('tags', []):
            if tag.startswith('cell-'): seen.setdefault(int(tag[5:]), []).append(c)
    for i, (a, b) in seen.items():
        # what measures time differs
        if not re.search(r'(?m)\bseconds?\b|perf_counter|time\(\)', ''.join(a['source'])): yield i, shown(a), shown(b)

@pytest.fixture(scope='module')
def started(request, background, tmp_path_factory):
    "The copies of all notebooks that are asked for, started at once."
    runs, folder = {}, tmp_path_factory.mktemp('twice')
    for o in asked_for(request, 'name'):
        kind, name = o.split('/')
        copy = doubled(notebooks(kind)[name], folder/f'{kind}_{name}.ipynb')
        there = notebook_parameters(copy)
        given = [w for k, v in SAMPLE.items() if k in there and not (k in ('budget', 'campaign_id')
            and kind != 'reports') for w in ('-p', k, v)]
        runs[o] = folder/kind/f'{copy.stem}.ipynb', background('run', copy, *given, '-o', folder/kind)
    return runs

@pytest.mark.parametrize('name', NOTEBOOKS)
def test_twice(started, name):
    out, future = started[name]
    r = future.result()
    assert r.returncode == 0, r.stderr[-3000:]
    cells = json.loads(out.read_text('utf-8'))['cells']
    different = [f'cell {i}:\n{a[:400]}\n--- the second time:\n{b[:400]}' for i, a, b in pairs(cells) if a != b]
    assert not different, '\n'.join(different)
