"Pages in chromium: nothing leaves the file, nothing runs over, the planner plans as Python does, axe finds nothing."
import json
from pathlib import Path

import numpy as np, pandas as pd, pytest

from browser import CHROMIUM, Browser
from promo_lib.allocate import toy_candidates
from promo_lib.core import rng
from promo_lib.money import Money
from promo_lib.page import callout, cards, render_html, table
from promo_lib.planner import Planner

pytestmark = pytest.mark.skipif(CHROMIUM is None, reason='there is no chromium here: apt-get install chromium')

@pytest.fixture(scope='module')
def browser():
    with Browser() as b: yield b

def page_of(path, *shown):
    "A page that shows some things under headings."
    from nbformat.v4 import new_code_cell, new_markdown_cell, new_notebook, new_output
    cells = [new_markdown_cell('# A page\n\n## First')]
    for o in shown:
        data = o._repr_mimebundle_() if hasattr(o, '_repr_mimebundle_') else {'text/html': o._repr_html_()}
        cells.append(new_code_cell('1', outputs=[new_output('display_data', data)]))
    cells.append(new_markdown_cell('## Method and limits\n\nAs it is.', metadata=dict(tags=['folded'])))
    render_html(new_notebook(cells=cells), path)
    return path

def shop(users=400, stated=True, seed=3):
    "Candidates; two offers state their own margin, one its own contact cost."
    c = toy_candidates(users, 6, seed=seed)
    if not stated: return c
    own = {'offer 1': .6, 'offer 4': .1}
    fee = {'offer 2': .4}
    return c.assign(margin_rate=c['offer_id'].map(own), contact_cost=c['offer_id'].map(fee))

_SET = """(() => { const box = document.querySelector('.planner');
for (const [k, v] of Object.entries(%s)) { const e = box.querySelector('[name=' + k + ']');
  e.value = v; e.dispatchEvent(new Event('input', {bubbles: true})); }
const out = {};
for (const e of box.querySelectorAll('[data-out]')) out[e.dataset.out] = [e.textContent, e.dataset.value];
return out; })()"""

def settings(p, n, seed=0):
    "Random positions of the sliders."
    r = rng(seed, 'settings')
    for _ in range(n):
        yield dict(budget=round(float(r.uniform(0, p.parts['top'])), 2),
                   margin_rate=round(float(r.uniform(*p.ranges['margin_rate'])), 4),
                   contact_cost=round(float(r.uniform(*p.ranges['contact_cost'])), 4),
                   without=str(r.choice(['', *p.offers])))

PLANNERS = {
    'profit': lambda: Planner(shop(), Money(margin_rate=.4, contact_cost=.1, currency='USD'), 150.),
    'several offers': lambda: Planner(shop(), Money(margin_rate=.4, contact_cost=.1), 150., max_offers=3),
    'all is spent': lambda: Planner(shop(stated=False), Money(incremental_share=.7, discount_paid=.5), 150.,
                                    spend_all=True),
    'redemptions': lambda: Planner(shop(), Money(goal='redemptions', contact_cost=.1), 150.)}

@pytest.mark.parametrize('kind', PLANNERS)
def test_planner_equals_python(browser, tmp_path, kind):
    "Fifty random settings: every figure to the cent."
    p = PLANNERS[kind]()
    browser.show(page_of(tmp_path/'p.html', p))
    assert not browser.complaints and not browser.requests
    for o in settings(p, 50):
        there = {k: x for k, x in o.items() if k != 'margin_rate' or p.money.goal == 'profit'}
        told = browser.js(_SET % json.dumps(there))
        want = p.at(**{**o, 'without': o['without'] or None})
        for k in ('cost', 'margin', *(['profit'] if p.money.goal == 'profit' else [])):
            said = told['value' if k == 'margin' else k]
            assert abs(float(said[1]) - want[k]) < .005, (kind, o, k, said, want[k])
        assert abs(int(told['customers'][1]) - want['customers']) <= 1, (o, told['customers'], want)
        near = .005*max(1, want['price'])
        assert want['margin'] == 0 or abs(float(told['price'][1]) - want['price']) < near, (o, told, want)

def test_planner_as_curves(browser, tmp_path, monkeypatch):
    "Too many candidates: curves keep budget, margin rate and each offer alone, to the cent."
    monkeypatch.setattr('promo_lib.planner._MOST_BYTES', 0)
    p = Planner(shop(800, stated=False), Money(margin_rate=.4, contact_cost=.1), 150.)
    browser.show(page_of(tmp_path/'p.html', p))
    assert not browser.complaints and browser.js('document.querySelector("[name=contact_cost]")') is None
    for o in settings(p, 50, seed=1):
        del o['contact_cost']
        o['margin_rate'] = float(min(p.margin_steps, key=lambda m: abs(m - o['margin_rate'])))
        told, want = browser.js(_SET % json.dumps(o)), p.at(**{**o, 'without': o['without'] or None})
        for k in ('cost', 'margin', 'profit'):
            said = told['value' if k == 'margin' else k]
            assert abs(float(said[1]) - want[k]) < .01, (o, k, said, want[k])

def test_large_shop(tmp_path):
    "A hundred thousand customers: the page stays below 3 MB, and says what it cannot move."
    r, n = rng(0, 'large'), 100_000
    c = pd.DataFrame(dict(user_id=np.repeat(np.arange(n), 5), offer_id=np.tile(list('abcde'), n)))
    c = c.assign(p_redeem=r.beta(1, 12, 5*n), e_sales=r.gamma(2, 12, 5*n), e_discount=r.gamma(2, 2, 5*n))
    page = page_of(tmp_path/'p.html', Planner(c, Money(), 5000.))
    assert page.stat().st_size < 2_200_000
    assert 'the cost of a contact cannot be moved here' in page.read_text('utf-8')

def test_without_scripts(browser, tmp_path):
    "No sliders, and the plan's own figures in their place."
    p = PLANNERS['profit']()
    browser.show(page_of(tmp_path/'p.html', p), scripts=False)
    text = (tmp_path/'p.html').read_text('utf-8')
    assert '<div class="planner-form" hidden>' in text and f'data-out="customers">{p.at()["customers"]}<' in text
    browser.picture(tmp_path/'p.png')
    browser.say('Emulation.setScriptExecutionDisabled', value=False)

HOSTILE = {'script': '<script>alert(1)</script>', 'html': '<img src=x onerror=alert(1)><h1>big</h1>',
           'right to left': 'عرض خاص \u202eabc', 'long': 'x'*10_000, 'words': 'ten thousand '*800,
           'chinese': '满减优惠券'*2000, 'formula': '=1+1'}

def test_hostile_texts(browser, tmp_path):
    "Shown as text, and nothing runs over, on a telephone, a tablet and a desk."
    texts = list(HOSTILE.values())
    t = pd.DataFrame(dict(name=texts, about=texts[::-1], margin=1.5, offer_id=texts))
    toy = shop(60, stated=False).assign(offer_id=lambda o: o['offer_id'].map(
        dict(zip(sorted(set(o['offer_id'])), texts))))
    page = page_of(tmp_path/'h.html', callout('\n\n'.join(texts), lead=True), cards([(o, o, o) for o in texts]),
                   table(t, caption=texts[0]), Planner(toy, Money(), 20., about={o: o for o in texts}))
    for width in (390, 768, 1280):
        browser.show(page, width)
        assert browser.js('document.documentElement.scrollWidth <= innerWidth'), width
        assert not browser.complaints and not browser.requests
        assert browser.js('document.querySelectorAll("main script").length') == 2
        assert browser.js('document.querySelectorAll("img, h1").length') == 1
        assert browser.js('document.body.textContent').count('<script>alert(1)</script>') >= 5

AXE = Path(__file__).parent/'vendor'/'axe.min.js'
_AXE = """axe.run(document, {resultTypes: ['violations']}).then(r => r.violations
.filter(o => ['serious', 'critical'].includes(o.impact))
.map(o => o.id + ': ' + o.nodes.slice(0, 3).map(n => n.html.slice(0, 160)).join(' | ')))"""

def faults(browser):
    "What axe finds that is serious."
    browser.js(AXE.read_text('utf-8') + ';0')
    return browser.js(_AXE)

@pytest.mark.parametrize('dark', [False, True])
def test_axe_parts(browser, tmp_path, dark):
    "No serious fault in the parts of a page, on a light and a dark screen."
    t = pd.DataFrame(dict(name=['a', 'b'], margin=[1.5, 2.]))
    shown = [callout(f'{k}.', k, lead=k == 'good') for k in ('info', 'good', 'warn', 'bad')]
    page = page_of(tmp_path/'a.html', *shown, cards([('cost', '5 USD', 'or so')]), table(t, caption='Both'),
                   PLANNERS['profit']())
    for width in (390, 1280):
        browser.show(page, width, dark=dark)
        assert faults(browser) == []

# --- The pages of a campaign's life -----------------------------------------------------------------------------------

def hostile(world, place):
    "The tables and scores of the made-up shop with offers that strangers named."
    from promo_lib.data import PromoData
    offers = world.data.offers
    ids = [*offers.loc[offers['campaign_id'] == world.campaign, 'offer_id'], *offers['offer_id']]
    ids = list(dict.fromkeys(ids))                           # those of the campaign first
    names = dict(zip(ids, [HOSTILE['script'], HOSTILE['html'], HOSTILE['right to left'], HOSTILE['long'][:2000],
                           *(f'{o} {HOSTILE["chinese"][:300]}' for o in ids[4:])]))
    def renamed(t): return t.assign(offer_id=t['offer_id'].map(names).fillna(t['offer_id'])) if 'offer_id' in t else t
    renamed(world.scored()).to_parquet(place/'scores.parquet', index=False)
    return PromoData.from_tables({k: renamed(t) for k, t in world.data.tables.items()}, name='<b>shop</b>')

@pytest.fixture(scope='module')
def pages(world, tmp_path_factory):
    "Pages of a plan, of one whose offers strangers named, of a day on the way, of the outcome."
    from promo_lib.follow import follow
    from promo_lib.outcome import measure_plan
    from promo_lib.run import find_notebook, run_report
    def made(name, **parameters):
        return run_report(find_notebook('reports', name), place/name, parameters, name=name, keep=False)
    place = tmp_path_factory.mktemp('pages')
    f = world.plan(place/'plans'/'夏季', page=True).approve('Ann')
    look = follow(f, world.live(f, 5))
    look.write(f)
    outcome = measure_plan(f, world.live(f)).write(f)
    bad = world.plan(place/'bad'/'夏季', hostile(world, place), page=True, scores=place/'scores.parquet')
    return [f.path/'report.html', bad.path/'report.html', made('follow_report', plan=str(f.path), number=look.number),
            made('outcome_report', outcome=str(outcome), plans=str(place/'plans'))]

def test_pages(browser, pages):
    "No request, no complaint, nothing beside the screen or the paper, no serious fault; every picture has its text."
    for page in pages:
        for width, dark, media in ((390, False, ''), (768, True, ''), (1280, False, ''), (1280, True, ''),
                                   (794, False, 'print')):
            browser.show(page, width, dark=dark, media=media)
            assert browser.js('document.documentElement.scrollWidth <= innerWidth'), (page, width)
            assert not browser.complaints and not browser.requests, page
            if width != 768 and not media: assert faults(browser) == [], (page, width, dark)
        said = browser.js('[...document.querySelectorAll("figure svg")].map(o => o.getAttribute("aria-label"))')
        assert len(said) > 0 and all(o and len(o) > 8 for o in said)

def test_first_screen(browser, pages):
    "Decision, three figures, the picture and the sentence of trust stand above the fold of a desk's screen."
    browser.show(pages[0], 1280, 900)
    at = browser.js('''['.lead', '.cards', 'figure', '.callout:not(.lead)'].map(
                       o => document.querySelector(o).getBoundingClientRect().bottom)''')
    assert at == sorted(at) and at[-1] <= 900, at
    assert browser.js('document.querySelectorAll(".cards")[0].children.length') == 3
    assert browser.js('document.querySelector("details.fold summary").textContent') == 'Method and limits'
