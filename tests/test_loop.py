"The loop: killed anywhere it ends the same; its file is guarded; what overlaps, repeats, is late or missing; drift is found and seldom imagined."
import os, signal, subprocess, sys
from dataclasses import replace

import numpy as np, pandas as pd, pytest
from hypothesis import given, settings, strategies as st
from scipy.special import expit

from promo_lib.core import DataError, UsageError, rng
from promo_lib.features import KEY
from promo_lib.loop import Loop, LoopSettings, e_detector, explain_decision, loop_status, make_year, psi, share_evalue

settings.register_profile('small', max_examples=40, deadline=None, derandomize=True)
settings.load_profile('small')

FRAME, OUTCOMES = make_year(60, 9)
FRAME = FRAME.drop(columns='p_true')
S = LoopSettings(start='2026-03-20', strategy='replay', max_offers=3, segment='segment')
SCRIPT = '''
import sys
from promo_lib.loop import Loop, LoopSettings, make_year
frame, outcomes = make_year(60, 9)
with Loop(frame.drop(columns='p_true'), outcomes, LoopSettings(start='2026-03-20', strategy='replay', max_offers=3, segment='segment'), sys.argv[1]) as loop:
    print('open', flush=True)
    loop.run()
'''

def live(path, frame=FRAME, outcomes=OUTCOMES, s=S):
    with Loop(frame, outcomes, s, path) as loop: loop.run(); return loop.digest()

def start(path):
    p = subprocess.Popen([sys.executable, '-c', SCRIPT, str(path)], stdout=subprocess.PIPE, text=True, env=dict(os.environ, PROMO_QUIET='1', OMP_NUM_THREADS='1'))
    p.stdout.readline()
    return p

def test_killed_and_resumed_ends_the_same(tmp_path):
    whole, r = live(tmp_path/'whole.duckdb'), rng(0, 'kill')
    for _ in range(3):
        p = start(tmp_path/'killed.duckdb')
        try: p.wait(float(r.uniform(.02, .6)))
        except subprocess.TimeoutExpired: p.send_signal(signal.SIGKILL); p.wait()
    assert live(tmp_path/'killed.duckdb') == whole
    assert live(tmp_path/'other.duckdb', s=replace(S, seed=1)) != whole

def test_one_run_for_one_file(tmp_path):
    path = tmp_path/'s.duckdb'
    with Loop(FRAME, OUTCOMES, S, path) as loop:
        with pytest.raises(UsageError, match='in use by another run'): Loop(FRAME, OUTCOMES, S, path)
        loop.turn()
        other = subprocess.run([sys.executable, '-c', SCRIPT, str(path)], capture_output=True, text=True, env=dict(os.environ, PROMO_QUIET='1'))
        assert other.returncode and 'in use by another run' in other.stderr
        assert len(loop.done()) == 1
    assert live(path) == live(tmp_path/'alone.duckdb')

def test_damaged_and_foreign_files(tmp_path):
    path = tmp_path/'s.duckdb'; live(path); whole = path.read_bytes()
    half = tmp_path/'half.duckdb'; half.write_bytes(whole[:len(whole)//2])
    text = tmp_path/'text.duckdb'; text.write_text('not a database at all')
    for o in (half, text):
        before = o.read_bytes()
        with pytest.raises(UsageError, match='damaged or truncated'): Loop(FRAME, OUTCOMES, S, o)
        assert o.read_bytes() == before
    import duckdb
    with duckdb.connect(str(path)) as con: con.execute("update meta set value = '99' where key = 'format'")
    with pytest.raises(UsageError, match='has format 99'): loop_status(path)
    with duckdb.connect(str(tmp_path/'foreign.duckdb')) as con: con.execute('create table t (a int)')
    with pytest.raises(UsageError, match='no state of a loop'): Loop(FRAME, OUTCOMES, S, tmp_path/'foreign.duckdb')

def test_other_settings_other_data_and_a_clock_that_goes_back(tmp_path):
    path = tmp_path/'s.duckdb'; live(path)
    with pytest.raises(UsageError, match='was begun with seed 0'): Loop(FRAME, OUTCOMES, replace(S, seed=3), path)
    with pytest.raises(UsageError, match='which the data do not have'): Loop(FRAME[FRAME.campaign_id != 8], OUTCOMES, S, path)
    late = FRAME[FRAME.campaign_id == 9].assign(campaign_id=77, start=pd.Timestamp('2026-03-25'), end=pd.Timestamp('2026-04-20'))
    with pytest.raises(UsageError, match='clock goes back: campaign 77'): Loop(pd.concat([FRAME, late], ignore_index=True), OUTCOMES, S, path)
    with pytest.raises(UsageError, match='nothing to learn from'): Loop(FRAME, OUTCOMES, replace(S, start='2025-01-01'), tmp_path/'early.duckdb')
    with pytest.raises(DataError, match='the column is missing'): Loop(FRAME.drop(columns='end'), OUTCOMES, S, tmp_path/'no.duckdb')

def test_twice_late_and_none(tmp_path):
    whole = live(tmp_path/'a.duckdb')
    twice = pd.concat([OUTCOMES, OUTCOMES.sample(40, random_state=0)], ignore_index=True)
    with Loop(FRAME, twice, S, tmp_path/'b.duckdb') as loop:
        loop.run(); seen = loop.state.read('outcomes')
        assert not seen.duplicated([*KEY, 'time']).any() and loop.done()['repeated'].sum() > 0
    with Loop(FRAME, OUTCOMES[OUTCOMES.campaign_id != 7], S, tmp_path/'none.duckdb') as loop: assert len(loop.run().table) == 3       # a campaign without outcomes
    late = OUTCOMES[~((OUTCOMES.campaign_id == 7) & (OUTCOMES.user_id < 30))]
    with Loop(FRAME, late, S, tmp_path/'late.duckdb') as loop: loop.run(until='2026-04-20')
    with Loop(FRAME, OUTCOMES, S, tmp_path/'late.duckdb') as loop:
        loop.run(); seen = loop.state.read('outcomes')
        sent = loop.state.read('plans').merge(OUTCOMES, on=KEY)
        day = loop.done()['day'].max()
        assert len(seen) == len(sent[sent.time < day]) and loop.digest() != whole

def test_trees_go_on_after_an_outcome_that_came_when_its_campaign_was_over(tmp_path):
    s = replace(S, model='trees', strategy='retrain')
    with Loop(FRAME, OUTCOMES, s, tmp_path/'plain.duckdb') as loop: loop.run(); plans, turns = loop.state.read('plans'), loop.done()
    first = turns['campaign_id'].iloc[0]
    learned = turns.loc[turns['day'] > FRAME.loc[FRAME['campaign_id'] == first, 'end'].iloc[0], 'day'].iloc[0]
    missed = plans[plans['campaign_id'] == first].merge(OUTCOMES[KEY], on=KEY, how='left', indicator=True).query("_merge == 'left_only'").iloc[:1]
    late = pd.concat([OUTCOMES, missed[KEY].assign(time=learned + pd.Timedelta(2, 'h'), kind='redeem', value=3., cost=1.)], ignore_index=True)
    whole = live(tmp_path/'whole.duckdb', outcomes=late, s=s)
    for day in turns['day']:
        with Loop(FRAME, late, s, tmp_path/'broken.duckdb') as loop: loop.run(until=day + pd.Timedelta(1, 's'))
    assert live(tmp_path/'broken.duckdb', outcomes=late, s=s) == whole

def test_a_calibration_belongs_to_its_campaign(tmp_path):
    with Loop(FRAME, OUTCOMES, replace(S, strategy='retrain', trigger='alarm', start='2026-02-10'), tmp_path/'s.duckdb') as loop:
        loop.run()
        d = loop.state.read('predictions').merge(loop.state.read('turns')[['campaign_id', 'a', 'b']], on='campaign_id')
    assert d['model_id'].nunique() < d['campaign_id'].nunique() and d.groupby('campaign_id')['a'].first().nunique() > 1   # one model, several lines
    np.testing.assert_allclose(expit(d['a'] + d['b']*d['z']), d['p_redeem'], atol=1e-9)

def test_decisions_are_traced_and_words_are_bound(tmp_path):
    path = tmp_path/'s.duckdb'; live(path)
    with Loop(FRAME, OUTCOMES, S, path) as loop: p = loop.state.read('plans').iloc[0]
    t = explain_decision(path, p.user_id, p.campaign_id)
    assert t['model'].model_id == p.model_id and t['parents'][0] == p.model_id and t['settings']['seed'] == 0
    with pytest.raises(UsageError, match='was no candidate'): explain_decision(path, "1' or '1'='1", "9'; drop table plans; --")
    assert len(loop_status(path)['turns']) == 3

@given(st.lists(st.floats(-1e6, 1e6), min_size=1, max_size=60), st.lists(st.floats(-1e6, 1e6), min_size=1, max_size=60))
def test_psi_is_a_divergence(a, b):
    assert psi(a, b) >= 0 and psi(a, a) == pytest.approx(0, abs=1e-12)

@given(st.integers(1, 300), st.floats(.05, .95))
def test_bets_on_shares_are_fair(total, share):
    from scipy.special import betaln, gammaln
    k = np.arange(total + 1); q = 200*share
    p = np.exp(gammaln(total + 1) - gammaln(k + 1) - gammaln(total - k + 1) + betaln(k + q, total - k + 200 - q) - betaln(q, 200 - q))
    assert (p*share_evalue(k, total, share)).sum() == pytest.approx(1, abs=1e-6)

@given(st.lists(st.floats(0, 50), min_size=1, max_size=30))
def test_the_sum_of_bets(e):
    R, alarms = e_detector(e)
    assert (R >= 0).all() and ((R >= 20) == alarms).all()
