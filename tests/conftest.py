"What all tests share: a quiet and small run, a small shop, the command line."
import contextlib, functools, io, os, shutil, signal, subprocess, sys, traceback
from pathlib import Path
from types import SimpleNamespace
from unittest import mock

os.environ.update(PROMO_QUIET='1', PROMO_FAST='1', MPLBACKEND='Agg', PROMO_CHROMIUM='none')
os.environ.setdefault('TOKENIZERS_PARALLELISM', 'false')
# Spark starts workers by the name python3, which may be another Python than this one.
os.environ.update(PYSPARK_PYTHON=sys.executable, PYSPARK_DRIVER_PYTHON=sys.executable)

import pytest

from promo_lib.core import notebook_format
notebook_format()          # before anything imports it with all that it takes

# `make cover` sets PROMO_LONG: what takes minutes and finds little that is not found elsewhere runs too
LONG = bool(os.environ.get('PROMO_LONG'))

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

class World:
    "A made-up shop of 300 customers with ids such as 00123, on the eve of its campaign 夏季, and as it goes on."
    campaign, money = '夏季', dict(margin_rate=.4, contact_cost=.05)
    def __init__(self, root):
        from promo_lib.shop import MadeUpShop
        self.root, self.shop = root, MadeUpShop(users=300, offers=4, campaigns=3, words='zh', seed=1)
        self.begin, t = self.shop.begin, self.shop.tables
        self.ids = dict(user_id={o: f'{i:05d}' for i, o in enumerate(t['users']['user_id'], 1)},
                        offer_id={o: f'{i:04d}' for i, o in enumerate(t['offers']['offer_id'], 1)},
                        campaign_id={'next': self.campaign})
        self.data = self.named(self.shop.data)
        self.csv, self.parquet = (str(self.data.to_folder(root/k/'shop', k)) for k in ('csv', 'parquet'))
        self.scores = str(root/'scores.parquet')
        self.scored().to_parquet(self.scores, index=False)
        self.scored().to_csv(root/'scores.csv', index=False)

    def named(self, data):
        "The tables under the ids of this shop."
        from promo_lib.data import PromoData
        tables = {k: t.assign(**{c: t[c].map(m).fillna(t[c]) for c, m in self.ids.items() if c in t})
                  for k, t in data.tables.items()}
        return PromoData.from_tables(tables, name=data.name, currency=data.currency)

    def scored(self, campaign=None):
        "The truth as scores of a campaign: no model has to be trained."
        c = self.shop.chances
        offers = self.shop.tables['offers'].set_index('offer_id')['discount']
        return c.assign(user_id=c['user_id'].map(self.ids['user_id']), offer_id=c['offer_id'].map(self.ids['offer_id']),
                        campaign_id=campaign or self.campaign, p_redeem=c['chance'], p_low=c['chance']/2,
                        p_high=(1.6*c['chance']).clip(upper=1), e_sales=c['basket'],
                        e_discount=c['offer_id'].map(offers)).drop(columns=['chance', 'liking', 'basket'])

    def live(self, folder, days=None, more=()):
        "The tables after some days of what the folder of a plan sends; of all of it, and of more (user_id, offer_id)."
        import pandas as pd
        from promo_lib.follow import sent_by
        sent = pd.concat([sent_by(folder)[['user_id', 'offer_id', 'day']],
                          pd.DataFrame(more, columns=['user_id', 'offer_id'])])
        for c in ('user_id', 'offer_id'): sent[c] = sent[c].map({new: old for old, new in self.ids[c].items()})
        return self.named(self.shop.live(sent, days and self.begin + pd.Timedelta(days=days)))

    def plan(self, out, source=None, campaigns=None, budget=40, holdout=.2, **how):
        "The folder of a plan without a page."
        from promo_lib.folder import plan_campaigns
        how = dict(dict(scores=self.scores, page=False, max_offers=2, waves=3, learn=.2, money=self.money), **how)
        return plan_campaigns(source or self.parquet, campaigns or self.campaign, out, budget, holdout, **how)

    @functools.cached_property
    def planned(self): return self.plan(self.root/'planned'/'夏季').path

    def copy(self, folder, approve=False):
        "A copy of the planned folder."
        from promo_lib.folder import PlanFolder
        made = PlanFolder(shutil.copytree(self.planned, folder))
        return made.approve('Ann') if approve else made

@pytest.fixture(scope='session')
def world(tmp_path_factory): return World(tmp_path_factory.mktemp('world'))

class Streams(io.StringIO):
    "A stream that also writes into one that both streams share, so that their order can be read."
    def __init__(self, both):
        super().__init__()
        self.both = both
    def write(self, text):
        self.both.write(text)
        return super().write(text)

def learned_model(world):
    "A small model that knows the made-up shop, and when it was trained: once for all processes of the session."
    from filelock import FileLock
    from promo_lib.effect import EffectModel
    from promo_lib.scores import fit_in_time
    until, place = world.data.offers['start'].max(), Path(os.environ['PROMO_CACHE']).with_name('learned_model')
    with FileLock(f'{place}.lock'):
        if not place.is_dir():
            made = place.with_name('learned_model.part')
            shutil.rmtree(made, ignore_errors=True)
            fit_in_time(world.data, until, text='off', members=2).save(made, until=str(until))
            made.rename(place)
    return EffectModel.load(place), until

def learned_shop(world, root, change=lambda shop: None):
    "The made-up shop in a folder of its own, changed if need be, and a small model that knows it. The folder."
    shutil.copytree(world.parquet, root/'shop')
    change(root/'shop')
    model, until = learned_model(world)
    model.save(root/'model', until=str(until), source=str(root/'shop'))
    return root

def reading_model(folder, users, hits, dim=32, name='model'):
    "A few customers of the sample in a folder, and a small model of theirs that reads text. Data and features."
    from promo_lib.data import load_sample
    from promo_lib.effect import EffectModel
    from promo_lib.features import add_features
    from promo_lib.text import tiny_encoder
    data = load_sample()
    data = data.subset(data.users['user_id'][:users], campaigns=[8, 13, 18])
    data.to_folder(folder/'shop')
    frame, until = add_features(data), str(data.offers.query('campaign_id == 18')['start'].min())
    learn = frame[frame['campaign_id'] != 18].reset_index(drop=True)
    learn.loc[learn.sample(hits, random_state=0).index, 'redeemed'] = 1
    model = EffectModel(members=2, text='frozen', networks=1, epochs=1,
                        encoder=tiny_encoder(['tea', 'coffee', 'milk'], dim=dim))
    model.fit(learn, data=data).save(folder/name, until=until, source=str(folder/'shop'))
    return data, frame

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
