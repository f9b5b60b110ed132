"""Exports as shops have them, each small and made up, by `promo init --yes` or with an answer: what the docs page
recipes.md shows, and what must be refused."""
import datetime, gzip, json, re, sqlite3

import openpyxl, pandas as pd, pytest

from promo_lib.core import DataError, UsageError
from promo_lib.data import load
from promo_lib.intake import Mapping, propose, read_shop

def day(text): return pd.Timestamp(text)

def write(folder, name, text, encoding='utf-8'):
    folder.mkdir(parents=True, exist_ok=True)
    (folder/name).write_bytes(text.strip().encode(encoding) + b'\n')
    return folder

def taken(folder, **how):
    "What a folder of exports is taken for: the data and the mapping, by way of shop.toml."
    m = propose(folder, yes=True, **how)
    m.write(folder.parent/'shop', replace=True)
    return load(str(folder.parent/'shop'), need=()), m

def said(m, words): assert any(words in o for o in m.said), m.said
def noted(data, words): assert any(words in o for o in data.notes), data.notes

def test_web_shop_in_german(tmp_path):
    "Orders with their lines in one file, a decimal comma, euros; offers in a workbook with a title and a total."
    lines = '''Bestellungen März 2025;;;;;;;;;
;;;;;;;;;
Bestellnr;Bestelldatum;Kundennr;Artikelnr;Artikelbezeichnung;Warengruppe;Menge;Einzelpreis;Positionswert;Status
B1;01.03.2025 09:30;K-001;0017;Grüner Tee;Getränke;2;3,50 €;7,00 €;bezahlt
B1;01.03.2025 09:30;K-001;0018;Käse;Kühlung;1;1.004,50 €;1.004,50 €;bezahlt
B1;01.03.2025 09:30;K-001;V1;Versandkosten;;1;4,90 €;4,90 €;bezahlt
B2;13.03.2025 18:05;K-002;0017;Grüner Tee;Getränke;1;3,50 €;3,50 €;storniert
B3;14.03.2025 08:00;K-001;0017;Grüner Tee;Getränke;-1;3,50 €;-3,50 €;bezahlt
B4;15.03.2025 08:00;;0018;Käse;Kühlung;1;4,50 €;4,50 €;bezahlt'''
    folder = write(tmp_path/'exports', 'Bestellungen.csv', lines, 'cp1252')
    book = openpyxl.Workbook()
    sheet = book.active
    for row in (['Unsere Gutscheine'], ['Gutscheincode', 'Angebotstext', 'Rabattbetrag', 'Gültig von', 'Gültig bis'],
                ['TEE2', 'Zwei Euro auf Tee', 2, datetime.datetime(2025, 4, 1), datetime.datetime(2025, 4, 14)],
                ['KÄSE', 'Ein Euro auf Käse', 1, datetime.datetime(2025, 4, 1), datetime.datetime(2025, 4, 14)],
                ['Summe', None, 3, None, None]): sheet.append(row)
    sheet.merge_cells('A1:E1')
    book.save(folder/'Gutscheine.xlsx')
    data, m = taken(folder)
    assert data.currency == 'EUR'
    p = data.purchases
    assert p[['user_id', 'item_id', 'quantity', 'value']].values.tolist() == [['K-001', '0017', 1., 3.5],
                                                                             ['K-001', '0018', 1., 1004.5]]
    assert p['time'].tolist() == [day('2025-03-01 09:30')]*2
    assert data.items.set_index('item_id')['text'].to_dict() == {'0017': 'Grüner Tee', '0018': 'Käse'}
    assert data.items.set_index('item_id')['Warengruppe']['0017'] == 'Getränke'
    o = data.offers
    assert o['offer_id'].tolist() == ['KÄSE', 'TEE2'] and o['discount'].tolist() == [1., 2.]
    assert o['campaign_id'].unique().tolist() == ['2025-04-01'] and o['end'].dt.day.unique().tolist() == [14]
    for words in ('postage', 'cancelled orders', 'no user_id', 'lines of totals', '1 returns'): noted(data, words)

def test_loyalty_programme_in_chinese(tmp_path):
    "Members, coupons, issues, redemptions and sales, each a file in GB 18030."
    f = tmp_path/'exports'
    write(f, '会员资料.csv', '会员编号,性别,城市\n00123,女,上海\n00124,男,北京\n00125,女,上海', 'gb18030')
    write(f, '优惠券.csv', '优惠券编号,优惠内容,面额,使用门槛,开始日期,结束日期\nQ1,满20减5,5,20,2025年3月1日,2025年3月15日\n'
          'Q2,满10减2,2,10,2025年3月1日,2025年3月15日', 'gb18030')
    write(f, '发放记录.csv', '会员编号,优惠券编号,发放时间\n00123,Q1,2025年3月1日 10:00\n00124,Q1,2025年3月1日 10:00\n'
          '00125,Q2,2025年3月1日 10:00', 'gb18030')
    write(f, '核销记录.csv', '会员编号,优惠券编号,核销时间,实付金额,优惠金额\n00123,Q1,2025年3月13日 12:30,￥25.50,￥5.00', 'gb18030')
    write(f, '销售流水.csv', '小票号,会员编号,商品编号,商品名称,数量,单价,金额,交易时间\n1,00123,绿茶01,绿茶,2,12.75,25.5,2025年3月13日 12:30\n'
          '2,00124,绿茶01,绿茶,1,12.75,12.75,2025年2月13日 12:30', 'gb18030')
    data, m = taken(f)
    assert data.users['user_id'].tolist() == ['00123', '00124', '00125'] and data.users['城市'][1] == '北京'
    assert data.offers[['offer_id', 'discount', 'min_purchase']].values.tolist() == [['Q1', 5., 20.], ['Q2', 2., 10.]]
    assert data.offers['text'][0] == '满20减5' and data.offers['start'][0] == day('2025-03-01')
    assert data.exposures['time'][0] == day('2025-03-01 10:00') and len(data.exposures) == 3
    assert data.outcomes[['user_id', 'kind', 'value', 'cost']].values.tolist() == [['00123', 'redeem', 25.5, 5.]]
    assert data.purchases['value'].tolist() == [25.5, 12.75] and data.items['text'].tolist() == ['绿茶']
    assert data.candidates()['redeemed'].sum() == 1 and data.currency == 'CNY'

def test_email_tool(tmp_path):
    "Sent, opened and clicked, each a file, with times that name a zone; a campaign is a mailing, and there is no list of offers."
    f = tmp_path/'exports'
    write(f, 'sent.csv', 'email,campaign_name,sent_at\na@shop.de,Spring,2025-03-03T23:30:00Z\nb@shop.de,Spring,2025-03-03T23:30:00Z\n'
          'a@shop.de,Easter,2025-04-13T08:00:00Z')
    write(f, 'opened.csv', 'email,campaign_name,opened_at\na@shop.de,Spring,2025-03-04T06:00:00Z\na@shop.de,Easter,2025-04-14T06:00:00Z')
    write(f, 'clicked.csv', 'email,campaign_name,clicked_at\na@shop.de,Spring,2025-03-04T06:01:00Z')
    data, m = taken(f, timezone='Europe/Berlin')
    assert sorted(data.offers['campaign_id']) == ['Easter', 'Spring'] and set(data.offers['offer_id']) == {'Easter', 'Spring'}
    assert data.exposures['time'].min() == day('2025-03-04 00:30')
    assert data.label == 'click' and m.shop['label'] == 'click'
    assert data.funnel().loc['all', ['given', 'view', 'click']].tolist() == [3, 2, 1]
    said(m, 'the step that is predicted is click')

def test_one_row_per_mail(tmp_path):
    "One row for each mail, with columns that say whether and when."
    f = write(tmp_path/'exports', 'mailing.csv', '''contact_id,mailing_id,sent_at,opened_at,redeemed
71,m1,2025-03-04 08:00,2025-03-04 09:00,1
72,m1,2025-03-04 08:00,,0
73,m2,2025-03-11 08:00,2025-03-12 09:00,0''')
    data, m = taken(f)
    assert len(data.exposures) == 3 and sorted(data.outcomes['kind']) == ['redeem', 'view', 'view']
    assert data.outcomes.loc[data.outcomes['kind'] == 'redeem', 'time_unknown'].tolist() == [True]
    said(m, 'redeemed says that it happened, not when')

def test_transactions_only(tmp_path):
    "A till's lines and nothing else."
    f = write(tmp_path/'exports', 'sales.tsv', '''card_no\tsku\tprice\tqty\tsold\tbill_no\tdate
1001\tA1\t2.50\t2\tx\t1\t3/14/2025 18:30
1002\tA2\t4.00\t1\tx\t2\t3/15/2025 9:05
0\tA2\t4.00\t1\tx\t3\t3/15/2025 9:10''')
    data, m = taken(f, currency='USD')
    assert data.purchases[['user_id', 'value']].values.tolist() == [[1001, 5.], [1002, 4.]]
    assert data.purchases['time'].tolist() == [day('2025-03-14 18:30'), day('2025-03-15 09:05')]
    noted(data, '0 stands for nobody')
    noted(data, 'a first campaign can be planned')
    assert list(m.tables) == ['purchases']

def funnel(folder):
    "A test of offers as JSON: what was received, viewed, completed and bought, hours since its start."
    folder.mkdir(parents=True)
    offers = [dict(id='o1', reward=5, difficulty=10, duration=7, offer_type='bogo', channels=['web', 'email']),
              dict(id='o2', reward=2, difficulty=10, duration=4, offer_type='discount', channels=['web'])]
    people = [dict(id=f'p{i}', gender='F' if i % 2 else None, age=118 if i % 2 == 0 else 20 + i, income=5e4 if i % 2 else None,
                   became_member_on=20170700 + i) for i in range(1, 31)]
    events = [dict(person=p['id'], event='offer received', value={'offer id': o['id']}, time=168*w)
              for i, p in enumerate(people) for w in (0, 1) for o in offers if (i + w) % 3]
    events += [dict(person='p2', event='offer viewed', value={'offer id': 'o1'}, time=6),
               dict(person='p2', event='transaction', value={'amount': 12.5}, time=12),
               dict(person='p2', event='offer completed', value={'offer_id': 'o1', 'reward': 5}, time=12),
               dict(person='p9', event='transaction', value={'amount': 3.}, time=200)]
    (folder/'portfolio.json').write_text('\n'.join(map(json.dumps, offers)))
    (folder/'profile.json').write_text(json.dumps(people))
    with gzip.open(folder/'transcript.json.gz', 'wt') as out: out.write('\n'.join(map(json.dumps, events)))
    return folder

def test_events(tmp_path):
    "One file of events becomes exposures, outcomes and purchases; waves become campaigns."
    data, m = taken(funnel(tmp_path/'exports'))
    assert data.offers['campaign_id'].unique().tolist() == ['2017-07-31', '2017-08-07'] and len(data.offers) == 4
    o = data.offers.set_index(['offer_id', 'campaign_id']).loc[('o1', '2017-07-31')]
    assert (o['discount'], o['min_purchase'], o['channels'], o['kind']) == (5, 10, 'web|email', 'bogo')
    assert o['end'] == day('2017-08-07') - pd.Timedelta(1, 'us')
    redeem = data.outcomes[data.outcomes['kind'] == 'redeem']
    assert redeem[['user_id', 'campaign_id', 'value', 'cost']].values.tolist() == [['p2', '2017-07-31', 12.5, 5.]]
    assert len(data.purchases) == 2 and data.users['became_member_on'][0] == day('2017-07-01')
    said(m, 'suspicious: age')
    said(m, 'counts hours from which day on? Taken: 2017-07-31')
