"A campaign that is over, planned as if it were to come: one page, nothing of the future in its first half."
import re, shutil

import pandas as pd, pytest

from promo_lib.data import load_sample
from promo_lib.folder import PlanFolder
from promo_lib.ledger import Ledger

def text_of(page):
    "What a reader sees."
    page = re.sub(r'<(style|script|svg|head)\b.*?</\1>', ' ', page.read_text('utf-8'), flags=re.S)
    return re.sub(r'\s+', ' ', re.sub(r'<[^>]+>', ' ', page))

@pytest.fixture(scope='module')
def out(tmp_path_factory): return tmp_path_factory.mktemp('rehearsal')/'reports'

def rehearse(promo, out): return promo('rehearse', '-c', '18', '-b', '30', '-s', 'sample', '-o', out, '--fast')

def test_page(promo, out):
    "The page of the plan, and below it what came; that nobody was held out is said, and nothing is claimed."
    r = rehearse(promo, out)
    assert r.exit_code == 0, r.output
    assert 'Nobody was really held out' in r.stdout and r.stdout.split()[-1] == str(out/'campaign_18.html')
    before, _, after = text_of(out/'campaign_18.html').partition('Everything above was known')
    for o in ('Plan of campaign 18', 'What it rests on', 'No plan of this shop has been measured yet'):
        assert o in before
    for o in ('Promised and came', 'Nobody was really held out', 'What should be learned'):
        assert o in after and o not in before
    assert 'Method and limits' in after and 'it caused a margin' not in after
    start = load_sample().offers.query('campaign_id == 18')['start'].min()
    about = PlanFolder(out/'plans'/'campaign_18').about
    assert about['data']['known_until'] == str(start) and about['money']['discount_paid'] == .5

def test_same_as_plan(promo, out, tmp_path):
    "It promises what `promo plan` does on tables that were really cut."
    data = load_sample()
    start = data.offers.query('campaign_id == 18')['start'].min()
    data.as_of(start, [18]).to_folder(tmp_path/'before')
    money = ['--margin-rate', '.3', '--contact-cost', '.02', '--discount-paid', '.5', '--currency', 'USD']
    r = promo('plan', '-s', tmp_path/'before', '-c', '18', '-b', '30', '--max-offers', '16', '-o', tmp_path/'plans/c18',
              '--fast', *money)
    assert r.exit_code == 0, r.output
    a, b = (PlanFolder(o) for o in (out/'plans'/'campaign_18', tmp_path/'plans'/'c18'))
    assert a.facts['promise'] == b.facts['promise'] and a.facts['decision'] == b.facts['decision']
    pd.testing.assert_frame_equal(a.read('plan'), b.read('plan'))

def test_again(promo, out):
    "Made anew, it is the same, and its own outcome is not known to it; what somebody approved stays."
    folder = out/'plans'/'campaign_18'
    old = (folder/'plan.json').read_bytes(), (folder/'outcome.json').read_bytes()
    r = rehearse(promo, out)
    assert r.exit_code == 0, r.output
    assert ((folder/'plan.json').read_bytes(), (folder/'outcome.json').read_bytes()) == old
    assert len(Ledger(out/'plans').table) == 1 and 'planned and measured so far' not in text_of(out/'campaign_18.html')
    (folder/'approvals.jsonl').unlink()
    PlanFolder(folder).approve('Ann')
    r = rehearse(promo, out)
    assert r.exit_code == 2 and 'is approved' in r.stderr and folder.is_dir()
    shutil.rmtree(folder)

@pytest.mark.parametrize('args, said', [
    ([], 'name a campaign that is over'), (['-c', '23', '-s', 'sample'], 'campaign 23 is running'),
    (['-c', '99', '-s', 'sample'], '99'), (['-c', '18', '-s', 'sample', '-b', '0', '--fast'], 'the budget is 0'),
    (['-c', '19', '-s', 'sample', '--fast'], 'so small that it shows nothing'),
    (['-c', '18', '-s', 'sample', '--holdout', '1'], 'nobody is left')])
def test_refused(promo, tmp_path, args, said):
    "What cannot be rehearsed is said in words, and leaves no page."
    r = promo('rehearse', *args, '-o', tmp_path/'out')
    assert r.exit_code == 2 and said in r.stderr and 'Traceback' not in r.output
    assert not list((tmp_path/'out').glob('*.html'))
