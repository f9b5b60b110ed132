"What all tests share: a quiet and small run, a small shop, the command line."
import contextlib, io, os, signal, subprocess, sys, traceback
from types import SimpleNamespace
from unittest import mock

os.environ.update(PROMO_QUIET='1', PROMO_FAST='1', MPLBACKEND='Agg')
os.environ.setdefault('TOKENIZERS_PARALLELISM', 'false')
# Spark starts workers by the name python3, which may be another Python than this one.
os.environ.update(PYSPARK_PYTHON=sys.executable, PYSPARK_DRIVER_PYTHON=sys.executable)

import pytest

@pytest.hookimpl(optionalhook=True)
def pytest_xdist_make_scheduler(config, log):
    """With several processes (`pytest -n 2`) the tests of a file stay together, since they share what was trained;
    the notebooks of test_twice go to whoever is free."""
    from xdist.scheduler import LoadScopeScheduling
    class ByFile(LoadScopeScheduling):
        def _split_scope(self, nodeid): return nodeid if 'test_twice' in nodeid else nodeid.split('::')[0]
    return ByFile(config, log)

@pytest.fixture(scope='session', autouse=True)
def cache(tmp_path_factory):
    "Scores are kept for the session, for all its processes, and nowhere else."
    folder = tmp_path_factory.getbasetemp()
    if 'PYTEST_XDIST_WORKER' in os.environ: folder = folder.parent
    with pytest.MonkeyPatch.context() as m:
        m.setenv('PROMO_CACHE', str(folder/'kept_scores'))
        yield

@pytest.fixture
def toy():
    "Tables of a shop that one can check in the head."
    from promo_lib.data import toy_tables
    return toy_tables()

@pytest.fixture(scope='session')
def shop(tmp_path_factory):
    "The sample as somebody's own folder of tables."
    from promo_lib.data import load_sample
    return load_sample().to_folder(tmp_path_factory.mktemp('own')/'shop')

class Streams(io.StringIO):
    "A stream that also writes into one that both streams share, so that their order can be read."
    def __init__(self, both):
        super().__init__()
        self.both = both
    def write(self, text):
        self.both.write(text)
        return super().write(text)

def run_promo(*args):
    "Run a command line in this process; the answer has exit_code, stdout, stderr, and both as output."
    from promo_lib.cli import main
    both = io.StringIO()
    out, err, status, term = Streams(both), Streams(both), 0, signal.getsignal(signal.SIGTERM)
    # no table is folded
    with contextlib.redirect_stdout(out), contextlib.redirect_stderr(err), mock.patch.dict(os.environ, COLUMNS='300'):
        try: main([str(o) for o in args])
        except SystemExit as e: status = e.code or 0
        except Exception:
            status = 1
            traceback.print_exc()
        finally: signal.signal(signal.SIGTERM, term)
    return SimpleNamespace(exit_code=status, stdout=out.getvalue(), stderr=err.getvalue(), output=both.getvalue())

@pytest.fixture
def promo(): return run_promo

COMMAND = [sys.executable, '-c', 'from promo_lib.cli import main; main()']  # for a process of its own

def run_process(*args, **env):
    "Run a command line in a process of its own, which shares the kept scores of the session."
    return subprocess.run([*COMMAND, *map(str, args)], capture_output=True, text=True,
                          env=os.environ | dict(COLUMNS='300') | env)

@pytest.fixture
def refused(promo, tmp_path):
    "A report that must be refused: status 2, no traceback, nothing written. Gives what the user reads."
    def refuse(*args, out=None):
        out = out or tmp_path/'out'
        r = promo('report', *args, '-o', out)
        assert r.exit_code == 2, r.output
        assert 'Traceback' not in r.output
        assert not r.stdout.strip()
        assert not out.is_dir() or not list(out.iterdir())
        return r.stderr
    return refuse
