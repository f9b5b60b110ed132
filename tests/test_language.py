"""Two languages: the catalogue says everything that a page says, and a page in Chinese says nothing in English.
The parts of chapter 09 are tested in it."""
import ast, html, json, re
from pathlib import Path

import pytest

from conftest import run_promo
from promo_lib.language import _file, _entries, languages, translate, untranslated
from promo_lib.run import notebooks

ROOT = Path(__file__).resolve().parent.parent
OTHERS = [o for o in languages() if o != 'en']
SAID = {o: dict(_entries(_file(o))) for o in OTHERS}
PLACE = r'\{(\w*)\}'

@pytest.mark.parametrize('language', OTHERS)
def test_every_message_has_a_translation_with_the_same_places(language):
    bad = [o for o, there in SAID[language].items()
           if not there or set(re.findall(PLACE, o)) != set(re.findall(PLACE, there))]
    assert not bad

@pytest.mark.parametrize('language', OTHERS)
def test_the_catalogue_is_in_order(language, monkeypatch):
    monkeypatch.syspath_prepend(str(ROOT/'tools'))
    import language as tool
    assert tool.sorted_catalogue(_file(language)) == _file(language).read_text('utf-8'), 'run tools/language.py'

@pytest.mark.parametrize('language', OTHERS)
def test_every_message_is_found_when_its_places_are_filled(language):
    kinds = dict(n='7', count='7 offers', day='13 November', policy='pid', label='view', quote='“Xy”')
    lost = []
    for o in SAID[language]:
        text = re.sub(PLACE, lambda m: kinds.get(m[1].rstrip('0123456789'), 'Xy') if m[1] else '{}', o)
        if translate(text, language) == text and re.search('[a-z]{3}', text): lost.append(text)
    assert not lost

def strings_of(source):
    "The text of a program's strings, one after another."
    found = (o.value for o in ast.walk(ast.parse(source)) if isinstance(o, ast.Constant))
    return ' '.join(o for o in found if isinstance(o, str))

def everything_said():
    "All strings of the modules and of the templates, and the templates' texts."
    said = [strings_of(o.read_text('utf-8')) for o in sorted((ROOT/'promo_lib').glob('*.py'))]
    for path in notebooks('reports').values():
        for o in json.loads(path.read_text('utf-8'))['cells']:
            text = ''.join(o['source'])
            said.append(strings_of(text) if o['cell_type'] == 'code' else text)
    said.append((ROOT/'nbs/69_cli.ipynb').read_text('utf-8'))
    return re.sub(r'\s+', ' ', ' '.join(said).replace('*', ''))

@pytest.mark.parametrize('language', OTHERS)
def test_no_message_is_left_over(language):
    said, stale = everything_said(), []
    for o in SAID[language]:
        parts = [p.split() for p in re.split(rf'{PLACE}|</?em>|[:;,.?()]', o) if p]
        threes = [' '.join(p[i:i + 3]) for p in parts for i in range(len(p) - 2)]
        if len(threes) > 2 and not any(p in said for p in threes): stale.append(o)
    assert not stale

@pytest.mark.parametrize('language', OTHERS)
@pytest.mark.parametrize('name', sorted(notebooks('reports')))
def test_the_texts_of_a_template_are_translated(name, language):
    lost = []
    for o in json.loads(notebooks('reports')[name].read_text('utf-8'))['cells']:
        if o['cell_type'] != 'markdown': continue
        for text in re.split(r'\n\s*\n', ''.join(o['source'])):
            text = re.sub(r'\*([^*]+)\*', r'<em>\1</em>', text.lstrip('#> ').strip())
            if untranslated(f'<p>{html.escape(translate(text, language))}</p>'): lost.append(text[:80])
    assert not lost

@pytest.mark.parametrize('name', sorted(notebooks('reports')))
def test_every_template_asks_for_its_language_first(name):
    cells = json.loads(notebooks('reports')[name].read_text('utf-8'))['cells']
    cells = [''.join(o['source']) for o in cells if o['cell_type'] == 'code']
    assert re.search(r"(?m)^language = 'en'", cells[0])
    assert 'report_style(language)' in cells[1]

# --- Pages ------------------------------------------------------------------------------------------------------------

def read(path):
    "A page in Chinese; what is written for machines is cut out."
    page = Path(path).read_text('utf-8')
    assert '<html lang="zh">' in page
    return page

# names of files, folders and parameters, and what the world's own tables say in Latin letters
NAMES = ['promo approve summer', 'promo_lib', 'margin_rate', 'contact_cost', 'incremental_share', 'discount_paid']

@pytest.fixture(scope='module')
def life(world, tmp_path_factory):
    "The pages of a life in Chinese: plan, the fourth day, the end."
    root = tmp_path_factory.mktemp('zh')
    def promo(*args):
        r = run_promo(*args)
        assert r.exit_code == 0, r.output
        return r.stdout
    plan = root/'plans'/'summer'
    promo('plan', '-s', world.parquet, '-c', world.campaign, '-b', 40, '--holdout', .2, '--max-offers', 2, '--scores',
          world.scores, '--margin-rate', .4, '--contact-cost', .05, '--currency', 'EUR', '-o', plan, '--no-pdf',
          '--language', 'zh')
    from promo_lib.folder import PlanFolder
    promo('approve', plan, '--by', '王芳', '--veto-user', PlanFolder(plan).sent['user_id'].iloc[0])
    folder = PlanFolder(plan)
    now, over = (world.live(folder, days).to_folder(root/f'shop-{days}') for days in (5, None))
    promo('follow', plan, '-s', now)
    promo('measure', plan, '-s', over)
    promo('report', '-c', world.campaign, '-b', 40, '-s', over, '-p', 'scores', world.scores, '--language', 'zh',
          '--no-pdf', '-o', root/'report')
    return dict(plan=plan/'report.html', follow=next(plan.glob('follow-day-*.html')), outcome=plan/'outcome.html',
                campaign=next((root/'report').glob('*.html')))

@pytest.mark.parametrize('name', ['plan', 'follow', 'outcome', 'campaign'])
def test_a_page_in_chinese_says_nothing_in_english(life, name):
    assert untranslated(read(life[name]), NAMES) == []

def test_money_and_days_are_chinese(life):
    page = read(life['plan'])
    assert re.search(r'\d[\d.,]*\s欧元', page) and not re.search(r'\d\sEUR', page)
    assert re.search(r'\d+月\d+日', page) and not re.search(r'\d (July|Jul) ', page)

def test_a_test_with_arms_in_chinese(tmp_path):
    from promo_lib.run import find_notebook, run_report
    page = run_report(find_notebook('reports', 'trial_report'), tmp_path, dict(fast=True, language='zh'))
    given = ['recency, history, mens, womens, zip_code, newbie, channel', 'No E-Mail, Mens E-Mail, Womens E-Mail']
    assert untranslated(read(page), NAMES + given) == []

@pytest.mark.parametrize('running', [False, True])
def test_wordings_in_chinese(tmp_path, running):
    "The wordings are the shop's, whatever words they use; all else is ours."
    from promo_lib.run import find_notebook, run_report
    from promo_lib.wording import made_up_wordings
    page = read(run_report(find_notebook('reports', 'wording_report'), tmp_path,
                           dict(language='zh', running=running)))
    texts = re.findall(r'<td class="?long"?>(.*?)</td>', page)
    if running:        # tables as narrow as these have no long column; a picture cuts its lines at 40 signs
        texts = [html.escape(o[:n]) for o in made_up_wordings(4, looks=100, seed=7).subject for n in (40, None)]
    assert len(texts) > 10 and any(f'“{w}”' in page for o in texts for w in o.split())
    assert untranslated(page, NAMES + [html.unescape(o) for o in texts]) == []

# --- Bad input --------------------------------------------------------------------------------------------------------

@pytest.mark.parametrize('args', [('plan', '-c', 'x'), ('report', '-c', '18', '-s', 'sample'), ('rehearse', '-c', '18'),
                                  ('measure', '-c', '18', '-s', 'sample')])
def test_an_unknown_language(promo, tmp_path, args):
    r = promo(*args, '--language', 'fr', '-o', tmp_path/'out')
    assert r.exit_code == 2 and "language must be en (English) or zh (中文), not 'fr'" in ' '.join(r.stderr.split())
    assert not (tmp_path/'out').exists()

def test_a_catalogue_that_is_gone(promo, tmp_path, monkeypatch):
    from promo_lib import language
    monkeypatch.setattr(language, '_LOCALE', tmp_path)
    r = promo('report', '-c', '18', '-s', 'sample', '--language', 'zh', '-o', tmp_path/'out')
    assert r.exit_code == 2 and 'language must be en (English), not' in r.stderr
