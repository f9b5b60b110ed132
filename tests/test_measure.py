"The measurement report shows what was asked for, of a plan made here and of one from a file."
import re

import pandas as pd
import pytest

from promo_lib.core import PromoError
from promo_lib.run import find_notebook, run_report

TEMPLATE = 'measurement_report'

def text_of(path): return re.sub(r'<[^>]+>', ' ', re.sub(r'(?s)<(style|svg).*?</\1>', ' ', path.read_text('utf-8')))

def test_plan_from_a_file(cache, tmp_path):
    "Three pairs were sent: the report is about them, with the budget that was given."
    from promo_lib.data import load
    rows = load('sample').candidates(['18'])[['user_id', 'offer_id', 'campaign_id']].drop_duplicates('user_id').head(3)
    rows.to_csv(tmp_path/'sent.csv', index=False)
    page = run_report(find_notebook('reports', TEMPLATE), tmp_path/'out',
                      dict(plan=str(tmp_path/'sent.csv'), budget=12345., fast=True), progress=False)
    text = text_of(page)
    assert ('12,345' in text and 'by the plan in the file' in text and re.search(r'offers sent\s+3\b', text)
            and str(tmp_path) not in text)
    assert not re.search(r'\bnan\b', text)

def test_bad_parameters(cache, tmp_path):
    with pytest.raises(PromoError, match='there is no file nowhere.csv'):
        run_report(find_notebook('reports', TEMPLATE), tmp_path, dict(plan='nowhere.csv', fast=True), progress=False)

@pytest.fixture(scope='module')
def design(tmp_path_factory):
    "Who was in campaign 18 of the sample, and the others as those held out; a file."
    from promo_lib.data import load
    data, path = load('sample'), tmp_path_factory.mktemp('design')/'design.csv'
    inside = data.users.user_id.isin(data.candidates(['18']).user_id)
    groups = pd.DataFrame(dict(user_id=data.users.user_id, group=inside.map({True: 'offer', False: 'holdout'})))
    groups.to_csv(path, index=False)
    return path

def test_measure_with_a_holdout(cache, promo, design, tmp_path):
    "The page compares all that both groups bought, and says who of the control group got offers."
    from promo_lib.data import load
    groups = pd.read_csv(design)
    sent = load('sample').candidates(['18'])[['user_id', 'offer_id']].drop_duplicates('user_id').head(9)
    sent.to_parquet(tmp_path/'sent.parquet')
    groups.loc[groups.user_id.isin(sent.user_id[:2]), 'group'] = 'control'      # two got offers all the same
    groups.to_csv(tmp_path/'groups.csv', index=False)
    r = promo('measure', '-c', '18', '-s', 'sample', '-b', '300', '--plan', tmp_path/'sent.parquet', '--holdout',
              tmp_path/'groups.csv', '-p', 'fast', 'true', '-o', tmp_path/'out')
    assert r.exit_code == 0 and r.stdout.split() == [str(tmp_path/'out'/'measurement_18.html')]
    text = re.sub(r'\s+', ' ', text_of(tmp_path/'out'/'measurement_18.html'))
    assert (re.search(r'customers 126 34\b', text)
            and '2 of the 34 control customers (6%) got an offer all the same' in text)
    assert ('incremental margin' in text and 'promo design says how many' not in text and str(tmp_path) not in text
            and not re.search(r'\bnan\b', text))

def test_measure_without_a_holdout(cache, promo, tmp_path):
    r = promo('measure', '-c', '18', '-s', 'sample', '-p', 'fast', 'true', '-o', tmp_path)
    assert r.exit_code == 0
    text = text_of(tmp_path/'measurement_18.html')
    assert 'may be claimed as measured' in text and 'promo design says how many' in text

def test_bad_holdout(cache, promo, design, tmp_path):
    "Refused with what is wrong in the list, and nothing is written."
    d = pd.read_csv(design)
    d.loc[0, 'user_id'], d.loc[1, 'group'] = 987654321, 'B'
    d.to_csv(tmp_path/'bad.csv', index=False)
    r = promo('measure', '-c', '18', '-s', 'sample', '--holdout', tmp_path/'bad.csv', '-p', 'fast', 'true', '-o',
              tmp_path/'out')
    assert (r.exit_code == 2 and 'holdout.user_id: is not a user of the tables' in r.output
            and 'holdout.group: is none of offer' in r.output and 'Traceback' not in r.output)
    assert not (tmp_path/'out').exists()
    for args, words in ((('--holdout', tmp_path/'none.csv'), 'there is no file'),
                        (('--plan', design.with_suffix('.txt')), 'is a .parquet or a .csv file')):
        r = promo('measure', '-c', '18', *args)
        assert r.exit_code == 2 and words in r.output
