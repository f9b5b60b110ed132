"""Every command that the README or `promo --help` names is run once in its small form, as a person types it:
the files of one feed the next. Studies, benchmarks and templates: test_twice.py."""
import re, subprocess, sys
from pathlib import Path

import pandas as pd, pytest

from promo_lib.data import KEY, SCORES

SAMPLE = '-s', 'sample'
FAST = '-p', 'fast', 'true'

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
    "Each command of `promo --help`, of its groups and of the README has a test here or in one of the files below."
    files = ('test_commands.py', 'test_twice.py', 'test_life.py', 'test_rehearse.py', 'test_intake.py', 'test_runs.py',
             'test_wording.py', 'test_placement.py', 'test_serve.py', 'test_assist.py', 'test_bundles.py',
             'test_export.py')
    source = ''.join(Path(__file__).with_name(o).read_text('utf-8') for o in files)
    named = (set(commands(promo)) | set(re.findall(r'(?m)(?:^|`)promo (\w+)',
                                                   (Path(__file__).parents[1]/'README.md').read_text('utf-8'))))
    assert {'report', 'allocate', 'loop'} <= named
    for o in named: assert f"'{o}'" in source, o
    assert {'run', 'status', 'explain'} == set(re.findall(r'(?m)^│ (\w+) ',
                                                          promo('loop', '--help').stdout.split('Commands', 1)[1]))
    for o in named: assert promo(o, '--help').exit_code == 0
