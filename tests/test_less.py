"Pages of shops that know less: a missing table, column or amount is said with what it costs, and no page breaks."
import json
from unittest import mock

import matplotlib.pyplot as plt
import numpy as np
import pandas as pd
import pytest

from promo_lib.campaign import Campaign
from promo_lib.data import KEY, PromoData
from promo_lib.folder import PlanFolder, plan_campaigns
from promo_lib.run import find_notebook

MONEY = ('value', 'cost', 'discount')
GONE = ('profit', 'margin', 'ROI', 'ROAS')     # no word of them where nobody knows the money

def without(*names): return lambda t: {k: o for k, o in t.items() if k not in names}

def columns_gone(table, *columns):
    return lambda t: t | {table: t[table].drop(columns=[c for c in columns if c in t[table]])}

def no_money(t):
    return {k: o if k == 'purchases' else o.drop(columns=[c for c in MONEY if c in o]) for k, o in t.items()}

def no_times(t): return t | dict(outcomes=t['outcomes'].assign(time=pd.NaT))

def one_stub(t): return t | dict(purchases=t['purchases'].head(1))

def one_known(t):
    age = np.where(np.arange(len(t['users'])) == 0, '25-34', None)
    return t | dict(users=t['users'][['user_id']].assign(age=age))

def stated_only(t): return no_money(t) | dict(offers=t['offers'])

def with_views(t):
    o = t['outcomes']
    seen = t['exposures'].merge(t['offers'][['campaign_id', 'offer_id']], on='campaign_id')
    if 'offer_id_x' in seen: seen = seen.rename(columns=dict(offer_id_x='offer_id'))
    seen = seen[[c for c in KEY if c in seen]].drop_duplicates().iloc[::3]
    start = t['offers'].groupby('campaign_id')['start'].min()
    seen = seen[seen['campaign_id'].isin(o['campaign_id'])]
    return t | dict(outcomes=pd.concat([o, seen.assign(kind='view', time=seen['campaign_id'].map(start))]))

def bare(t):
    keep = dict(offers=['offer_id', 'campaign_id', 'start', 'end'], exposures=['user_id', 'campaign_id', 'offer_id'],
                outcomes=[*KEY, 'kind'], eligible=['user_id', 'campaign_id', 'offer_id'])
    return {k: t[k][[c for c in v if c in t[k]]] for k, v in keep.items() if k in t}

SHOPS = {'no purchases': without('purchases'), 'no items': without('items', 'offer_items'), 'no users': without('users'),
         'no offer_items': without('offer_items'), 'no times of redemptions': no_times, 'one stub row': one_stub,
         'an attribute of one user': one_known, 'no money': no_money, 'discounts stated only': stated_only,
         'no value': columns_gone('outcomes', 'value'), 'views beside redemptions': with_views, 'the least': bare}

def shown(template, **params):
    "What the cells of a template show, as text, run in this process: no kernel has to start for each of many shops."
    cells = [''.join(c['source']) for c in json.loads(find_notebook('reports', template).read_text('utf-8'))['cells']
             if c['cell_type'] in ('code', 'markdown') and not (c['cell_type'] == 'markdown')]
    told = [''.join(c['source']) for c in json.loads(find_notebook('reports', template).read_text('utf-8'))['cells']
            if c['cell_type'] == 'markdown']
    out, space = [], {}
    def display(*things): out.extend(getattr(o, 'data', None) or str(o) for o in things)
    def say(*things): out.append(' '.join(map(str, things)))
    with mock.patch('IPython.display.display', display), mock.patch('promo_lib.page.report_style'):
        exec(cells[0], space)
        space |= params | dict(print=say)
        for text in cells[1:]:
            exec(compile(text, template, 'exec'), space)
            plt.close('all')
    return '\n'.join([*told, *map(str, out)])

class Less:
    "The small shop of the tests, before and after a change that takes something away."
    def __init__(self, world, folder): self.world, self.folder = world, folder

    def data(self, change, coming=True):
        d = self.world.data
        t = change(dict(d.tables))
        if not coming:
            t = {k: o[o['campaign_id'] != self.world.campaign] if 'campaign_id' in o else o for k, o in t.items()}
            t = {k: o for k, o in t.items() if len(o)}
        return PromoData.from_tables(t, name='一家商店', currency=d.currency)

    def source(self, data, name): return str(data.to_folder(self.folder/name/'shop', 'parquet'))

@pytest.fixture(scope='module')
def less(world, tmp_path_factory): return Less(world, tmp_path_factory.mktemp('less'))

def check_money(text, goal):
    if goal == 'profit': return
    for o in GONE: assert o not in text, (o, text[max(0, text.find(o) - 200):text.find(o) + 100])

@pytest.mark.parametrize('name', SHOPS)
def test_plan_page(less, name):
    data = less.data(SHOPS[name])
    made = plan_campaigns(data, less.world.campaign, less.folder/'plans'/name/'夏季', 40, .2, page=False, fast=True,
                          money=dict(contact_cost=.1))
    text = shown('plan_report', plan=str(made.path))
    assert '夏季' in text
    assert len(made.sent)
    assert ('What is missing, and what that costs' in text) == (len(data.gaps) > 0)
    goal = made.money.goal
    assert (goal == 'redemptions') == (name in ('no money', 'the least', 'discounts stated only'))
    assert ('Nobody knows what a redemption' in text) == (goal == 'redemptions')
    check_money(text, goal)

@pytest.mark.parametrize('name', [*SHOPS, 'no ends'])
def test_campaign_page(less, name):
    change = SHOPS.get(name) or columns_gone('offers', 'end')
    data = less.data(change, coming=False)
    campaign = data.offers.sort_values('start')['campaign_id'].iloc[-1]
    source = less.source(data, name)
    text = shown('campaign_report', source=source, campaign_id=str(campaign), budget=20., contact_cost=.1, fast=True)
    assert 'Campaign report' in text
    assert ('What is missing, and what that costs' in text) == (len(data.gaps) > 0)
    check_money(text, Campaign(data, campaign, fast=True).money.goal)
