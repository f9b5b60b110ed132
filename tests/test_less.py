"Pages of shops that know less: a missing table, column or amount is said with what it costs, and no page breaks."
import json, re
from unittest import mock

import matplotlib.pyplot as plt
import numpy as np
import pandas as pd
import pytest

from promo_lib.campaign import Campaign
from promo_lib.core import UsageError, rng
from promo_lib.data import KEY, PromoData
from promo_lib.folder import plan_campaigns
from promo_lib.follow import follow
from promo_lib.money import Money
from promo_lib.outcome import measure_plan
from promo_lib.run import find_notebook, run_report

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

def no_products(t): return without('items', 'offer_items')(columns_gone('outcomes', 'value')(t))

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

SHOPS = {'no purchases': without('purchases'), 'no items': without('items', 'offer_items'),
         'no users': without('users'), 'no offer_items': without('offer_items'),
         'no times of redemptions': no_times, 'one stub row': one_stub,
         'an attribute of one user': one_known, 'no money': no_money, 'discounts stated only': stated_only,
         'no value': columns_gone('outcomes', 'value'), 'no value and no products': no_products,
         'no ends': columns_gone('offers', 'end'), 'views beside redemptions': with_views, 'the least': bare}

LEARNED = ('one stub row', 'an attribute of one user', 'the least')   # of which a model is made, not only pages

def shown(template, **params):
    "What the cells of a template show, as text, run in this process: no kernel has to start for each of many shops."
    cells = json.loads(find_notebook('reports', template).read_text('utf-8'))['cells']
    out = [''.join(c['source']) for c in cells if c['cell_type'] == 'markdown']
    code = [''.join(c['source']) for c in cells if c['cell_type'] == 'code']
    def display(*things): out.extend(str(getattr(o, 'data', None) or o) for o in things)
    def say(*things): out.append(' '.join(map(str, things)))
    space = {}
    with mock.patch('IPython.display.display', display), mock.patch('promo_lib.page.report_style'):
        exec(code[0], space)
        space |= params | dict(print=say)
        for text in code[1:]:
            exec(compile(text, template, 'exec'), space)
            plt.close('all')
    return '\n'.join(out)

class Less:
    "The small shop of the tests, after a change that takes something away."
    def __init__(self, world, folder): self.world, self.folder = world, folder

    def data(self, change, coming=True):
        d = self.world.data
        t = change(dict(d.tables))
        if not coming:
            t = {k: o[o['campaign_id'] != self.world.campaign] if 'campaign_id' in o else o for k, o in t.items()}
            t = {k: o for k, o in t.items() if len(o)}
        return PromoData.from_tables(t, name='一家商店', currency=d.currency)

    def plan(self, name, out):
        scores = None if name in LEARNED else self.world.scores
        return plan_campaigns(self.data(SHOPS[name]), self.world.campaign, out, 40, .2, page=False, scores=scores,
                              fast=True, money=dict(contact_cost=.1))

    def source(self, name): return str(self.data(SHOPS[name]).to_folder(self.folder/name/'coming', 'parquet'))

    def past(self, name):
        "The shop without the campaign to come: its folder and the parameters of a page of its last campaign."
        data = self.data(SHOPS[name], coming=False)
        source = data.to_folder(self.folder/name/'shop', 'parquet')
        last = str(data.offers.sort_values('start')['campaign_id'].iloc[-1])
        params = dict(source=str(source), campaign_id=last, budget=20., contact_cost=.1, fast=True)
        if name not in LEARNED:
            c = data.candidates([last])[KEY]
            p = .05 + .1*rng(0, 'less').random(len(c))
            params['scores'] = str(self.folder/name/'scores.parquet')
            c.assign(p_redeem=p, p_low=p/2, p_high=2*p, e_sales=10., e_discount=1.).to_parquet(params['scores'])
        return data, params

@pytest.fixture(scope='module')
def less(world, tmp_path_factory): return Less(world, tmp_path_factory.mktemp('less'))

def check_page(text, data):
    "Gaps are told with what they cost; without money no word of what nobody knows; nothing of another shop's data."
    assert ('What is missing, and what that costs' in text) == (len(data.gaps) > 0)
    for o in data.gaps['missing']: assert o in text
    for o in ('household', 'coupon', 'USD', 'complete_journey'): assert o not in text, o
    silent = Money.of(data).goal == 'redemptions'
    assert ('Nobody knows what a redemption' in text) == silent
    for o in GONE*silent: assert o not in text, (o, text[max(0, text.find(o) - 200):text.find(o) + 100])

@pytest.mark.parametrize('name', [o for o in SHOPS if o != 'no ends'])
def test_plan_page(less, name):
    made = less.plan(name, less.folder/'plans'/name/'夏季')
    assert len(made.sent)
    silent = name in ('no money', 'no value and no products', 'the least')
    assert made.money.goal == ('redemptions' if silent else 'profit')
    text = shown('plan_report', plan=str(made.path))
    assert '夏季' in text
    check_page(text, less.data(SHOPS[name]))

@pytest.mark.parametrize('name', SHOPS)
def test_campaign_page(less, name):
    data, params = less.past(name)
    with mock.patch.object(Campaign, 'schedule', side_effect=UsageError('not in this test')):
        text = shown('campaign_report', **params)
    assert params['campaign_id'] in text
    check_page(text, data)
    assert ('How far an offer gets' in text) == (name == 'views beside redemptions')

def test_pages_as_they_are_made(less, promo):
    "The shop that knows least, by commands: a kernel of its own, one HTML file, and what is printed."
    name, out = 'the least', less.folder/'printed'/'夏季'
    r = promo('plan', '--source', less.source(name), '--campaign', less.world.campaign, '--budget', 40, '--out', out,
              '--scores', less.world.scores, '--contact-cost', .1)
    assert r.exit_code == 0, r.output
    assert 'Nobody knows what a redemption brings or costs' in r.stdout and 'expected redemptions' in r.stdout
    data, params = less.past(name)
    past = run_report(find_notebook('reports', 'campaign_report'), less.folder/'printed', params, name='past')
    # what is seen: the planner's script and its figures are not
    pages = [re.sub('<(style|script).*?</\\1>', '', o.read_text('utf-8'), flags=re.S)
             for o in (out/'report.html', past)]
    for o in GONE:
        for text in (r.stdout, *pages): assert o not in text, o
    assert all('Nobody knows what a redemption brings or costs' in o for o in pages)

def test_label_is_named(less):
    d = less.data(SHOPS['views beside redemptions'])
    views = PromoData.from_tables(d.tables, label='view')
    made = plan_campaigns(views, less.world.campaign, less.folder/'views'/'夏季', 40, .2, page=False,
                          scores=less.world.scores)
    assert 'Views count as redemptions here: label = view.' in shown('plan_report', plan=str(made.path))

def test_follow_and_outcome_pages_without_money(less):
    "Planned, sent, followed and measured by a shop that records no money."
    world = less.world
    made = less.plan('no money', less.folder/'life'/'夏季').approve('Ann')
    def lived(days):
        d = world.live(made, days)
        return PromoData.from_tables(no_money(d.tables), name=d.name, currency=d.currency)
    now = follow(made, lived(4))
    now.write(made)
    texts = [shown('follow_report', plan=str(made.path), number=now.number), now.in_words()]
    found = measure_plan(made, lived(None))
    path = found.write(made)
    texts += [shown('outcome_report', outcome=str(path), plans=str(made.path.parent)), found.in_words()]
    for text in texts:
        for o in GONE: assert o not in text, (o, text)
    assert 'redemptions were promised' in texts[-1]
    assert 'Nobody knows what a redemption' in texts[0] and 'Nobody knows what a redemption' in texts[2]
