"""Every template, study and benchmark runs by its command in its small form, and each of its cells can be run twice
with the same result.

A copy of the notebook is run in which each cell stands twice; what a cell shows the second time is what it showed
the first.
So a cell that rebinds what it reads (`c = c.assign(x=c.x*.5)`) is found, with its number.
The cells of studies and benchmarks stand once, unless PROMO_LONG is set (`make cover` sets it)."""
import json, re
from pathlib import Path

import pytest

from conftest import LONG, run_process
from promo_lib.run import notebook_parameters, notebooks

NOTEBOOKS = [f'{kind}/{name}' for kind in ('reports', 'studies', 'benchmarks') for name in notebooks(kind)]
SAMPLE = dict(source='sample', fast='true')
OTHERS = 'placement', 'wording'   # their source is tables that the sample lacks; without one they make a shop up

def doubled(path, copy, twice=True):
    "Write the notebook with each code cell twice, the cell of the parameters excepted."
    nb, cells = json.loads(path.read_text('utf-8')), []
    for i, c in enumerate(nb['cells']):
        cells.append(c)
        if c['cell_type'] != 'code': continue
        c['outputs'], c['execution_count'] = [], None
        if not twice or 'parameters' in c['metadata'].get('tags', []): continue
        c['metadata'] = {'tags': [f'cell-{i}']}
        cells.append(json.loads(json.dumps(c)) | {'id': f'{c["id"]}-2'})
    copy.write_text(json.dumps(nb | {'cells': cells}), encoding='utf-8')
    return copy

# What differs from run to run without harm: times, ids of objects and of drawings.
HARMLESS = [(r'0x[0-9a-f]{6,}', 'ADDRESS'), (r'\b\d[\d.,:]*\s*(?:s|ms|µs|us|min|seconds?|minutes?)\b', 'TIME'),
            (r'T_[0-9a-f]{5}', 'TABLE')]

# What measures time or memory differs.
TIMED = re.compile(r'(?:\b|_)seconds?(?:\b|_)|perf_counter|time\(\)|peak')

def shown(cell):
    "What a cell shows, as text that can be compared; pictures count by their number and kind."
    parts, printing = [], False
    for o in cell.get('outputs', []):
        if o['output_type'] == 'stream':
            if o['name'] != 'stdout': continue
            if printing: parts[-1] += ''.join(o['text'])     # a slow kernel sends one text in pieces
            else: parts.append(''.join(o['text']))
            printing = True
        else:
            printing = False
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
        if not TIMED.search(''.join(a['source'])): yield i, shown(a), shown(b)

def of_a_plan(stem, world, place):
    "What the pages of a plan's folder are made from, as parameters; the folder is planned, looked at and measured."
    from promo_lib.follow import follow
    from promo_lib.outcome import measure_plan
    if stem not in ('plan_report', 'follow_report', 'outcome_report'): return []
    f = world.copy(place/'plans'/'next', approve=True)
    if stem == 'plan_report': return ['-p', 'plan', f.path]
    if stem == 'follow_report':
        now = follow(f, world.live(f, 3))
        now.write(f)
        return ['-p', 'plan', f.path, '-p', 'number', now.number]
    return ['-p', 'outcome', measure_plan(f, world.live(f)).write(f), '-p', 'plans', f.path.parent]

def arguments(kind, copy, out):
    "The command line of the small form of a notebook."
    sample = {k: v for k, v in SAMPLE.items() if k != 'source' or copy.stem not in OTHERS}
    given = [w for k, v in sample.items() if k in notebook_parameters(copy) for w in ('-p', k, v)]
    if kind == 'benchmarks': return ['bench', copy, '--fast', '-o', out]
    if 'campaign_id' not in notebook_parameters(copy) or kind == 'studies': return ['run', copy, *given, '-o', out]
    return ['report', '--template', copy, '-c', '18', '-b', '20', *given, '-o', out]

@pytest.mark.parametrize('name', NOTEBOOKS)
def test_twice(name, cache, tmp_path, world):
    """The command of the notebook, given a copy with each cell twice, ends well and says where its page is; a
    benchmark's metrics are flat numbers; no cell shows something else the second time."""
    kind, stem = name.split('/')
    twice = kind == 'reports' or LONG
    copy, out = doubled(notebooks(kind)[stem], tmp_path/f'{stem}.ipynb', twice), tmp_path/'out'
    r = run_process(*arguments(kind, copy, out), *of_a_plan(stem, world, tmp_path))
    assert r.returncode == 0, r.stderr[-3000:]
    assert 'Traceback' not in r.stderr
    paths = [Path(o) for o in r.stdout.split()]
    assert paths[0].suffix == '.html' and all(o.is_file() for o in paths)
    if kind == 'benchmarks':
        metrics = json.loads((out/'metrics.json').read_text())
        assert metrics and all(isinstance(o, (int, float)) for o in metrics.values())
    if not twice: return
    cells = json.loads(paths[0].with_suffix('.ipynb').read_text('utf-8'))['cells']
    assert len(seen := [*pairs(cells)]) > 2
    different = [f'cell {i}:\n{a[:400]}\n--- the second time:\n{b[:400]}' for i, a, b in seen if a != b]
    assert not different, '\n'.join(different)
