"Pacing: nothing is overspent and nothing leaks, whatever the actions; the command line; what is refused."
import json
from dataclasses import fields

import numpy as np, pandas as pd, pytest
from hypothesis import given, settings, strategies as st

from promo_lib.agents import Comparison, Policy, make_agent, play
from promo_lib.core import UsageError
from promo_lib.env import SCENARIOS, Market, PacingState, PromoBudgetEnv, Scenario, Simulator, toy_market

settings.register_profile('small', max_examples=40, deadline=None, derandomize=True)
settings.load_profile('small')

TOY = toy_market(40)
worlds = st.builds(Scenario, horizon=st.integers(1, 9), traffic=st.sampled_from([0., 1., 20.]),
                   budget=st.sampled_from([0., .01, .25, 3.]), shock=st.sampled_from([1., 4.]),
                   bias=st.sampled_from([0., 2.]), drift=st.sampled_from([0., 1.]),
                   competitor=st.sampled_from([0., .9]), delay=st.booleans(), daily=st.booleans(), log=st.booleans())
price = st.sampled_from([0., 1e-9, .5, 1., 7., 1e9, float('inf')])

N = Market.n_segments
day_of_prices = st.lists(price, min_size=N*5, max_size=N*5)

@given(world=worlds, days=st.lists(day_of_prices, min_size=9, max_size=9), seed=st.integers(0, 99))
def test_no_overspend_under_adversarial_prices(world, days, seed):
    "A price of its own for each segment and offer, on each day, by somebody who wants to overspend."
    sim, done, t = Simulator(TOY, world, 2, seed), False, 0
    state = sim.reset(seed)
    while not done:
        before = state.left
        state, reward, done = sim.step(np.array(days[t]).reshape(1, N, 5).repeat(2, 0))
        assert (state.left >= 0).all() and (state.left <= before).all() and np.isfinite(reward).all()
        t += 1
    assert (sim.state.left <= sim.state.budget).all() and (sim.share() <= 1 + 1e-9).all()

@given(actions=st.lists(st.integers(0, 10), min_size=28, max_size=28), seed=st.integers(0, 9))
def test_no_overspend_by_the_environment(actions, seed):
    env = PromoBudgetEnv(TOY, 'demand shock')
    _, info = env.reset(seed=seed)
    for a in actions: *_, last = env.step(a)
    assert 0 <= last['left'] <= info['budget']

@given(bias=st.floats(0, 3), drift=st.floats(0, 2), seed=st.integers(0, 99))
def test_first_morning_does_not_know_the_response(bias, drift, seed):
    "Episodes that differ in the true response alone show the same first morning to every policy."
    a, b = (Simulator(TOY, o, 3, seed) for o in (Scenario(traffic=20.), Scenario(traffic=20., bias=bias, drift=drift)))
    one, two = a.reset(seed), b.reset(seed)
    for o in fields(PacingState): np.testing.assert_array_equal(getattr(one, o.name), getattr(two, o.name))
    for name in ('mpc', 'calibrated mpc', 'linucb', 'hindsight'):
        policy = make_agent(name)
        np.testing.assert_array_equal(policy.prices(one), policy.prices(two))

@pytest.mark.parametrize('changed', ['shock', 'competitor'])
def test_first_morning_does_not_know_the_traffic(changed):
    "The same for traffic: what is to come cannot be seen before it comes."
    one, two = (Simulator(TOY, o, 3, 1).reset(1) for o in (Scenario(), Scenario(**{changed: .9})))
    for o in fields(PacingState): np.testing.assert_array_equal(getattr(one, o.name), getattr(two, o.name))

@pytest.mark.parametrize('name', SCENARIOS)
def test_rules_stay_below_the_optimum(name):
    for agent in ('greedy', 'uniform', 'fixed', 'pid', 'mpc', 'calibrated mpc', 'thompson', 'linucb', 'q'):
        run = play(make_agent(agent), Simulator(TOY, Scenario(**{**SCENARIOS[name].__dict__, 'traffic': 20.}), 8), 3)
        assert (run.share <= 1 + 1e-9).all() and (run.spent.sum(0) <= run.budget*(1 + 1e-12)).all()

def test_kept_policy_decides_the_same(tmp_path):
    sim = Simulator(TOY, Scenario(traffic=20., horizon=6), 4, vary=.1)
    agent = make_agent('hindsight').train(sim, 48)
    agent.save(tmp_path/'a.safetensors', campaign='18')
    again, state = Policy.load(tmp_path/'a.safetensors'), Simulator(TOY, Scenario(traffic=20., horizon=9), 1).reset(0)
    assert again.about == {'campaign': '18'}
    a, b = agent.act(state), again.act(state)
    np.testing.assert_allclose(a.price, b.price)
    assert a.reason == b.reason and 'this campaign has 9 days, the training had 6' in a.reason

def test_broken_policy_file(tmp_path):
    for content in (b'', b'{}', b'\0'*64):
        (tmp_path/'p').write_bytes(content)
        with pytest.raises(UsageError, match='cannot be read as a policy'): Policy.load(tmp_path/'p')
    with pytest.raises(UsageError, match='cannot be read as a policy'): Policy.load(tmp_path/'none')

def test_simulate(promo, tmp_path):
    "The command trains, compares and writes its page."
    r = promo('simulate', '-s', 'sample', '--scenario', 'competitor', '--agents', 'fixed, hindsight', '--fast',
              '--horizon', '14', '-o', tmp_path)
    assert r.exit_code == 0, r.output
    page = (tmp_path/'pacing_report.html').read_text('utf-8')
    assert 'competitor' in page and 'hindsight' in page and '<script' not in page
    # the stepped view came through the cleaning
    assert page.count('type="radio"') == 14 and page.count(' checked') == 1 and len(page) < 1_000_000
    assert set(r.stdout.split()) == {str(tmp_path/'pacing_report.html'), str(tmp_path/'pacing_policies')}
    kept = Comparison.load(tmp_path/'pacing_policies')
    assert list(kept.policies) == ['fixed', 'hindsight'] and kept.policies['hindsight'].trained_on == 14
    assert (tmp_path/'pacing_policies'/'results.csv').read_text().startswith('policy,share,low,high')
    assert (tmp_path/'pacing_policies'/'spending.png').read_bytes()[:4] == b'\x89PNG'
    r = promo('act', tmp_path/'pacing_policies', '--policy', 'hindsight', '--day', '5', '--left', '1',
              '--customers', '9', '--redeemed', '1', '--predicted', '2')
    assert r.exit_code == 0 and 'day 5 of 14' in r.stdout and '1 redemptions against 2 predicted' in r.stdout

def test_simulate_leaves_other_folders_alone(promo, tmp_path):
    "Who has a folder of the same name with something else in it keeps it; and it is said before the work."
    (tmp_path/'pacing_policies').mkdir()
    (tmp_path/'pacing_policies'/'mine.txt').write_text('keep')
    r = promo('simulate', '-s', 'sample', '--fast', '-o', tmp_path)
    assert r.exit_code == 2 and 'left alone' in r.stderr
    assert [o.name for o in tmp_path.rglob('*')] == ['pacing_policies', 'mine.txt']
    (tmp_path/'file').write_text('')
    assert promo('simulate', '-s', 'sample', '--fast', '-o', tmp_path/'file').exit_code == 2

def kept_comparison(folder):
    made = [make_agent('mpc'), make_agent('hindsight')]
    table = pd.DataFrame({'share': [.9, .8]}, index=['mpc', 'hindsight'])
    return Comparison.save(folder, table, made, TOY, Scenario(traffic=20.))

@given(day=st.integers(0, 27), part=st.floats(0, 1), customers=st.none() | st.floats(0, 1e6),
       redeemed=st.floats(0, 1e4), predicted=st.floats(0, 1e4))
def test_any_morning_gets_a_decision(day, part, customers, redeemed, predicted):
    first = TOY.first_morning(Scenario(traffic=20.))
    now = first.morning(1, day, part*float(first.budget[1]), customers, redeemed, predicted)
    for name in ('fixed', 'pid', 'mpc', 'calibrated mpc', 'linucb', 'hindsight', 'q'):
        d = make_agent(name).act(now)
        assert np.isfinite(d.price).all() and (d.price >= 0).all() and d.reason

@pytest.mark.parametrize('broken, said', [
    (None, 'there is no folder'), ('pacing.json', 'is missing'), ('mpc.safetensors', 'cannot be read as a policy'),
    ('forecast.safetensors', 'cannot be read as a forecast')])
def test_act_refuses_broken_folders(promo, tmp_path, broken, said):
    folder = tmp_path/'none' if broken is None else kept_comparison(tmp_path/'kept')
    if broken: (folder/broken).unlink()
    r = promo('act', folder)
    assert r.exit_code == 2 and said in r.stderr and 'Traceback' not in r.stderr

@pytest.mark.parametrize('change, said', [
    ({'format': 2}, 'of format 2'), ({'policies': {'mpc': '../../mpc.safetensors'}}, 'outside its folder'),
    ({'policies': {'mpc': '/etc/passwd'}}, 'outside its folder'),
    ({'policies': [1]}, 'cannot be read'), ({'campaigns': None}, 'cannot be read'),
    ({'horizon': 'long'}, 'cannot be read')])
def test_act_refuses_foreign_indexes(promo, tmp_path, change, said):
    folder = kept_comparison(tmp_path/'kept')
    index = folder/'pacing.json'
    index.write_text(json.dumps(json.loads(index.read_text()) | change))
    r = promo('act', folder)
    assert r.exit_code == 2 and said in r.stderr and 'Traceback' not in r.stderr

def test_nothing_half_kept(tmp_path, monkeypatch):
    "A disk that fails in the middle leaves the older comparison as it was."
    folder = kept_comparison(tmp_path/'kept')
    before = {o.name: o.read_bytes() for o in folder.iterdir()}
    monkeypatch.setattr(pd.DataFrame, 'to_csv', lambda *a, **k: (_ for _ in ()).throw(OSError('disk full')))
    with pytest.raises(OSError): kept_comparison(folder)
    assert {o.name: o.read_bytes() for o in folder.iterdir()} == before
    assert [o.name for o in tmp_path.iterdir()] == ['kept']

@pytest.mark.parametrize('args, said', [
    (['--scenario', 'rain'], "no scenario 'rain'"), (['--agents', 'fixed, oracle'], "no agent 'oracle'"),
    (['--agents', ','], 'at least one agent'), (['--steps', '0'], 'steps must be 1 or above')])
def test_simulate_refuses(promo, args, said):
    r = promo('simulate', '-s', 'sample', '--fast', *args)
    assert r.exit_code == 2 and said in r.output + r.stderr and 'Traceback' not in r.output

def test_a_policy_that_lacks_an_array_is_told(tmp_path):
    from safetensors import safe_open
    from safetensors.numpy import save_file
    sim = Simulator(TOY, Scenario(traffic=20., horizon=6), 4, vary=.1)
    make_agent('q').train(sim, 48).save(tmp_path/'q.safetensors')
    with safe_open(str(tmp_path/'q.safetensors'), 'np') as f: meta = f.metadata()
    save_file({'other': np.zeros(1)}, tmp_path/'bare.safetensors', metadata=meta)
    with pytest.raises(UsageError, match='bare.safetensors lacks'): Policy.load(tmp_path/'bare.safetensors')
