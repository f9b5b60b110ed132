"The wheel, installed away from the checkout, makes a report of one's own folder of tables."
import configparser, os, re, shutil, subprocess, sys, zipfile
from pathlib import Path

import pytest

import promo_lib

ROOT = Path(__file__).resolve().parent.parent

def sh(*args, **kwargs):
    "Run a command; its output, and all it said if it failed."
    r = subprocess.run([str(o) for o in args], capture_output=True, text=True, **kwargs)
    assert r.returncode == 0, f'{r.stdout}\n{r.stderr}'
    return r.stdout

@pytest.fixture(scope='module')
def wheel(tmp_path_factory):
    "Built from a copy, so that the checkout stays as it is."
    copy, tmp = tmp_path_factory.mktemp('copy'), tmp_path_factory.mktemp('dist')
    for o in 'promo_lib', 'nbs', 'data':
        shutil.copytree(ROOT/o, copy/o, ignore=shutil.ignore_patterns('__pycache__', '.ipynb_checkpoints'))
    for o in 'setup.py', 'settings.ini', 'pyproject.toml', 'MANIFEST.in', 'README.md', 'LICENSE', 'CHANGELOG.md':
        shutil.copy(ROOT/o, copy)
    sh(sys.executable, '-m', 'build', '--wheel', '--no-isolation', '--outdir', tmp, cwd=copy)
    return next(tmp.glob('*.whl'))

@pytest.fixture(scope='module')
def installed(wheel, tmp_path_factory):
    "A folder that holds the installed wheel and nothing else."
    target = tmp_path_factory.mktemp('installed')
    sh(sys.executable, '-m', 'pip', 'install', '-q', '--disable-pip-version-check', '--no-deps', '--no-index',
       '--target', target, wheel)
    return target

@pytest.fixture
def away(installed, tmp_path):
    "Run a command in another folder, with the installed wheel first on the path."
    env = {**os.environ, 'PYTHONPATH': str(installed), 'PATH': f'{installed/"bin"}{os.pathsep}{os.environ["PATH"]}'}
    return lambda *args: sh(*args, cwd=tmp_path, env=env)

def test_version(wheel, away):
    ini = configparser.ConfigParser(delimiters=['='], interpolation=None)
    ini.read(ROOT/'settings.ini', encoding='utf-8')
    version = ini['DEFAULT']['version']
    assert version == promo_lib.__version__ and wheel.name.startswith(f'promo_lib-{version}-py3')
    assert away('promo', '--version').strip() == f'promo_lib {version}'

def test_what_is_inside(wheel):
    files = set(zipfile.ZipFile(wheel).namelist())
    for o in ROOT.glob('promo_lib/*.py'): assert f'promo_lib/{o.name}' in files
    for kind in 'reports', 'benchmarks', 'studies':
        for o in (ROOT/'nbs'/kind).glob('*.ipynb'): assert f'promo_lib/notebooks/{kind}/{o.name}' in files
    assert 'promo_lib/notebooks/reports/campaign_report.ipynb' in files
    for o in (ROOT/'data'/'sample').iterdir(): assert f'promo_lib/sample/{o.name}' in files
    for o in ROOT.glob('promo_lib/*.pyi'): assert f'promo_lib/{o.name}' in files
    assert {'promo_lib/py.typed', 'promo_lib/lists/sensitive.csv'} <= files
    assert not [o for o in files if re.match(r'(tests|nbs|docs|tools)/', o)]

def test_away_from_the_checkout(away, installed):
    place = away(sys.executable, '-c', 'import promo_lib; print(promo_lib.__file__)').strip()
    assert Path(place).is_relative_to(installed)
    assert 'Sample of Complete Journey' in away('promo', 'check', 'sample')
    assert 'contact_cost' in away('promo', 'report', '--list')

def test_report_of_own_folder(away, shop, tmp_path):
    away('promo', 'report', '-c', '18', '-s', shop, '-b', '50', '-p', 'fast', 'true', '-o', 'out')
    assert (tmp_path/'out'/'campaign_18.html').stat().st_size > 20_000
