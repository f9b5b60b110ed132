"""All checks of the project; those that take seconds first. Use: check.py [--fast] [--cover]

Whatever would rewrite files (export, clean) runs in a copy, so that a check never changes the tree, and no git is
needed."""
import configparser, json, os, re, shutil, subprocess, sys, tempfile
from pathlib import Path

ROOT = Path(__file__).resolve().parent.parent
BIN = Path(sys.executable).parent

def run(*cmd, cwd=ROOT, **env):
    "Run a command; did it succeed?"
    return subprocess.run([str(o) for o in cmd], cwd=cwd, env={**os.environ, **env}).returncode == 0

def notebooks(): return sorted(p for p in (ROOT/'nbs').rglob('*.ipynb') if '.ipynb_checkpoints' not in p.parts)

def unchanged(command, folder, pattern, advice):
    "Does `command`, run in a copy of the project, leave the files as they are?"
    with tempfile.TemporaryDirectory() as tmp:
        for o in 'nbs', 'promo_lib':
            shutil.copytree(ROOT/o, f'{tmp}/{o}', ignore=shutil.ignore_patterns('__pycache__', '.ipynb_checkpoints'))
        for o in 'pyproject.toml', 'settings.ini', 'setup.py', 'README.md': shutil.copy(ROOT/o, tmp)
        if not run(BIN/command, cwd=tmp, PYTHONPATH=tmp): return False
        def files(root):
            return {p.relative_to(root): p.read_bytes()
                    for p in (Path(root)/folder).rglob(pattern) if '.ipynb_checkpoints' not in p.parts}
        old, new = files(ROOT), files(tmp)
    bad = sorted(str(k) for k in old.keys() | new.keys() if old.get(k) != new.get(k))
    if bad: print(f'{", ".join(bad)}: {advice}')
    return not bad

def exported():
    return unchanged('nbdev-export', 'promo_lib', '*.py', 'not what the notebooks export. Run `nbdev-export`')
def cleaned(): return unchanged('nbdev-clean', 'nbs', '*.ipynb', 'metadata that changes by itself. Run `nbdev-clean`')

def outputs():
    "Committed outputs show no error and no path of the machine that made them."
    bad = []
    for p in notebooks():
        for i, c in enumerate(json.loads(p.read_text(encoding='utf-8'))['cells']):
            kinds, shown = [o['output_type'] for o in c.get('outputs', [])], json.dumps(c.get('outputs', []))
            if 'error' in kinds: bad.append(f'{p.name}, cell {i}: an error')
            if m := re.search(r'/(?:home|root|tmp|Users|site-packages)/[^\s"\\]*', shown):
                bad.append(f'{p.name}, cell {i}: the path {m[0]}')
    print('\n'.join(bad), end='\n' if bad else '')
    return not bad

def versions():
    "settings.ini and the package name the same version."
    cfg = configparser.ConfigParser(delimiters=['='], interpolation=None)
    cfg.read(ROOT/'settings.ini', encoding='utf-8')
    a, b = cfg['DEFAULT']['version'], re.search(r'__version__ = "(.+)"', (ROOT/'promo_lib/__init__.py').read_text())[1]
    if a != b: print(f'settings.ini says {a}, promo_lib/__init__.py {b}')
    return a == b

def lines():
    "ruff finds nothing: names that are not there, unused imports, several statements on a line, lines too long."
    return run(sys.executable, '-m', 'ruff', 'check', '--quiet', '--no-cache', '--output-format', 'concise', '.')

def types():
    """An editor that follows the stubs finds no fault in a script that uses the public face.
    The first time, pyright needs a while."""
    return run(sys.executable, '-m', 'pyright', '--level', 'error', '--pythonpath', sys.executable,
               'tests/public_script.py', PYRIGHT_PYTHON_IGNORE_WARNINGS='1')

# chapters are run in the folder nbs, where relative paths would be others
PLACES = dict(COVERAGE_FILE=str(ROOT/'.cache/coverage/data'), PROMO_ROOT=str(ROOT))

COVER = '--cover' in sys.argv     # counting lines makes everything slower by an eighth

def counted(*cmd, **env):
    "Run a Python program; with --cover count which lines of promo_lib it and its children run."
    if not COVER: return run(sys.executable, *cmd, PROMO_QUIET='1', **env)
    (ROOT/'.cache/coverage').mkdir(parents=True, exist_ok=True)
    return run(sys.executable, '-m', 'coverage', 'run', *cmd, PROMO_QUIET='1', PROMO_LONG='1', **PLACES, **env)

def coverage():
    "Print which share of the lines the notebooks and pytest have run together."
    if not run(sys.executable, '-m', 'coverage', 'combine', '-q', **PLACES): return False
    return run(sys.executable, '-m', 'coverage', 'report', '--skip-covered', '--sort=cover', **PLACES)

def clear_coverage():
    shutil.rmtree(ROOT/'.cache/coverage', ignore_errors=True)
    return True

def script(name, *args): return lambda: run(sys.executable, ROOT/'tools'/name, *args)

# two notebooks, two tests at a time: threads beyond the cores wait for each other
WORKERS, THREADS = '2', str(max(1, (os.cpu_count() or 2)//2))
QUICK = {'modules are what the notebooks export': exported,
         'stubs are what the modules give': script('stubs.py', '--check'),
         'notebooks are clean': cleaned, 'outputs are fit to be shown': outputs, 'ruff': lines,
         'types of the public face': types,
         'README is what index.ipynb gives': script('build_docs.py', 'readme', '--check'), 'versions agree': versions}
# studies, reports and benchmarks are run by pytest, through the command line (tests/test_twice.py)
SLOW = {'the site builds': script('build_docs.py', 'site'),
        'chapters run': lambda: counted('tools/nbtest.py', 'nbs', '--timing', PROMO_FAST='1', OMP_NUM_THREADS=THREADS),
        'pytest': lambda: counted('-m', 'pytest', 'tests', '-n', WORKERS, '--durations=60',
                                  OMP_NUM_THREADS=THREADS)}
if COVER: SLOW = {'no coverage of a run before': clear_coverage, **SLOW, 'coverage': coverage}
STYLE = {'style': script('style.py')}

def main():
    checks = {**QUICK, **({} if '--fast' in sys.argv else SLOW), **STYLE}
    failed = []
    for name, check in checks.items():
        print(f'\n== {name}', flush=True)
        if not check():
            failed.append(name)
            print(f'FAILED: {name}', flush=True)
    if failed: print(f'\nfailed: {"; ".join(failed)}')
    print(f'\nchecks: {len(checks) - len(failed)} passed, {len(failed)} failed')
    sys.exit(bool(failed))

if __name__ == '__main__': main()
