"""The pictures of the docs' gallery: pages of a made-up shop, in both languages, seen in chromium. Use: gallery.py

It plans, follows and measures one campaign, and keeps the first screen of each page in docs/gallery."""
import os, shutil, subprocess, sys, tempfile
from pathlib import Path

ROOT = Path(__file__).resolve().parent.parent
OUT = ROOT/'docs/gallery'
sys.path.insert(0, str(ROOT))

WIDTH, HEIGHT = 1000, 860

def picture(page, name, width=WIDTH, height=HEIGHT):
    "The first screen of a page, without a scroll bar."
    program = shutil.which('chromium') or shutil.which('google-chrome')
    if not program: sys.exit('chromium is not installed: apt-get install chromium')
    subprocess.run([program, '--headless=new', '--no-sandbox', '--disable-gpu', '--hide-scrollbars',
                    f'--window-size={width},{height}', f'--screenshot={OUT/name}', Path(page).resolve().as_uri()],
                   check=True, capture_output=True, timeout=120)

def scores_of(shop, campaign):
    "What the made-up shop knows of its customers, in the place of a model."
    offers = shop.tables['offers'].set_index('offer_id')['discount']
    t = shop.chances
    return t.assign(campaign_id=campaign, p_redeem=t['chance'], p_low=t['chance']/2, e_sales=t['basket'],
                    p_high=(1.6*t['chance']).clip(upper=1), e_discount=t['offer_id'].map(offers)).drop(
                        columns=['chance', 'liking', 'basket'])

def life(root, language, currency):
    "Pages of one campaign: plan, fifth day, end."
    import pandas as pd
    from promo_lib.cli import main
    from promo_lib.folder import PlanFolder
    from promo_lib.shop import MadeUpShop

    def promo(*words):
        try: main([str(o) for o in words])
        except SystemExit as e: assert not e.code, words
    shop = MadeUpShop(users=1500, offers=6, campaigns=8, words=language, seed=4, currency=currency)
    scores_of(shop, 'next').to_parquet(root/'scores.parquet', index=False)
    plan = root/'plans'/'monday'
    promo('plan', '-s', shop.data.to_folder(root/'shop'), '-c', 'next', '-b', 400, '--holdout', .1, '--waves', 3,
          '--scores', root/'scores.parquet', '--margin-rate', .35, '--contact-cost', .05, '--currency', currency,
          '-o', plan, '--language', language)
    promo('approve', plan, '--by', 'Ann' if language == 'en' else '王芳')
    sent = PlanFolder(plan).sent[['user_id', 'offer_id', 'day']]
    days = dict(now=shop.begin + pd.Timedelta(days=5), over=None)
    now, over = (shop.live(sent, o).to_folder(root/k) for k, o in days.items())
    promo('follow', plan, '-s', now)
    promo('measure', plan, '-s', over)
    return dict(plan=plan/'report.html', follow=next(plan.glob('follow-day-*.html')), outcome=plan/'outcome.html')

def main():
    os.environ.update(PROMO_QUIET='1', PROMO_FAST='1')
    OUT.mkdir(exist_ok=True)
    for language, currency in (('en', 'EUR'), ('zh', 'CNY')):
        with tempfile.TemporaryDirectory() as tmp:
            os.environ['PROMO_CACHE'] = tmp
            pages = life(Path(tmp), language, currency)
            for k, page in pages.items(): picture(page, f'{k}.{language}.png')
            picture(pages['plan'], f'phone.{language}.png', 500, 860)
            shutil.copy(pages['plan'], OUT/f'plan.{language}.html')
    print(f'{len(list(OUT.glob("*.png")))} pictures in {OUT.relative_to(ROOT)}')

if __name__ == '__main__': main()
