"The report is one page that opens without a network and shows what was asked for."
import json, re
from unittest import mock

import pytest

from promo_lib.core import PromoError, UsageError
from promo_lib.run import check_parameters, find_notebook, run_many

@pytest.fixture(scope='module')
def folder(cache, tmp_path_factory):
    "A report of campaign 18 with more money than all offers cost."
    from conftest import run_promo
    out = tmp_path_factory.mktemp('reports')
    r = run_promo('report', '-c', '18', '-b', '98765', '-s', 'sample', '-p', 'fast', 'true', '-p', 'contact_cost',
                  '0.07', '-o', out)
    assert r.exit_code == 0, r.output
    assert r.stdout.split() == [str(out/'campaign_18.html')]
    return out

@pytest.fixture(scope='module')
def page(folder): return (folder/'campaign_18.html').read_text('utf-8')

def text_of(page): return re.sub(r'<[^>]+>', ' ', re.sub(r'(?s)<(style|svg|script)\b.*?</\1>', ' ', page))

def test_shows_what_was_asked_for(page):
    "A default in the place of a given value would be a report of something else."
    text = text_of(page)
    assert re.search(r'[Cc]ampaign\s+18\b', text)
    assert '98,765' in text and '0.07' in text

def test_notebook_beside_the_page(folder):
    "The executed notebook has the parameters, ran from top to bottom and shows no error."
    assert {'campaign_18.html', 'campaign_18.ipynb'} <= {o.name for o in folder.iterdir()}
    cells = json.loads((folder/'campaign_18.ipynb').read_text('utf-8'))['cells']
    given, = (''.join(o['source']) for o in cells if 'injected-parameters' in o['metadata'].get('tags', []))
    assert 'campaign_id = "18"' in given and 'budget = 98765.0' in given
    assert all(o['execution_count'] for o in cells if o['cell_type'] == 'code' and ''.join(o['source']).strip())
    assert not [p for o in cells for p in o.get('outputs', []) if p['output_type'] == 'error']

def test_opens_offline(page):
    "Nothing is fetched, and nothing runs but the planner's script, known by its hash."
    from promo_lib.planner import PLANNER_HASH, PLANNER_SCRIPT
    scripts = re.findall(r'(?s)<script\b[^>]*>(.*?)</script>', page)
    assert len(scripts) == 2 and scripts[1] == PLANNER_SCRIPT and f"script-src '{PLANNER_HASH}'" in page
    assert not re.search(r'<[^>]+\son\w+\s*=', re.sub(r'(?s)<script\b.*?</script>', '', page))
    assert not re.findall(r'(?:src|srcset|poster|data|action)\s*=\s*["\']?\s*(?:https?:)?//', page)
    assert (not re.findall(r'<link\b[^>]*href', page) and not re.findall(r'url\(\s*["\']?\s*(?:https?:)?//', page)
            and '@import' not in page)
    assert '<iframe' not in page and 'http-equiv="refresh"' not in page.lower()

def test_no_code_and_no_paths(page):
    "A manager's page: no code, no folder of this machine, no warning."
    text = text_of(page)
    for o in 'import ', 'Traceback', 'Warning:', '/tmp/', 'site-packages': assert o not in text
    assert page.count('<svg') >= 3 and '<title>' in page and not re.search(r'\bnan\b', text)

def test_groups_and_past_campaigns(page):
    text = re.sub(r'<[^>]+>', ' ', page)
    for o in 'Who is reached?', 'Reach by age', 'sensitive categories', 'Past campaigns', 'per 100': assert o in text, o

def test_unknown_parameter():
    template = find_notebook('reports', 'campaign_report')
    with pytest.raises(UsageError, match="no parameter 'campain_id'.*Did you mean 'campaign_id'"):
        check_parameters(template, {'campain_id': 18})

def test_parameters_have_comments():
    "`promo report --list` says what each is for."
    from promo_lib.run import notebook_parameters
    found = notebook_parameters(find_notebook('reports', 'campaign_report'))
    asked = 'source campaign_id budget currency contact_cost margin_rate incremental_share max_offers seed scores fast'
    assert set(found) >= set(asked.split())
    assert all(o.help for o in found.values())

def test_many(tmp_path):
    "Reports in parallel: one that fails is named, and takes no other with it."
    template = find_notebook('reports', 'campaign_report')
    jobs = [dict(template=template, out_dir=tmp_path, params=dict(source='sample', fast=True, campaign_id=o),
                 name=f'campaign_{o}') for o in ('22', '99')]
    with pytest.raises(PromoError, match='1 of 2 reports failed') as e: run_many(jobs, workers=2)
    assert 'no campaign 99' in str(e.value)
    assert sorted(o.name for o in tmp_path.iterdir()) == ['campaign_22.html', 'campaign_22.ipynb']

def test_all_of_the_test(promo, tmp_path):
    "`--all` makes one job per campaign, on shared scores where they learn from the same past."
    asked = []
    def none(jobs, workers):
        asked.extend(jobs)
        return [tmp_path/f'{o["name"]}.html' for o in jobs]
    with mock.patch('promo_lib.run.run_many', none):
        r = promo('report', '--all', '-s', 'sample', '-p', 'fast', 'true', '-o', tmp_path)
    assert r.exit_code == 0, r.output
    assert [o['params']['campaign_id'] for o in asked] == [str(o) for o in range(16, 24)]
    assert len({o['params'].get('scores') for o in asked}) == 1 and asked[0]['params']['scores'].endswith('.parquet')
