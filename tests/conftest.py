"What all tests share: a quiet and small run, a small shop, the command line."
import contextlib, io, os, signal, subprocess, sys, traceback
from concurrent.futures import ThreadPoolExecutor
from types import SimpleNamespace
from unittest import mock

os.environ.update(PROMO_QUIET='1', PROMO_FAST='1', MPLBACKEND='Agg')
os.environ.setdefault('TOKENIZERS_PARALLELISM', 'false')
# Spark starts workers by the name python3, which may be another Python than this one.
os.environ.update(PYSPARK_PYTHON=sys.executable, PYSPARK_DRIVER_PYTHON=sys.executable)

import pytest

@pytest.fixture(scope='session', autouse=True)
def cache(tmp_path_factory):
    "Scores are kept for the session, and nowhere else."
    with pytest.MonkeyPatch.context() as m:
        m.setenv('PROMO_CACHE', str(tmp_path_factory.mktemp('cache')))
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

@pytest.fixture(scope='session')
def background(cache):
    """Start command lines in processes of their own, two at a time: `background(*args)` gives a future of the finished
    process.
    The kept scores of the session are shared."""
    env = os.environ | dict(OMP_NUM_THREADS=str(max(1, (os.cpu_count() or 2)//2)), COLUMNS='300')
    with ThreadPoolExecutor(2) as pool:
        yield lambda *args: pool.submit(subprocess.run, [*COMMAND, *map(str, args)], capture_output=True, text=True,
                                        env=env)
        pool.shutdown(cancel_futures=True)

def asked_for(request, fixture):
    "Which values of a parameter the tests of this run ask for: nothing else is started."
    calls = [o.callspec.params for o in request.session.items if hasattr(o, 'callspec') and o.path == request.path]
    return list(dict.fromkeys(o[fixture] for o in calls if fixture in o))

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
