"The measurement report shows what was asked for, of a plan made here and of one from a file."
import re

import pandas as pd
import pytest

from promo_lib.core import PromoError
from promo_lib.report import find_notebook, run_report

TEMPLATE = 'measurement_report'

def text_of(path): return re.sub(r'<[^>]+>', ' ', re.sub(r'(?s)<(style|svg).*?</\1>', ' ', path.read_text('utf-8')))

def test_plan_from_a_file(cache, tmp_path):
    "Three pairs were sent: the report is about them, with the budget that was given."
    from promo_lib.data import load
    rows = load('sample').candidates(['18'])[['user_id', 'offer_id', 'campaign_id']].drop_duplicates('user_id').head(3)
    rows.to_csv(tmp_path/'sent.csv', index=False)
    page = run_report(find_notebook('reports', TEMPLATE), tmp_path/'out', dict(plan=str(tmp_path/'sent.csv'), budget=12345., fast=True), progress=False)
    text = text_of(page)
    assert '12,345' in text and 'by the plan in the file' in text and re.search(r'offers sent\s+3\b', text) and str(tmp_path) not in text
    assert not re.search(r'\bnan\b', text)

def test_bad_parameters(cache, tmp_path):
    with pytest.raises(PromoError, match='there is no file nowhere.csv'): run_report(find_notebook('reports', TEMPLATE), tmp_path, dict(plan='nowhere.csv', fast=True), progress=False)
