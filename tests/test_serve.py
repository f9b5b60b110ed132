"""The service as a till uses it: its commands, what is refused, and money that is neither lost nor spent twice,
whatever is killed."""
import contextlib, json, os, random, re, shutil, signal, subprocess, threading, time, urllib.error, urllib.request
from concurrent.futures import ThreadPoolExecutor
from pathlib import Path
from unittest import mock

import pandas as pd, pytest

pytest.importorskip('fastapi')
from browser import CHROMIUM, Browser
from conftest import COMMAND, learned_shop, run_promo
from promo_lib.serve import Service, _mark_of, _prepare, _settings, change_models, make_app, trace
from promo_lib.shelf import Shelf
from promo_lib.state import State, Writer, micro

POSTGRES = os.environ.get('PROMO_TEST_POSTGRES')

@pytest.fixture(scope='module')
def place(world, tmp_path_factory):
    "The made-up shop of the tests, a model that knows it, and its shelf."
    root = learned_shop(world, tmp_path_factory.mktemp('service'))
    version = Shelf.fill(root/'shelf', root/'model', str(root/'shop')).about['model']
    shutil.copytree(root/'shelf', root/'kept'/f'shelf-{version}-{_mark_of(str(root/"shop"), "", 0)}')
    return root

def shelved(place):
    "Options of a service on the shop of the tests, whose shelf is filled already."
    return ['--model', place/'model', '--source', place/'shop', '--shelves', place/'kept']

@pytest.fixture
def state(request, tmp_path):
    "An empty state, in a file or in PostgreSQL."
    if getattr(request, 'param', 'file') == 'file': return State(tmp_path/'state.db', make=True)
    if not POSTGRES: pytest.skip('PROMO_TEST_POSTGRES is not set')
    state = State(POSTGRES, make=True)
    state.meta.drop_all(state.engine)
    return State(POSTGRES, make=True)

BOTH = pytest.mark.parametrize('state', ['file', 'postgres'], indirect=True)

def service_on(place, state, budget=None, **given):
    "A service in this process."
    shelves = Path(given.pop('shelves', place/'shelves'))
    made = shelves/f'shelf-{Shelf(place/"shelf").about["model"]}'
    if not made.exists(): shutil.copytree(place/'shelf', made)
    s = _settings(dict(state=state.address, shelves=str(shelves), source=str(place/'shop'), model=str(place/'model'),
                       log=str(place/'log')) | given)
    _prepare(state, s.model, None, budget, s)
    return Service(**vars(s))

class Till:
    "Asks a service in this process."
    def __init__(self, service, key):
        from starlette.testclient import TestClient
        self.service, self.key, self.client = service, key, TestClient(make_app(service), raise_server_exceptions=False)
    def __call__(self, path, body=None, key=None, **how):
        head = {'Authorization': f'Bearer {key or self.key}'}
        r = self.client.request('GET' if body is None else 'POST', path, json=body, headers=head, **how)
        assert 'Traceback' not in r.text
        return r.status_code, r.json()

@pytest.fixture
def till(place, state):
    service = service_on(place, state, budget=5.)
    yield Till(service, state.new_key(['decide', 'outcomes', 'admin']))
    service.close()

def users(place): return pd.read_parquet(place/'shop'/'users.parquet')['user_id'].astype(str).tolist()

def sums_hold(state, name='open'):
    "Is the budget the sum of what its offers promise and have spent, and not above what there is?"
    t = state.tables['offered']
    with state.reading() as conn: rows = conn.execute(t.select().where(t.c.budget == name)).all()
    m = state.money()[name]
    assert micro(m['reserved']) == sum(o.reserved for o in rows)
    assert micro(m['spent']) == sum(o.spent for o in rows)
    assert m['reserved'] + m['spent'] <= m['total'] + 1e-9
    return m, rows

# --- the commands ---

def test_keys_by_command(tmp_path):
    at = ['--state', tmp_path/'s.db']
    made = run_promo('keys', 'new', '--scope', 'decide', '--scope', 'outcomes', *at)
    assert made.exit_code == 0, made.output
    key = made.stdout.splitlines()[-1]
    assert re.fullmatch(r'promo_[0-9a-f]{12}_[\w-]{43}', key)
    assert key.encode()[19:] not in b''.join(o.read_bytes() for o in tmp_path.iterdir())
    other = run_promo('keys', 'rotate', key[6:18], '--grace', '0', *at).stdout.splitlines()[-1]
    assert run_promo('keys', 'revoke', other[6:18], *at).exit_code == 0
    shown = run_promo('keys', 'list', *at).stdout
    assert 'expired' in shown and 'revoked' in shown and key not in shown
    for bad in (['new', '--scope', 'all'], ['new'], ['revoke', 'x'], ['rotate', other[6:18]]):
        done = run_promo('keys', *bad, *at)
        assert done.exit_code == 2 and 'Traceback' not in done.output, done.output
    assert run_promo('keys', 'list', '--state', tmp_path/'none.db').exit_code == 2

@contextlib.contextmanager
def served(*args, env=()):
    "`promo serve` in processes of its own; its address."
    run = subprocess.Popen([*COMMAND, 'serve', '--port', '0', *map(str, args)], stdout=subprocess.PIPE, text=True,
                           stderr=subprocess.STDOUT, env=os.environ | dict(env), start_new_session=True)
    try:
        said = []
        for line in run.stdout:
            said.append(line)
            if line.startswith('Listening on '): break
        else: raise AssertionError(''.join(said))
        threading.Thread(target=lambda: [None for _ in run.stdout], daemon=True).start()
        address = line.split()[-1]
        wait_for(lambda: get(f'{address}/readyz')[0] == 200)
        yield address, run
    finally:
        run.terminate()
        with contextlib.suppress(subprocess.TimeoutExpired): run.wait(20)
        with contextlib.suppress(ProcessLookupError): os.killpg(run.pid, signal.SIGKILL)

def wait_for(true, seconds=90):
    end = time.monotonic() + seconds
    while time.monotonic() < end:
        with contextlib.suppress(OSError):
            if true(): return
        time.sleep(.1)
    raise AssertionError('it did not come to that')

def get(url, body=None, key='', timeout=30):
    "Status and text."
    data = None if body is None else json.dumps(body).encode()
    r = urllib.request.Request(url, data, {'Authorization': f'Bearer {key}'} if key else {})
    try:
        with urllib.request.urlopen(r, timeout=timeout) as o: return o.status, o.read().decode()
    except urllib.error.HTTPError as e: return e.code, e.read().decode()

def test_serve_is_bad_input_with_a_word(place, tmp_path):
    at = ['--state', tmp_path/'s.db', '--source', place/'shop']
    for args, says in [(['--model', tmp_path/'none'], 'promo train'),
                       (['--model', place/'model', '--port', '99999'], 'listen'),
                       (['--model', place/'model', '--plan', tmp_path/'none'], 'no folder'),
                       (['--model', place/'model', '--promise', 'none'], 'most or expected'),
                       (['--model', place/'model', '--explore', '2'], 'explore'),
                       (['--model', place/'model', '--tls-cert', tmp_path/'none'], 'no file')]:
        done = run_promo('serve', *at, *args)
        assert done.exit_code == 2 and says in done.stderr and 'Traceback' not in done.output, done.output

def test_a_kept_shelf_is_of_these_tables(place, tmp_path):
    "Whatever changes, tables, rules or plan, is scored anew."
    shop = shutil.copytree(place/'shop', tmp_path/'shop')
    def mark(plan='', most=0): return _mark_of(str(shop), plan, most)
    marks = [mark(), mark(most=2)]
    (shop/'rules.toml').write_text('')
    marks.append(mark())
    (tmp_path/'plan').mkdir()
    (tmp_path/'plan'/'plan.json').write_text('{}')
    marks.append(mark(str(tmp_path/'plan')))
    (tmp_path/'plan'/'approvals.json').write_text('[]')
    marks.append(mark(str(tmp_path/'plan')))
    os.utime(shop/'users.parquet', (1, 1))
    marks.append(mark())
    assert len(set(marks)) == 6 and mark() == mark() and _mark_of('postgresql://db/shop', '', 0) == ''

# --- what is answered ---

def test_service_is_promo_predict(world, place, till, tmp_path):
    "Every row, to 1e-9."
    from promo_lib.draft import Draft
    from promo_lib.data import load
    Draft(load(str(place/'shop'), need=()), [world.campaign]).data.to_folder(tmp_path/'opened')
    done = run_promo('predict', '-m', place/'model', '-s', tmp_path/'opened', '-o', tmp_path/'scores.parquet')
    assert done.exit_code == 0, done.output
    wanted = pd.read_parquet(tmp_path/'scores.parquet').astype({o: str for o in ('user_id', 'offer_id', 'campaign_id')})
    wanted = wanted.set_index(['user_id', 'offer_id', 'campaign_id'])
    n = 0
    for u in users(place)[::7]:
        for o in till('/v1/score', dict(user_id=u))[1]['scores']:
            row = wanted.loc[(u, o['offer_id'], o['campaign_id'])]
            assert all(abs(o[k] - row[k]) < 1e-9 for k in wanted.columns)
            n += 1
    assert n == len(wanted.loc[users(place)[::7]])
    chosen = [o for u in users(place)[::7] for o in till('/v1/decide', dict(user_id=u))[1]['offers']]
    assert chosen and all(o['interval'][0] <= o['probability'] <= o['interval'][1] for o in chosen)

def test_refusals(place, till, state):
    u = users(place)[0]
    ok = dict(user_id=u)
    assert till('/v1/decide', ok)[0] == 200
    narrow = state.new_key(['outcomes'])
    assert [till('/v1/decide', ok, key=k)[0] for k in (narrow, 'x', narrow[:-2])] == [403, 401, 401]
    assert till.client.post('/v1/decide', json=ok).status_code == 401
    bad = [dict(user_id=''), dict(user_id=1.5), dict(user_id='a\ud800'), dict(user_id='a\0'), dict(user_id=u, most=51),
           dict(user_id=u, context=dict(hour=24)), dict(user_id=u, context=[1]), dict(user_id=10**30), 'text', None]
    head = {'Authorization': f'Bearer {till.key}'}
    for o in bad[:-1]:
        assert till.client.post('/v1/decide', content=json.dumps(o), headers=head).status_code in (404, 422)
    for text in ('{"user_id": NaN}', '{', '', '['*5000, '{"user_id": "a", "context": {"x": 1e999}}', '\xff'):
        r = till.client.post('/v1/decide', content=text, headers=head)
        assert r.status_code in (404, 422), (text[:20], r.text)
    assert till.client.post('/v1/decide', content=b'[' + b'1,'*5_000_000 + b'1]', headers=head).status_code == 413
    assert till.client.get('/v1/none', headers=head).status_code == 404
    for text in ("'; DROP TABLE decisions; --", '<script>alert(1)</script>', '夏季 😀', '../../etc/passwd', 'x'*200):
        assert till('/v1/decide', dict(user_id=text))[0] == 404
        assert till('/v1/decide', ok | dict(request_id=text, context=dict(channel=text)))[0] == 200
        assert till('/v1/outcomes', dict(key=text, decision_id=text, kind='click', note=text))[0] == 404
        assert till('/v1/score', ok | dict(offers=[text]))[0] == 404
    assert len(state.list_keys()) == 2

def test_rate_and_guesses(place, state):
    service = service_on(place, state, rate=3.)
    till = Till(service, state.new_key(['decide']))
    got = [till('/v1/plan')[0] for _ in range(12)]
    assert got[0] == 200 and 429 in got and set(got) == {200, 429}
    wrong = [till('/v1/plan', key=till.key[:-3] + f'{i:03d}')[0] for i in range(24)]
    assert wrong[0] == 401 and wrong[-1] == 429
    service.close()

def test_outcomes_once(place, till, state):
    u = next(u for u in users(place) if len(till.service.shelves['champion'].choose(u)) > 1)
    d = till('/v1/decide', dict(user_id=u))[1]
    one, two = d['offers'][:2]
    said = dict(decision_id=d['decision_id'], offer_id=one['offer_id'])
    click = said | dict(key='k1', kind='click')
    def say(i): return till('/v1/outcomes', click)[1]['status']
    with ThreadPoolExecutor(4) as pool: came = list(pool.map(say, range(8)))
    assert sorted(came) == ['known already']*7 + ['recorded']
    assert till('/v1/outcomes', said | dict(kind='redeem', sales=9., discount=.25))[0] == 200
    assert till('/v1/outcomes', said | dict(kind='redeem', sales=9., discount=.25))[1]['status'] == 'known already'
    assert till('/v1/outcomes', dict(decision_id=d['decision_id'], offer_id=two['offer_id'], kind='lapse'))[0] == 200
    assert till('/v1/outcomes', dict(decision_id=d['decision_id'], kind='click'))[0] == 422
    assert till('/v1/outcomes', said | dict(kind='redeem', discount=-1))[0] == 422
    m, rows = sums_hold(state)
    contact = .02
    assert m['spent'] == pytest.approx(.25 + 2*contact)
    assert len(trace(state, d['decision_id'])['outcomes']) == 3

def test_explain_and_forget(place, till, state, tmp_path):
    u = users(place)[3]
    d = till('/v1/decide', dict(user_id=u, context=dict(channel='till', note='ring +49 30 1234567')))[1]
    shown = run_promo('explain', d['decision_id'], '--state', state.address)
    assert shown.exit_code == 0 and u in shown.stdout and d['model_version'] in shown.stdout
    assert run_promo('explain', 'd_never', '--state', state.address).exit_code == 2
    assert till(f'/v1/decisions/{d["decision_id"]}')[1]['decision']['user_id'] == u
    assert u not in (place/'log').read_text() and state.mask(u) in (place/'log').read_text()
    assert u not in till.client.get('/metrics').text
    gone = run_promo('forget', u, '--state', state.address, '--log', place/'log')
    assert gone.exit_code == 0 and '1 decisions' in gone.stdout
    assert state.mask(u) not in (place/'log').read_text()
    assert u not in run_promo('explain', d['decision_id'], '--state', state.address).stdout
    assert till('/v1/decide', dict(user_id=u))[0] == 404
    sums_hold(state)

def test_people_decide(place, state):
    service = service_on(place, state, budget=5., above=.0001)
    till = Till(service, state.new_key(['decide', 'admin']))
    u = next(u for u in users(place) if len(service.shelves['champion'].choose(u)) > 1)
    d = till('/v1/decide', dict(user_id=u))[1]
    assert {o['status'] for o in d['offers']} == {'waits'}
    waiting = till('/v1/approvals')[1]['waiting']
    assert len(waiting) == len(d['offers']) and u not in str(waiting)
    one, two = d['offers'][:2]
    def verdict(o, v):
        said = dict(decision_id=d['decision_id'], offer_id=o['offer_id'], verdict=v, by='Ann')
        return till('/v1/approvals', said)
    assert verdict(one, 'approve') == (200, dict(status='approved'))
    assert verdict(one, 'decline')[0] == 409
    assert verdict(two, 'decline')[1] == dict(status='declined')
    m, rows = sums_hold(state)
    assert {o.offer_id: o.state for o in rows}[two['offer_id']] == 'declined'
    service.close()

def test_plan(world, place, tmp_path):
    "A plan's price, budget and approval; who is held out gets nothing; what it does not send waits."
    plan = world.copy(tmp_path/'plan')
    shelf = Shelf.fill(tmp_path/'a', place/'model', world.data, plan.path)
    assert not shelf.policy['approved_by'] and not shelf.arrays['planned'].any()
    plan.approve('Ann')
    shelf = Shelf.fill(tmp_path/'b', place/'model', world.data, plan.path)
    assert shelf.policy['price'] == plan.facts['price'] and shelf.policy['budget'] == 40
    sent = plan.in_force()
    assert shelf.arrays['planned'].sum() == len(sent)
    held = plan.groups.loc[plan.groups['group'] == 'holdout', 'user_id'].astype(str)
    assert len(held) and not any(shelf.choose(u) for u in held)
    u = sent['user_id'].iloc[0]
    assert set(sent.loc[sent['user_id'] == u, 'offer_id'].astype(str)) >= {o['offer_id'] for o in shelf.choose(u)
                                                                           if o['planned']}

def test_models_change_while_it_runs(place, till, state, tmp_path):
    shutil.copytree(place/'model', tmp_path/'other')
    (tmp_path/'other'/'note.txt').write_text('another version')
    from promo_lib.shelf import model_version
    version = model_version(tmp_path/'other')
    shutil.copytree(place/'shelf', place/'shelves'/f'shelf-{version}')
    about = place/'shelves'/f'shelf-{version}'/'about.json'
    about.write_text(about.read_text('utf-8').replace(Shelf(place/'shelf').about['model'], version), 'utf-8')
    now = change_models(state, 'canary', tmp_path/'other', 1.)
    till.service.look()
    u = users(place)[0]
    assert till('/v1/decide', dict(user_id=u))[1]['role'] == 'canary' and now['share'] == 1.
    assert run_promo('models', 'promote', '--state', state.address).exit_code == 0
    till.service.look()
    new = till('/v1/decide', dict(user_id=u))[1]
    assert run_promo('models', 'back', '--state', state.address).exit_code == 0
    till.service.look()
    old = till('/v1/decide', dict(user_id=u))[1]
    assert new['role'] == old['role'] == 'champion' and new['model_version'] != old['model_version']
    state.put('models', dict(champion=str(tmp_path/'gone'), canary=None, share=0.))
    till.service.look()                                    # a model that is not there changes nothing
    assert till('/v1/decide', dict(user_id=u))[1]['model_version'] == old['model_version']

# --- money, whatever is killed ---

@BOTH
def test_writers_at_once_never_overspend(state):
    state.set_budget('race', 1)
    writers = [Writer(State(state.address)) for _ in range(4)]
    def claim(i):
        w = writers[i % 4]
        return w.submit(lambda conn: w.state.reserve(conn, 'race', micro(.01))).result(60)
    with ThreadPoolExecutor(16) as pool: won = sum(pool.map(claim, range(300)))
    for w in writers: w.close()
    assert won == 100 and state.money()['race'] == dict(total=1., reserved=1., spent=0.)

@BOTH
def test_killed_workers_lose_and_double_nothing(place, state, tmp_path):
    "16 clients, 4 workers, kill -9 of workers: whoever gets no answer asks again by the same request_id."
    key = state.new_key(['decide', 'outcomes'])
    names, budget, stop = users(place), 3., threading.Event()
    args = [*shelved(place), '--state', state.address, '--workers', 4, '--budget', budget, '--log', tmp_path/'log']
    with served(*args) as (address, run):
        def patient(path, body):
            until = time.monotonic() + 120                  # workers that were killed start anew, on a busy machine
            while time.monotonic() < until:
                with contextlib.suppress(OSError):
                    status, text = get(f'{address}{path}', body, key)
                    if status not in (429, 503): return status, json.loads(text)
                time.sleep(.05)
            raise AssertionError('no answer')
        def client(c):
            r, said = random.Random(c), []
            for i in range(8):
                status, d = patient('/v1/decide', dict(user_id=r.choice(names), request_id=f'{c}-{i}'))
                assert status == 200
                for o in d['offers']:
                    body = dict(key=f'{d["decision_id"]} {o["offer_id"]}', decision_id=d['decision_id'],
                                offer_id=o['offer_id'], kind='redeem', discount=o['cost']/2)
                    assert patient('/v1/outcomes', body)[0] == 200
                    said.append(body['key'])
            return said
        def killer():
            for _ in range(5):
                if stop.wait(2.): return
                found = subprocess.run(['pgrep', '-P', str(run.pid)], capture_output=True, text=True).stdout.split()
                with contextlib.suppress(ProcessLookupError, IndexError):
                    os.kill(int(random.choice(found)), signal.SIGKILL)
        kills = threading.Thread(target=killer)
        kills.start()
        with ThreadPoolExecutor(16) as pool: said = [k for o in pool.map(client, range(16)) for k in o]
        stop.set()
        kills.join()
        wait_for(lambda: get(f'{address}/metrics')[0] == 200)
    sums_hold(state)
    with state.reading() as conn:
        kept = [o.id for o in conn.execute(state.tables['outcomes'].select())]
        asked = [o.request_id for o in conn.execute(state.tables['decisions'].select())]
    assert sorted(kept) == sorted(said) and len(said) > 20
    assert sorted(asked) == sorted(f'{c}-{i}' for c in range(16) for i in range(8))

def test_database_gone_for_a_while(place, till, state, tmp_path):
    u, file = users(place)[0], Path(state.address)
    file.rename(tmp_path/'away')
    assert till('/v1/decide', dict(user_id=u, request_id='a'))[0] == 503
    assert till.client.get('/readyz').status_code == 503 and till.client.get('/healthz').status_code == 200
    (tmp_path/'away').rename(file)
    assert till('/v1/decide', dict(user_id=u, request_id='a'))[0] == 200
    with state.writing():                                  # somebody else writes for long
        pass
    sums_hold(state)

@pytest.mark.skipif(not POSTGRES, reason='PROMO_TEST_POSTGRES is not set')
@pytest.mark.parametrize('state', ['postgres'], indirect=True)
def test_connections_cut(place, state):
    "Every connection is cut by the server: what was answered stays, what was not is asked again."
    import sqlalchemy as sa
    service = service_on(place, state, budget=5.)
    till = Till(service, state.new_key(['decide']))
    cut = sa.text('select pg_terminate_backend(pid) from pg_stat_activity where pid <> pg_backend_pid() '
                  "and datname = current_database()")
    for i, u in enumerate(users(place)[:30]):
        if i % 10 == 5:
            with State(POSTGRES).engine.connect() as conn: conn.execute(cut)
        for _ in range(5):
            status, d = till('/v1/decide', dict(user_id=u, request_id=f'r{i}'))
            if status == 200: break
            assert status == 503
        assert status == 200
    m, rows = sums_hold(state)
    assert m['reserved'] > 0
    service.close()

def test_disk_is_full(place, till, state, monkeypatch):
    import sqlite3, sqlalchemy as sa
    u = users(place)[0]
    @sa.event.listens_for(till.service.state.engine, 'before_cursor_execute')
    def full(conn, cursor, statement, *more):
        if broken and statement.startswith('INSERT'):
            raise sa.exc.OperationalError(statement, {}, sqlite3.OperationalError('disk is full'))
    broken = [1]
    assert till('/v1/decide', dict(user_id=u))[0] == 503
    broken.clear()
    assert till('/v1/decide', dict(user_id=u))[0] == 200
    sums_hold(state)

def test_a_clock_that_jumps(place, till, state, monkeypatch):
    "An hour forward and two back: keys hold, the rate holds, nothing is freed."
    u, real = users(place)[0], time.time
    d = till('/v1/decide', dict(user_id=u))[1]
    before, first = state.money(), [o['offer_id'] for o in d['offers']]
    for jump in (3600, -7200, 0):
        monkeypatch.setattr(time, 'time', lambda j=jump: real() + j)
        assert [o['offer_id'] for o in till('/v1/decide', dict(user_id=u))[1]['offers']] == first
        assert state.money() == before

# --- what a stranger sends ---

def test_schemathesis_finds_no_fault(place, till):
    "Requests made from the OpenAPI, right and wrong ones: no 5xx, no traceback."
    schemathesis = pytest.importorskip('schemathesis')
    from hypothesis import HealthCheck, given, settings
    schema = schemathesis.openapi.from_dict(till.client.get('/openapi.json').json())
    head = {'Authorization': f'Bearer {till.key}'}
    paths = 0
    for found in schema.get_all_operations():
        operation = found.ok()
        for mode in (schemathesis.GenerationMode.POSITIVE, schemathesis.GenerationMode.NEGATIVE):
            @given(case=operation.as_strategy(generation_mode=mode))
            @settings(max_examples=12, deadline=None, database=None, derandomize=True,
                      suppress_health_check=list(HealthCheck))
            def check(case):
                how = case.as_transport_kwargs(base_url='http://testserver')
                how['headers'] = {k: v for k, v in dict(how.get('headers') or {}).items()} | head
                how.pop('cookies', None)
                r = till.client.request(**how)
                assert r.status_code < 500 and 'Traceback' not in r.text, (r.status_code, r.text)
            try: check()
            except Exception as e:
                if 'Unsatisfiable' not in type(e).__name__ and 'SkipTest' not in type(e).__name__: raise
        paths += 1
    assert paths >= 10

def test_page_runs_only_its_own_script(till):
    r = till.client.get('/ui')
    assert r.status_code == 200 and "default-src 'none'" in r.headers['content-security-policy']
    assert 'http://' not in r.text and 'https://' not in r.text and r.text.count('<script') == 1

@pytest.mark.skipif(CHROMIUM is None, reason='there is no chromium here: apt-get install chromium')
def test_page_in_a_browser(place, state):
    "GET /ui as a person sees it: tables filled from /metrics, nothing asked of anybody else, no complaint."
    key = state.new_key(['decide'])
    args = [*shelved(place), '--state', state.address, '--budget', 5]
    with served(*args) as (address, _), Browser() as browser:
        for u in users(place)[:5]: assert get(f'{address}/v1/decide', dict(user_id=u), key)[0] == 200
        browser.say('Page.navigate', url=f'{address}/ui')
        def rows(name): return browser.js(f'[...document.querySelectorAll("#{name} tr")].map(o => o.innerText)') or []
        wait_for(lambda: len(rows('answers')) > 1 and len(rows('decisions')) > 1)
        assert any('/v1/decide' in o and '200' in o and o.split()[-1] == '5' for o in rows('answers'))
        assert any(o.split()[0] == 'open' and o.split()[1] == '5' for o in rows('money'))
        assert all(o.startswith(f'{address}/') for o in browser.requests)
        assert not [o for o in browser.complaints if 'favicon' not in o and '404' not in o]

class Hook:
    "A webhook on loopback that fails at first."
    def __init__(self, fails=1):
        from http.server import BaseHTTPRequestHandler, HTTPServer
        got = self.got = []
        class Answer(BaseHTTPRequestHandler):
            def do_POST(self):
                body = self.rfile.read(int(self.headers['content-length']))
                got.append((self.headers['content-type'], json.loads(body)))
                self.send_response(500 if len(got) <= fails else 200)
                self.end_headers()
            def log_message(self, *_): pass
        self.server = HTTPServer(('127.0.0.1', 0), Answer)
        self.url = f'http://127.0.0.1:{self.server.server_port}/hook'
        threading.Thread(target=self.server.serve_forever, daemon=True).start()

def test_webhook(place, state, tmp_path):
    "An alarm arrives with what it is about; one that was not taken comes again, once it is taken never more."
    key, hook, u = state.new_key(['decide']), Hook(), users(place)[0]
    rule = '[[rule]]\nwhat = "latency"\nabove = 0.0001\n'
    (tmp_path/'rules.toml').write_text(f'every = 1\nwebhook = "{hook.url}"\n{rule}')
    args = [*shelved(place), '--state', state.address, '--rules', tmp_path/'rules.toml', '--log', tmp_path/'log']
    with served(*args) as (address, _):
        assert get(f'{address}/v1/decide', dict(user_id=u), key)[0] == 200
        wait_for(lambda: len(hook.got) >= 2)
        hook.server.shutdown()
        assert get(f'{address}/v1/decide', dict(user_id=u), key)[0] == 200      # whoever asks does not wait for it
        time.sleep(2.5)
        assert len(hook.got) == 2
    hook.server.server_close()
    assert hook.got[0] == hook.got[1] and hook.got[0][0] == 'application/json'
    (alarm,) = hook.got[0][1]['alarms']
    assert alarm['alarm'] == 'latency' and alarm['is'] > alarm['above'] == .0001
    assert u not in json.dumps(hook.got)

def test_tls(place, state, tmp_path):
    "https by files; plain http on that port gets no answer."
    import ssl
    openssl = shutil.which('openssl')
    if openssl is None: pytest.skip('there is no openssl here')
    cert, key_file = tmp_path/'cert.pem', tmp_path/'key.pem'
    subprocess.run([openssl, 'req', '-x509', '-newkey', 'rsa:2048', '-nodes', '-days', '2', '-subj', '/CN=localhost',
                    '-addext', 'subjectAltName=IP:127.0.0.1', '-keyout', key_file, '-out', cert], check=True,
                   capture_output=True)
    key, trust = state.new_key(['decide']), ssl.create_default_context(cafile=str(cert))
    args = ['--port', '0', '--model', place/'model', '--source', place/'shop', '--state', state.address,
            '--shelves', tmp_path/'new', '--tls-cert', cert, '--tls-key', key_file]  # it fills a shelf of its own
    run = subprocess.Popen([*COMMAND, 'serve', *map(str, args)], stdout=subprocess.PIPE, text=True,
                           stderr=subprocess.STDOUT, start_new_session=True)
    try:
        address = next(o for o in run.stdout if o.startswith('Listening on ')).split()[-1]
        assert address.startswith('https://')
        at = address.split('//')[1]
        def decided():
            r = urllib.request.Request(f'https://{at}/v1/decide', json.dumps(dict(user_id=users(place)[0])).encode(),
                                       {'Authorization': f'Bearer {key}'})
            with urllib.request.urlopen(r, timeout=30, context=trust) as o: return o.status == 200
        wait_for(decided)
        (filled,) = (o.name for o in (tmp_path/'new').iterdir())
        assert filled in {o.name for o in (place/'kept').iterdir()}   # and every other test looks into the same
        with pytest.raises((OSError, urllib.error.URLError, ConnectionError)):
            urllib.request.urlopen(f'http://{at}/healthz', timeout=10)
        with pytest.raises(urllib.error.URLError): urllib.request.urlopen(f'https://{at}/healthz', timeout=10)
    finally:
        run.terminate()
        with contextlib.suppress(subprocess.TimeoutExpired): run.wait(20)
        with contextlib.suppress(ProcessLookupError): os.killpg(run.pid, signal.SIGKILL)

def test_log_names_nobody(place, state, tmp_path):
    "Users are masked, e-mail and telephone are scrubbed, keys are not there, whatever is sent."
    service = service_on(place, state, budget=5., log=str(tmp_path/'log'))
    key = state.new_key(['decide', 'outcomes', 'admin'])
    ask, u = Till(service, key), users(place)[0]
    said = 'Ann, ann.lee@example.org, +49 170 1234567'
    status, d = ask('/v1/decide', dict(user_id=u, context=dict(note=said)))
    assert status == 200
    ask('/v1/decide', dict(user_id=said))
    ask('/v1/outcomes', dict(decision_id=said, kind='view', note=said))
    ask('/v1/score', dict(user_id=u, offers=[said]))
    with mock.patch.object(Service, 'score', side_effect=RuntimeError(said)):
        assert ask('/v1/score', dict(user_id=u))[0] == 500
    service.close()
    text = (tmp_path/'log').read_text()
    assert state.mask(u) in text and 'RuntimeError' in text
    for secret in (u, 'ann.lee', 'example.org', '1234567', key, key[-20:]): assert f'"{secret}' not in text and (
        secret == u or secret not in text), secret

# --- where it runs ---

DEPLOY = Path(__file__).resolve().parent.parent/'deploy'

def test_deployment_files():
    "No model inside, no root, nothing to write to but /tmp, nothing open to the world, and options that there are."
    import yaml
    text = (DEPLOY/'Dockerfile').read_text()
    assert 'USER 10001' in text and 'COPY models' not in text
    compose = yaml.safe_load((DEPLOY/'compose.yaml').read_text())['services']
    assert compose['serve']['read_only'] and all(p.startswith('127.0.0.1:') for s in compose.values() for p in
                                                 s.get('ports', ()))
    kinds = {o['kind']: o for o in yaml.safe_load_all((DEPLOY/'kubernetes.yaml').read_text())}
    assert set(kinds) == {'Deployment', 'Service', 'HorizontalPodAutoscaler', 'PodDisruptionBudget'}
    pod = kinds['Deployment']['spec']['template']['spec']
    assert pod['securityContext']['runAsNonRoot'] and pod['containers'][0]['securityContext']['readOnlyRootFilesystem']
    assert yaml.safe_load((DEPLOY/'prometheus.yml').read_text())['scrape_configs']
    options = set(re.findall(r'--[a-z-]+', text.split('exec promo serve')[1]))
    assert options <= set(re.findall(r'--[a-z-]+', run_promo('serve', '--help').stdout))
