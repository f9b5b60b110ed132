"""Every command that the README or `promo --help` names is run once in its small form, as a person types it:
the files of one feed the next."""
import json, re, subprocess, sys
from pathlib import Path

import pandas as pd, pytest

from conftest import asked_for
from promo_lib.data import KEY, SCORES
from promo_lib.run import notebook_parameters, notebooks

SAMPLE = '-s', 'sample'
FAST = '-p', 'fast', 'true'
NOTEBOOKS = [f'{kind}/{name}' for kind in ('studies', 'benchmarks', 'reports') for name in notebooks(kind)]

@pytest.fixture(scope='module')
def work(cache, tmp_path_factory):
    "A folder that the commands below write into, one after another."
    return tmp_path_factory.mktemp('commands')

def done(r, *paths):
    "The command succeeded, and the last lines on the output stream are these paths, which are there."
    assert r.exit_code == 0, r.output
    assert r.stdout.split()[-len(paths):] == [str(o) for o in paths]
    for o in paths: assert o.exists(), o

# One command after another, each with the files of those before it.

def test_check(promo):
    r = promo('check', 'sample')
    assert r.exit_code == 0 and 'purchases' in r.stdout

def test_train(promo, work): done(promo('train', *SAMPLE, '-o', work/'model', '--fast'), work/'model')

def test_predict(promo, work):
    done(promo('predict', '-m', work/'model', '-o', work/'scores.parquet'), work/'scores.parquet')
    assert list(pd.read_parquet(work/'scores.parquet')) == [*KEY, *SCORES]

def test_design(promo, work): done(promo('design', *SAMPLE, '-o', work/'design.csv'), work/'design.csv')

def test_allocate(promo, work):
    scores = pd.read_parquet(work/'scores.parquet')
    scores[scores.campaign_id == 18].to_parquet(work/'scores18.parquet', index=False)
    done(promo('allocate', work/'scores18.parquet', *SAMPLE, '-b', 20, '-o', work/'plan.parquet'), work/'plan.parquet')

def test_report(promo, work):
    r = promo('report', '-c', '18', '-b', '20', *SAMPLE, *FAST, '-p', 'scores', work/'scores.parquet', '-o',
              work/'pages')
    done(r, work/'pages'/'campaign_18.html')

def test_measure(promo, work):
    r = promo('measure', '-c', '18', '-b', '20', *SAMPLE, *FAST, '-p', 'scores', work/'scores.parquet', '-o',
              work/'pages',
              '--plan', work/'plan.parquet', '--holdout', work/'design.csv')
    done(r, work/'pages'/'measurement_18.html')

def test_simulate(promo, work):
    r = promo('simulate', *SAMPLE, '--fast', '--agents', 'fixed, mpc', '--episodes', '5', '--horizon', '14', '-o',
              work/'pacing')
    assert r.exit_code == 0, r.output
    page, kept = map(Path, r.stdout.split())
    assert page.is_file() and kept.is_dir()

def test_act(promo, work):
    r = promo('act', work/'pacing'/'pacing_policies', '--day', '1')
    assert r.exit_code == 0 and 'day 1 of 14' in r.stdout, r.output

def test_loop(promo, work):
    state = '--state', work/'loop.duckdb'
    r = promo('loop', 'run', *state, *SAMPLE, '--start', '2017-10-01', '--kind', 'trees', '--max-offers', '3')
    assert r.exit_code == 0, r.output
    assert promo('loop', 'status', work/'loop.duckdb').exit_code == 0
    import duckdb
    with duckdb.connect(work/'loop.duckdb', read_only=True) as con:
        user, campaign = con.execute('select user_id, campaign_id from plans limit 1').fetchone()
    assert promo('loop', 'explain', user, campaign, *state).exit_code == 0

def test_cache(promo):
    if 'cache' not in commands(promo): pytest.skip('promo has no cache command yet')
    r = promo('cache')
    assert r.exit_code == 0, r.output

# Each study, benchmark and report, two at a time in processes of their own.

def arguments(name, out):
    "The command line of the small form of a notebook."
    kind, name = name.split('/')
    source = ['-p', 'source', 'sample'] if 'source' in notebook_parameters(notebooks(kind)[name]) else []
    if kind == 'benchmarks': return ['bench', name, '--fast', '-o', out]
    if kind == 'studies': return ['run', name, *source, *FAST, '-o', out]
    if name == 'pacing_report': return ['report', '--template', name, '-c', '18', *source, *FAST, '-o', out]
    return ['report' if name == 'campaign_report' else 'measure', '-c', '18', '-b', '20', *source, *FAST, '-o', out]

@pytest.fixture(scope='module')
def started(request, background, tmp_path_factory):
    "All notebooks that are asked for, started at once: {name: (folder, future)}."
    runs = {}
    for name in asked_for(request, 'name'):
        out = tmp_path_factory.mktemp('notebooks')
        runs[name] = out, background(*arguments(name, out))
    return runs

# `promo simulate` runs that one
@pytest.mark.parametrize('name', [o for o in NOTEBOOKS if o != 'reports/pacing_report'])
def test_notebook(started, name):
    "It ends well, says where its page is, and a benchmark's metrics are flat numbers."
    out, future = started[name]
    r = future.result()
    assert r.returncode == 0, r.stderr
    assert 'Traceback' not in r.stderr
    paths = [Path(o) for o in r.stdout.split()]
    assert paths[0].suffix == '.html' and all(o.is_file() for o in paths)
    if name.startswith('benchmarks'):
        metrics = json.loads((out/'metrics.json').read_text())
        assert metrics and all(isinstance(o, (int, float)) for o in metrics.values())

def test_public_script(tmp_path):
    "The script that pyright reads runs, too."
    script = Path(__file__).with_name('public_script.py')
    r = subprocess.run([sys.executable, script, tmp_path], capture_output=True, text=True)
    assert r.returncode == 0, r.stderr
    assert 'there is no source' in r.stdout

# And nothing is forgotten.

def commands(promo):
    "Names of the commands, as `promo --help` lists them."
    return re.findall(r'(?m)^│ (\w+) ', promo('--help').stdout.split('Commands', 1)[1])

def test_none_is_forgotten(promo):
    "Each command of `promo --help`, of its groups and of the README has a test above."
    source = Path(__file__).read_text('utf-8')
    named = (set(commands(promo)) | set(re.findall(r'(?m)(?:^|`)promo (\w+)',
                                                   (Path(__file__).parents[1]/'README.md').read_text('utf-8'))))
    assert {'report', 'allocate', 'loop'} <= named
    for o in named: assert f"'{o}'" in source, o
    assert {'run', 'status', 'explain'} == set(re.findall(r'(?m)^│ (\w+) ',
                                                          promo('loop', '--help').stdout.split('Commands', 1)[1]))
    for o in named: assert promo(o, '--help').exit_code == 0
