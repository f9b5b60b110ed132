"""One plan, one profit: train → predict → allocate → replay → measure → report → loop, by the command line and by the
library,
on the files that the commands really write."""
import html, re
from pathlib import Path

import duckdb
import numpy as np
import pandas as pd
import pytest

ASSUMED = dict(margin_rate=.4, contact_cost=.05, discount_paid=.5, incremental_share=.8)
OPTIONS = [o for k, v in ASSUMED.items() for o in (f'--{k.replace("_", "-")}', str(v))]
PARAMETERS = [o for k, v in ASSUMED.items() for o in ('-p', k, str(v))]

@pytest.fixture(scope='module')
def line(cache, tmp_path_factory):
    "The files of the whole line, each made by a command from the one before."
    from conftest import run_promo
    folder = tmp_path_factory.mktemp('line')
    def promo(*args):
        r = run_promo(*args)
        assert r.exit_code == 0, r.output
    promo('train', '--source', 'sample', '--fast', '--out', folder/'model')
    promo('predict', '--model', folder/'model', '--source', 'sample', '--split', 'all', '--out', folder/'all.parquet')
    every = pd.read_parquet(folder/'all.parquet')
    every[every.campaign_id == 18].to_parquet(folder/'scores.parquet')
    promo('allocate', folder/'scores.parquet', '-b', '30', '--max-offers', '3', '--out', folder/'plan.parquet',
          *OPTIONS)
    promo('report', '-s', 'sample', '-c', '18', '-b', '30', '-p', 'max_offers', '3', '-p', 'fast', 'true', '-p',
          'scores', folder/'scores.parquet', '-o', folder/'pages', *PARAMETERS)
    promo('measure', '-s', 'sample', '-c', '18', '-b', '30', '--plan', folder/'plan.parquet', '-p', 'fast', 'true',
          '-p', 'scores', folder/'scores.parquet', '-o', folder/'pages', *PARAMETERS)
    return folder

@pytest.fixture(scope='module')
def campaign(line):
    from promo_lib import Campaign, load_sample
    return Campaign(load_sample(), 18, scores=line/'scores.parquet', **ASSUMED)

@pytest.fixture(scope='module')
def plan(campaign): return campaign.plan(30, max_offers=3)

def text_of(page):
    "What a page says, as a reader sees it."
    bare = re.sub(r'<[^>]+>', ' ', re.sub(r'(?s)<(style|svg).*?</\1>', ' ', page.read_text('utf-8')))
    return re.sub(r'\s+', ' ', html.unescape(bare).replace('\xa0', ' '))

def test_predict_writes_the_contract_of_scores(line):
    from promo_lib.data import KEY, SCORES
    assert list(pd.read_parquet(line/'all.parquet')) == [*KEY, *SCORES]

def test_the_command_plans_what_the_library_plans(line, plan):
    sent = pd.read_parquet(line/'plan.parquet')
    keys = ['user_id', 'offer_id', 'campaign_id']
    assert set(map(tuple, sent[keys].astype(str).to_numpy())) == set(map(tuple,
        plan.table[keys].astype(str).to_numpy()))
    assert np.allclose([sent.value.sum(), sent.cost.sum()], [plan.value, plan.cost])

def test_one_plan_has_one_profit(line, campaign, plan):
    "By replay, by measurement, by the waterfall, by the comparison, and by the plan's file."
    profit = campaign.replay(plan).summary.profit
    done = campaign.measure(plan, n_boot=20)
    others = [done.summary.realised['profit'], done.waterfall.amount['profit'],
              campaign.compare([30], max_offers=3, n_boot=20).profit[0],
              campaign.replay(campaign.read_plan(line/'plan.parquet')).summary.profit]
    assert np.allclose(others, profit)
    assert np.isclose(campaign.expected(plan).profit, plan.profit)

def test_the_pages_show_that_profit(line, campaign, plan):
    from promo_lib.page import cash_text
    def cash(x): return cash_text(x, campaign.unit).replace('\xa0', ' ')
    profit = cash(campaign.replay(plan).summary.profit)
    report, measured = (text_of(line/'pages'/f'{o}_18.html') for o in ('campaign', 'measurement'))
    assert f'a profit of {cash(plan.profit)}' in report
    assert re.search(rf'profit {re.escape(cash(plan.profit))} \([^()]* to [^()]*\) {re.escape(profit)} \(', report)
    assert f'a profit of {profit} (95 % interval' in measured

def test_the_loop_gives_that_profit(tmp_path):
    """What the loop says its plan of a campaign brought is what a replay of that plan says, money that was not
    recorded included."""
    from promo_lib import Campaign, Loop, LoopSettings, Money, add_features, load_sample
    data = load_sample()
    money, frame = Money.of(data, **ASSUMED), add_features(data)
    settings = LoopSettings(start='2017-11-01', money=money)
    with Loop(frame, data.outcomes, settings, tmp_path/'year.duckdb') as loop: result = loop.run()
    row = result.table[result.table.sent > 0].iloc[-1]
    with duckdb.connect(str(tmp_path/'year.duckdb'), read_only=True) as state:
        said = state.execute('select * from predictions where campaign_id = ?', [int(row.campaign_id)]).df()
        sent = state.execute('select * from plans where campaign_id = ?', [int(row.campaign_id)]).df()
    campaign = Campaign(data, row.campaign_id, money, scores=said.assign(p_low=0., p_high=1.))
    assert len(sent) == row.sent
    assert np.isclose(campaign.replay(sent[['user_id', 'offer_id', 'campaign_id']]).summary.profit, row.profit)

def test_readme_has_that_profit():
    "The README's own figures come from the same lines."
    from promo_lib import Campaign, load_sample
    c = Campaign(load_sample(), 18, margin_rate=.4, fast=True)
    p = c.plan(budget=30, max_offers=3)
    readme = Path(__file__).parent.parent/'README.md'
    if not readme.is_file(): pytest.skip('the README is not here')
    s, text = c.replay(p).summary, readme.read_text(encoding='utf-8')
    for k in ('offers', 'profit'): assert re.search(rf'{k}\s+{s[k]:.2f}', text), (k, s[k])

@pytest.mark.parametrize('spoil, said', [
    (lambda s: s.drop(columns='e_sales'), 'e_sales'), (lambda s: pd.concat([s, s[:1]]), 'more than once'),
    (lambda s: s[1:], 'have no score'),
    (lambda s: s.assign(p_redeem=100*s.p_redeem + 1, p_low=0., p_high=100.), 'p_redeem'),
    (lambda s: s.assign(p_redeem=np.nan), 'p_redeem')])
def test_every_command_refuses_wrong_scores(line, promo, tmp_path, spoil, said):
    "One clear error, no traceback, nothing written."
    wrong = tmp_path/'wrong.parquet'
    spoil(pd.read_parquet(line/'scores.parquet')).to_parquet(wrong)
    commands = [['report', '-s', 'sample', '-c', '18', '-p', 'fast', 'true', '-p', 'scores', wrong, '-o',
                 tmp_path/'out'],
                ['measure', '-s', 'sample', '-c', '18', '-p', 'fast', 'true', '-p', 'scores', wrong, '-o',
                 tmp_path/'out']]
    # a file alone cannot lack a candidate
    if said != 'have no score': commands.append(['allocate', wrong, '-b', '30', '--out', tmp_path/'plan.parquet'])
    for args in commands:
        r = promo(*args)
        assert r.exit_code == 2 and said in r.output and 'Traceback' not in r.output, r.output
    assert not (tmp_path/'plan.parquet').exists()

@pytest.mark.parametrize('option, value, said', [('margin-rate', '30', 'margin_rate'),
                                                 ('contact-cost', '-1', 'contact_cost'),
                                                 ('discount-paid', 'nan', 'discount_paid'),
                                                 ('incremental-share', '2', 'incremental_share')])
def test_every_command_refuses_wrong_money(line, promo, tmp_path, option, value, said):
    r = promo('allocate', line/'scores.parquet', '-b', '30', '--out', tmp_path/'plan.parquet', f'--{option}={value}')
    assert r.exit_code == 2 and said in r.output and 'Traceback' not in r.output, r.output
    r = promo('report', '-s', 'sample', '-c', '18', '-p', 'fast', 'true', '-p', option.replace('-', '_'), value, '-p',
              'scores', line/'scores.parquet', '-o', tmp_path/'out')
    assert r.exit_code == 2 and said in r.output and 'Traceback' not in r.output, r.output
