"""The loop:
killed anywhere it ends the same; its file is guarded; what overlaps, repeats, is late or missing; drift is found and
seldom imagined."""
import multiprocessing, os, signal
from contextlib import contextmanager
from dataclasses import replace

import duckdb
import numpy as np
import pandas as pd
import pytest
from hypothesis import given, settings, strategies as st
from scipy.special import betaln, expit, gammaln

from promo_lib.core import DataError, UsageError, rng
from promo_lib.data import KEY, add_outcomes
from promo_lib.learn import STRATEGIES, make_year
from promo_lib.loop import Loop, LoopSettings, _count_sends, compare_runs, explain_decision, loop_status
from promo_lib.money import Money, fill_unrecorded
from promo_lib.ope import evaluate_policy
from promo_lib.replay import replay
from promo_lib.watch import book_campaign, e_detector, psi, share_evalue

settings.register_profile('small', max_examples=40, deadline=None, derandomize=True)
settings.load_profile('small')

FRAME, OUTCOMES = make_year(60, 9)
FRAME = FRAME.drop(columns='p_true')
MONEY = Money(discount_paid=.5)
S = LoopSettings(start='2026-03-20', strategy='replay', max_offers=3, segment='segment', money=MONEY)

# Processes that can be killed: forked from one that has imported the library and done nothing else.
FORKS = multiprocessing.get_context('forkserver')
FORKS.set_forkserver_preload(['promo_lib.loop', 'torch', 'hypothesis', 'pytest'])

def live(path, frame=FRAME, outcomes=OUTCOMES, s=S):
    "A whole run, as one hash of its state."
    with Loop(frame, outcomes, s, path) as loop:
        loop.run()
        return loop.digest()

def elsewhere(path, pipe):
    "The same run in a process of its own: says 'open', or why it cannot be opened, and goes on."
    try: loop = Loop(FRAME, OUTCOMES, S, path)
    except UsageError as e: return pipe.send(str(e))
    with loop:
        pipe.send('open')
        loop.run()

@contextmanager
def started(path):
    "A process that has opened the file or was refused, and what it said."
    here, there = FORKS.Pipe()
    p = FORKS.Process(target=elsewhere, args=(path, there))
    p.start()
    try: yield p, here.recv() if here.poll(120) else 'nothing'
    finally:
        p.kill()
        p.join()

def test_killed_and_resumed_ends_the_same(tmp_path):
    whole, r, killed = live(tmp_path/'whole.duckdb'), rng(0, 'kill'), 0
    for _ in range(3):
        with started(tmp_path/'killed.duckdb') as (p, said):
            assert said == 'open'
            p.join(float(r.uniform(.02, .6)))
            if p.is_alive(): os.kill(p.pid, signal.SIGKILL)
            p.join()
            killed += p.exitcode == -signal.SIGKILL
    assert killed                                            # at least one was cut off in the middle
    assert live(tmp_path/'killed.duckdb') == whole
    assert live(tmp_path/'other.duckdb', s=replace(S, seed=1)) != whole

def test_one_run_for_one_file(tmp_path):
    path = tmp_path/'s.duckdb'
    with Loop(FRAME, OUTCOMES, S, path) as loop:
        with pytest.raises(UsageError, match='in use by another run'): Loop(FRAME, OUTCOMES, S, path)
        loop.turn()
        with started(path) as (_, said): assert 'in use by another run' in said
        assert len(loop.done()) == 1
    assert live(path) == live(tmp_path/'alone.duckdb')

def test_damaged_and_foreign_files(tmp_path):
    path, half, text = (tmp_path/f'{o}.duckdb' for o in ('s', 'half', 'text'))
    live(path)
    whole = path.read_bytes()
    half.write_bytes(whole[:len(whole)//2])
    text.write_text('not a database at all')
    for o in (half, text):
        before = o.read_bytes()
        with pytest.raises(UsageError, match='damaged or truncated'): Loop(FRAME, OUTCOMES, S, o)
        assert o.read_bytes() == before
    with duckdb.connect(str(path)) as con:
        con.execute("update meta set value = '2' where key = 'format'")
        con.execute("update meta set value = '0.3.0' where key = 'version'")
    for look in (loop_status, lambda o: Loop(FRAME, OUTCOMES, S, o)):                     # written before Money was
        with pytest.raises(UsageError, match='has format 2.*the version that wrote it, promo_lib 0.3.0'): look(path)
    foreign = tmp_path/'foreign.duckdb'
    with duckdb.connect(str(foreign)) as con: con.execute('create table t (a int)')
    with pytest.raises(UsageError, match='no state of a loop'): Loop(FRAME, OUTCOMES, S, foreign)

def test_other_settings_other_data_and_a_clock_that_goes_back(tmp_path):
    path = tmp_path/'s.duckdb'
    live(path)
    def refused(match, frame=FRAME, s=S, path=path, error=UsageError):
        with pytest.raises(error, match=match): Loop(frame, OUTCOMES, s, path)
    refused('was begun with seed 0', s=replace(S, seed=3))
    refused('was begun with discount_paid 0.5 .now 1.0.', s=replace(S, money=Money()))
    refused('which the data do not have', FRAME[FRAME.campaign_id != 8])
    day, end = pd.Timestamp('2026-03-25'), pd.Timestamp('2026-04-20')
    late = FRAME[FRAME.campaign_id == 9].assign(campaign_id=77, start=day, end=end)
    refused('clock goes back: campaign 77', pd.concat([FRAME, late], ignore_index=True))
    refused('nothing to learn from', s=replace(S, start='2025-01-01'), path=tmp_path/'early.duckdb')
    refused('the column is missing', FRAME.drop(columns='end'), path=tmp_path/'no.duckdb', error=DataError)

def test_a_plan_is_worth_in_the_loop_what_it_is_worth_by_replay(tmp_path):
    frame = FRAME.assign(margin_rate=np.where(FRAME.offer_id % 2 == 0, .5, np.nan),
                         contact_cost=np.where(FRAME.offer_id % 3 == 0, .07, np.nan))     # some offers state their own
    outcomes = OUTCOMES.assign(value=OUTCOMES.value.where(OUTCOMES.user_id % 4 > 0))     # some money was not recorded
    for k in ('expected', 'mean', 'zero'):
        s = replace(S, strategy='retrain', money=replace(MONEY, unrecorded=k))
        with Loop(frame, outcomes, s, tmp_path/f'{k}.duckdb') as loop:
            result, said, plans = loop.run(), loop.state.read('predictions'), loop.state.read('plans')
        for row in result.table.itertuples():
            d = frame[frame.campaign_id == row.campaign_id]
            known = add_outcomes(d[[*KEY, 'margin_rate', 'contact_cost']], outcomes)
            known = known.merge(said[[*KEY, 'e_sales', 'e_discount']], on=KEY)
            sent = plans[plans.campaign_id == row.campaign_id]
            by_replay = replay(sent, known, s.money)
            assert row.profit == pytest.approx(by_replay.summary.profit) and by_replay.gaps > 0
            assert row.spend == pytest.approx(by_replay.summary.contact)
            came = sent[KEY].merge(fill_unrecorded(known, s.money)[0], on=KEY)            # and by hand
            margin = (came.margin_rate.fillna(.3)*came.sales).sum()
            cost = came.contact_cost.fillna(.02).sum() + .5*came.discount.sum()
            assert row.profit == pytest.approx(margin - cost)
            assert row.contribution == pytest.approx(row.profit + row.spend) and row.contribution <= row.best + 1e-9
        whole = replay(result.plans, result.truth, s.money).summary
        assert result.table.profit.sum() == pytest.approx(whole.profit)
        assert compare_runs(dict(a=result), 20).profit['a'] == pytest.approx(whole.profit)

@pytest.mark.parametrize('strategy', STRATEGIES)
def test_every_way_of_learning_sends_equally_many(tmp_path, strategy):
    with Loop(FRAME, OUTCOMES, replace(S, strategy=strategy), tmp_path/'s.duckdb') as loop: t = loop.run().table
    assert (t.sent == int(.3*60*3)).all() and np.allclose(t.spend, .02*t.sent)

def test_twice_late_and_none(tmp_path):
    whole = live(tmp_path/'a.duckdb')
    twice = pd.concat([OUTCOMES, OUTCOMES.sample(40, random_state=0)], ignore_index=True)
    with Loop(FRAME, twice, S, tmp_path/'b.duckdb') as loop:
        loop.run()
        seen = loop.state.read('outcomes')
        assert not seen.duplicated([*KEY, 'time']).any() and loop.done()['repeated'].sum() > 0
    with Loop(FRAME, OUTCOMES[OUTCOMES.campaign_id != 7], S, tmp_path/'none.duckdb') as loop:
        assert len(loop.run().table) == 3                                                 # a campaign without outcomes
    late = OUTCOMES[~((OUTCOMES.campaign_id == 7) & (OUTCOMES.user_id < 30))]
    with Loop(FRAME, late, S, tmp_path/'late.duckdb') as loop: loop.run(until='2026-04-20')
    with Loop(FRAME, OUTCOMES, S, tmp_path/'late.duckdb') as loop:
        loop.run()
        seen = loop.state.read('outcomes')
        sent = loop.state.read('plans').merge(OUTCOMES, on=KEY)
        day = loop.done()['day'].max()
        assert len(seen) == len(sent[sent.time < day]) and loop.digest() != whole

def test_trees_go_on_after_an_outcome_that_came_when_its_campaign_was_over(tmp_path):
    s = replace(S, model='trees', strategy='retrain')
    with Loop(FRAME, OUTCOMES, s, tmp_path/'plain.duckdb') as loop:
        loop.run()
        plans, turns = loop.state.read('plans'), loop.done()
    first = turns['campaign_id'].iloc[0]
    end = FRAME.loc[FRAME['campaign_id'] == first, 'end'].iloc[0]
    learned = turns.loc[turns['day'] > end, 'day'].iloc[0]
    sent = plans[plans['campaign_id'] == first].merge(OUTCOMES[KEY], on=KEY, how='left', indicator=True)
    missed = sent.loc[sent['_merge'] == 'left_only', KEY].iloc[:1]
    late = missed.assign(time=learned + pd.Timedelta(2, 'h'), kind='redeem', value=3., cost=1.)
    late = pd.concat([OUTCOMES, late], ignore_index=True)
    whole = live(tmp_path/'whole.duckdb', outcomes=late, s=s)
    for day in turns['day']:
        with Loop(FRAME, late, s, tmp_path/'broken.duckdb') as loop: loop.run(until=day + pd.Timedelta(1, 's'))
    assert live(tmp_path/'broken.duckdb', outcomes=late, s=s) == whole

def test_a_calibration_belongs_to_its_campaign(tmp_path):
    s = replace(S, strategy='retrain', trigger='alarm', start='2026-02-10')
    with Loop(FRAME, OUTCOMES, s, tmp_path/'s.duckdb') as loop:
        loop.run()
        d = loop.state.read('predictions').merge(loop.state.read('turns')[['campaign_id', 'a', 'b']], on='campaign_id')
    assert d['model_id'].nunique() < d['campaign_id'].nunique()                          # one model, several lines
    assert d.groupby('campaign_id')['a'].first().nunique() > 1
    np.testing.assert_allclose(expit(d['a'] + d['b']*d['z']), d['p_redeem'], atol=1e-9)

def test_decisions_are_traced_and_words_are_bound(tmp_path):
    path = tmp_path/'s.duckdb'
    live(path)
    with Loop(FRAME, OUTCOMES, S, path) as loop: p = loop.state.read('plans').iloc[0]
    t = explain_decision(path, p.user_id, p.campaign_id)
    assert t['model'].model_id == p.model_id and t['parents'][0] == p.model_id
    assert t['settings']['seed'] == 0 and t['settings']['discount_paid'] == .5
    with pytest.raises(UsageError, match='was no candidate'):
        explain_decision(path, "1' or '1'='1", "9'; drop table plans; --")
    assert len(loop_status(path)['turns']) == 3

SAMPLE = st.lists(st.floats(-1e6, 1e6), min_size=1, max_size=60)

@given(SAMPLE, SAMPLE)
def test_psi_is_a_divergence(a, b):
    assert psi(a, b) >= 0 and psi(a, a) == pytest.approx(0, abs=1e-12)

@given(st.integers(1, 300), st.floats(.05, .95))
def test_bets_on_shares_are_fair(total, share):
    k, q = np.arange(total + 1), 200*share
    log_ways = gammaln(total + 1) - gammaln(k + 1) - gammaln(total - k + 1)
    p = np.exp(log_ways + betaln(k + q, total - k + 200 - q) - betaln(q, 200 - q))
    assert (p*share_evalue(k, total, share)).sum() == pytest.approx(1, abs=1e-6)

@given(st.lists(st.floats(0, 50), min_size=1, max_size=30))
def test_the_sum_of_bets(e):
    R, alarms = e_detector(e)
    assert (R >= 0).all() and ((R >= 20) == alarms).all()

def test_the_log_of_a_lottery_is_fair(tmp_path):
    "Each candidate's chance is logged, also of what was left; its own policy is worth what it brought."
    s = replace(S, strategy='never', choose='thompson', draws=60)
    with Loop(FRAME, OUTCOMES, s, tmp_path/'s.duckdb') as loop:
        result, log = loop.run(), loop.decisions()
    assert log['propensity'].between(0, 1, inclusive='neither').all() and len(log) == len(result.truth)
    assert (log['action'] == 'send').sum() == result.table.sent.sum()
    send = log['propensity'].where(log['action'] == 'send', 1 - log['propensity'])
    # half a count from the ends is none, or all
    counts = np.round(send*61 - .25).where(send < .5, np.round(send*61 + .25))
    assert counts.sum() == pytest.approx(61*result.table.sent.sum())              # every plan that was counted is whole
    own = evaluate_policy(log, np.stack([1 - send, send], 1), reward='contribution', users='user_id', estimator='ips',
                          n_boot=20)
    assert own.value*len(log) == pytest.approx(result.table.contribution.sum())
    with Loop(FRAME, OUTCOMES, S, tmp_path/'greedy.duckdb') as loop:
        loop.turn()
        with pytest.raises(UsageError, match='no lottery'): loop.decisions()

@pytest.mark.parametrize('draws', [1, 10])
@pytest.mark.parametrize('explore', [0., .3])
def test_weights_of_counted_plans_are_fair(draws, explore):
    "The plan that goes out is counted too: on average the inverse weights of what is sent add up to all candidates."
    r, s, users = np.random.default_rng(0), replace(S, explore=explore), np.repeat(np.arange(10), 4)
    truth, total = r.normal(0, .3, 40), []
    for _ in range(150):
        gains = np.exp(truth + r.normal(0, 1, (draws + 1, 40)))
        lots = r.integers(2**31, size=draws + 1)
        sent = _count_sends(gains[:1], users, 12, s, lots[:1])
        count = sent + _count_sends(gains[1:], users, 12, s, lots[1:])
        total.append((sent/np.maximum(count/(draws + 1), 1e-9)).sum()/(count > 0).sum())
    assert np.mean(total) == pytest.approx(1, abs=4*np.std(total)/150**.5)

def test_forgetting_is_asked_of_rows_that_nobody_learned(tmp_path):
    for model in ('network', 'trees'):
        s = replace(S, strategy='retrain', model=model, held_out=.25, steps=60)
        with Loop(FRAME, OUTCOMES, s, tmp_path/f'{model}.duckdb') as loop:
            loop.run(until='2026-04-10')
            asked, past = loop.held_out_users(), set(loop.history()['campaign_id'])
            assert len(asked) == 15
            for _, m in loop.state.read('models').iterrows():
                read = loop.lessons(loop._ids(m.campaigns), m.day)
                assert len(read) == m.n_rows
                assert not (read['user_id'].isin(asked) & read['campaign_id'].isin(past)).any()
            f, whole = loop.forgetting(), loop.digest()
        assert f['relative'].iloc[0] == 0 and f['ap'].between(0, 1).all()
        for until in ('2026-03-27', '2026-04-10'):                                       # closed and resumed in between
            with Loop(FRAME, OUTCOMES, s, tmp_path/f'{model} again.duckdb') as loop:
                loop.run(until=until)
                again = loop.digest()
        assert again == whole
    with Loop(FRAME, OUTCOMES, S, tmp_path/'none.duckdb') as loop:
        loop.turn()
        with pytest.raises(UsageError, match='nobody was held out'): loop.forgetting()

@pytest.mark.parametrize('size', [1, 2, 5, 20, 100])
def test_false_alarms_of_segments_at_every_size(size):
    "Nothing changes: the segments' watch rings in at most 5 % of the looks."
    r, rung, looks = np.random.default_rng(size), 0, 0
    for _ in range(10):
        book = None
        for k in range(5):
            y = r.poisson(size*np.array([1., 1., 1.]))
            d = pd.DataFrame(dict(group=list('abc'), p_redeem=float(size), redeemed=y))
            book = pd.concat([book, book_campaign(book, k, pd.Timestamp(k, unit='D'), d)], ignore_index=True)
        rung, looks = rung + book.loc[book['what'] == 'share', 'alarm'].sum(), looks + 5
    assert rung/looks <= .05
