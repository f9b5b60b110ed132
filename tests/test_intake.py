"""Exports as shops have them, each small and made up, by `promo init --yes` or with an answer: what the docs page
recipes.md shows, and what must be refused."""
import datetime, gzip, json, os, pathlib, re, shutil, sqlite3

import openpyxl, pandas as pd, pytest

from promo_lib.core import DataError, UsageError
from promo_lib.data import load
from promo_lib.intake import propose, read_shop

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
    write(f, '优惠券.csv',
          '优惠券编号,优惠内容,面额,使用门槛,开始日期,结束日期\nQ1,满20减5,5,20,2025年3月1日,2025年3月15日\n'
          'Q2,满10减2,2,10,2025年3月1日,2025年3月15日', 'gb18030')
    write(f, '发放记录.csv', '会员编号,优惠券编号,发放时间\n00123,Q1,2025年3月1日 10:00\n00124,Q1,2025年3月1日 10:00\n'
          '00125,Q2,2025年3月1日 10:00', 'gb18030')
    write(f, '核销记录.csv', '会员编号,优惠券编号,核销时间,实付金额,优惠金额\n00123,Q1,2025年3月13日 '
                         '12:30,￥25.50,￥5.00', 'gb18030')
    write(f, '销售流水.csv',
          '小票号,会员编号,商品编号,商品名称,数量,单价,金额,交易时间\n1,00123,绿茶01,绿茶,2,12.75,25.5,2025年3月13日 '
          '12:30\n'
          '2,00124,绿茶01,绿茶,1,12.75,12.75,2025年2月13日 12:30', 'gb18030')
    data, m = taken(f)
    assert data.users['user_id'].tolist() == ['00123', '00124', '00125'] and data.users['城市'][1] == '北京'
    assert data.offers[['offer_id', 'discount', 'min_purchase']].values.tolist() == [['Q1', 5., 20.], ['Q2', 2., 10.]]
    assert data.offers['text'][0] == '满20减5' and data.offers['start'][0] == day('2025-03-01')
    assert data.exposures['time'][0] == day('2025-03-01 10:00') and len(data.exposures) == 3
    assert data.outcomes[['user_id', 'kind', 'value', 'cost']].values.tolist() == [['00123', 'redeem', 25.5, 5.]]
    assert data.purchases['value'].tolist() == [25.5, 12.75] and data.items['text'].tolist() == ['绿茶']
    assert data.candidates()['redeemed'].sum() == 1 and data.currency == 'CNY'

SHOPS = dict(  # language: encoding, separator, format of days, names of files, names of columns, three values
    fr=('cp1252', ';', '%d/%m/%Y', 'clients articles lignes_de_commande bons_envoyés',
        'N° client;Ville|Réf.;Désignation;Prix TTC|Commande;N° client;Réf.;Qté;Montant;Date|'
        'Campagne;Code bon;N° client;Envoyé le;Valable jusqu’au;Libellé;Utilisé le',
        ('Nîmes', 'Thé', '-10 % sur le thé')),
    es=('utf-8-sig', ';', '%d/%m/%Y', 'clientes artículos pedidos envíos',
        'Nº cliente;Ciudad|Cód. artículo;Descripción;PVP|Nº pedido;Nº cliente;Cód. artículo;Uds.;Importe;Fecha pedido|'
        'Campaña;Cupón;Nº cliente;Enviado el;Válido hasta;Texto;Canjeado el', ('Cádiz', 'Té', '10 % en té')),
    it=('cp1252', ';', '%d/%m/%Y', 'clienti articoli ordini invii',
        'Codice cliente;Città|Codice articolo;Descrizione;Prezzo|N. ordine;Codice cliente;Codice articolo;Quantità;'
        'Importo;Data ordine|Campagna;Codice buono;Codice cliente;Inviato il;Valido fino al;Testo;Utilizzato il',
        ('Forlì', 'Tè', '10 % sul tè')),
    pl=('cp1250', ';', '%d.%m.%Y', 'klienci produkty zamówienia wysyłki',
        'Nr klienta;Miasto|Kod produktu;Nazwa;Cena|Nr zamówienia;Nr klienta;Kod produktu;Ilość;Wartość;Data zamówienia|'
        'Kampania;Kod kuponu;Nr klienta;Data wysłania;Ważny do;Opis;Data użycia', ('Łódź', 'Mydło', '10% na mydło')),
    ru=('cp1251', ';', '%d.%m.%Y', 'клиенты товары заказы отправки',
        'Код клиента;Город|Артикул;Наименование;Цена|Номер заказа;Код клиента;Артикул;Количество;Сумма;Дата заказа|'
        'Акция;Промокод;Код клиента;Дата отправки;Действует до;Описание;Дата использования',
        ('Тверь', 'Чай', 'Скидка 10% на чай')),
    ja=('cp932', ',', '%Y/%m/%d', '会員一覧 商品マスタ 購入履歴 クーポン配信履歴',
        '会員番号;都道府県|商品コード;商品名;定価|注文番号;会員番号;商品コード;数量;金額;注文日時|'
        'キャンペーン名;クーポンコード;会員番号;配信日;有効期限;クーポン名;利用日', ('大阪府', '緑茶', '緑茶10%オフ')),
    ko=('cp949', ',', '%Y-%m-%d', '회원목록 상품 주문내역 쿠폰발송',
        '회원번호;지역|상품코드;상품명;정가|주문번호;회원번호;상품코드;수량;결제금액;주문일시|'
        '캠페인명;쿠폰번호;회원번호;발송일;유효기간;쿠폰명;사용일', ('부산', '녹차', '녹차 10% 할인')),
    zh_hant=('big5', ',', '%Y/%m/%d', '會員資料 商品資料 訂單 發送紀錄',
             '會員編號;城市|商品編號;商品名稱;定價|訂單編號;會員編號;商品編號;數量;金額;訂單日期|'
             '活動名稱;優惠券編號;會員編號;發送日期;到期日;優惠內容;使用日期', ('臺北', '綠茶', '綠茶九折')))

@pytest.mark.parametrize('language', SHOPS)
def test_shops_in_other_languages(tmp_path, language):
    "Customers, products, orders and a mailing that lists no offers, as a shop of that country exports them."
    encoding, sep, form, files, heads, (city, title, wording) = SHOPS[language]
    f, on = tmp_path/'exports', lambda o: day(o).strftime(form)
    rows = [[[u, city] for u in (71, 72, 73)], [['A1', title, 5], ['A2', title, 7]],
            [[n, u, i, 2, 10*n, on(f'2025-03-{n:02d}')] for n, (u, i) in
             enumerate([(71, 'A1'), (72, 'A2'), (73, 'A1'), (71, 'A2'), (72, 'A1'), (73, 'A2')], 1)],
            [['C1', c, u, on('2025-04-01'), on(f'2025-04-{10 + (c == "K2")}'), wording + c,
              on('2025-04-03') if (u, c) == (71, 'K1') else ''] for c in ('K1', 'K2') for u in (71, 72, 73)]]
    for name, head, t in zip(files.split(), heads.split('|'), rows):
        text = '\n'.join(sep.join(map(str, o)) for o in [head.split(';'), *t])
        write(f, f'{name}.csv', text, encoding)
    data, m = taken(f)
    assert data.users.shape[0] == 3 and city in data.users.astype(str).to_numpy()
    assert data.items['text'].tolist() == [title]*2 and data.items['price'].tolist() == [5, 7]
    assert data.purchases['value'].sum() == 210 and data.purchases['basket_id'].nunique() == 6
    assert data.offers['text'].tolist() == [wording + 'K1', wording + 'K2']
    assert data.offers['end'].dt.day.tolist() == [10, 11] and data.exposures.shape[0] == 6
    assert data.outcomes[['user_id', 'offer_id', 'kind']].astype(str).values.tolist() == [['71', 'K1', 'redeem']]

def test_email_tool(tmp_path):
    "Sent, opened and clicked, each a file, with times that name a zone; there is no list of offers."
    f = tmp_path/'exports'
    write(f, 'sent.csv',
          'email,campaign_name,sent_at\na@shop.de,Spring,2025-03-03T23:30:00Z\nb@shop.de,Spring,2025-03-03T23:30:00Z\n'
          'a@shop.de,Easter,2025-04-13T08:00:00Z')
    write(f, 'opened.csv',
          'email,campaign_name,opened_at\na@shop.de,Spring,2025-03-04T06:00:00Z\na@shop.de,Easter,2025-04-14T06:00:00Z')
    write(f, 'clicked.csv', 'email,campaign_name,clicked_at\na@shop.de,Spring,2025-03-04T06:01:00Z')
    data, m = taken(f, timezone='Europe/Berlin')
    assert sorted(data.offers['campaign_id']) == ['Easter',
                                                  'Spring'] and set(data.offers['offer_id']) == {'Easter', 'Spring'}
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
    people = [dict(id=f'p{i}', gender='F' if i % 2 else None, age=118 if i % 2 == 0 else 20 + i, income=5e4 if i % 2
                   else None,
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
    assert o['end'] == day('2017-08-07 00:00:01')
    redeem = data.outcomes[data.outcomes['kind'] == 'redeem']
    assert redeem[['user_id', 'campaign_id', 'value', 'cost']].values.tolist() == [['p2', '2017-07-31', 12.5, 5.]]
    assert len(data.purchases) == 2 and data.users['became_member_on'][0] == day('2017-07-01')
    said(m, 'suspicious: age')
    said(m, 'counts hours from which day on? Taken: 2017-07-31')

def test_public_coupon_set(tmp_path):
    "Coupons dealt to customers, with a flag for redeemed: pairs become offers, days come from the campaigns."
    f = tmp_path/'exports'
    write(f, 'train.csv',
          'id,campaign_id,coupon_id,customer_id,redemption_status\n1_1,13,27,1053,0\n2_1,13,116,48,1\n3_1,9,635,205,0\n'
          '4_1,9,27,48,0')
    write(f, 'campaign_data.csv',
          'campaign_id,campaign_type,start_date,end_date\n13,X,19/05/13,05/07/13\n9,Y,11/03/13,12/04/13')
    write(f, 'coupon_item_mapping.csv', 'coupon_id,item_id\n27,37\n27,75\n116,76\n635,77')
    write(f, 'item_data.csv', 'item_id,brand,brand_type,category\n37,56,Local,Grocery\n75,11,Established,Natural '
                              'Products\n'
          '76,12,Local,Meat\n77,13,Local,Fuel')
    write(f, 'customer_demographics.csv',
          'customer_id,age_range,marital_status,income_bracket\n1053,70+,Married,4\n48,46-55,,5')
    write(f, 'customer_transaction_data.csv',
          'date,customer_id,item_id,quantity,selling_price,other_discount,coupon_discount\n'
          '2013-01-02,1053,37,1,35.26,-10.69,0.0\n2013-05-20,48,76,1,53.43,-13.89,-5.0\n'
          '2013-01-02,205,37,1,106.5,-14.25,0.0')
    data, m = taken(f)
    assert len(data.offers) == 4 and len(data.exposures) == 4 and len(data.offer_items) == 6
    o = data.offers.set_index(['campaign_id', 'offer_id']).loc[(13, 27)]
    assert (o['start'], o['end'].normalize(), o['campaign_type']) == (day('2013-05-19'), day('2013-07-05'), 'X')
    assert data.outcomes[['user_id', 'offer_id', 'campaign_id', 'kind']].values.tolist() == [[48, 116, 13, 'redeem']]
    p = data.purchases
    assert p['discount'].tolist() == [10.69, 13.89, 14.25] and p['coupon_discount'].tolist() == [0., 5., 0.]
    assert set(data.users['user_id']) == {1053, 48, 205} and 'brand' in data.items
    noted(data, 'users: 1 of 3 that occur')

def test_a_list_of_some_customers(tmp_path):
    "A survey of some customers, few of whom redeemed: their attributes are known, the others stay."
    f = tmp_path/'exports'
    n = 200
    pairs = [f'{i},k{j},{int(i % 10 == 9)}' for i in range(n) for j in (1, 2)]
    write(f, 'offered.csv', 'customer_id,coupon_id,redemption_status\n' + '\n'.join(pairs))
    write(f, 'coupons.csv', 'coupon_id,start_date,end_date\nk1,2026-01-05,2026-01-20\nk2,2026-02-05,2026-02-20')
    write(f, 'survey.csv', 'customer_id,age_range\n' + '\n'.join(f'{i},{"18-25" if i % 2 else "60+"}'
                                                                for i in range(0, n, 5) if i % 10 != 9))
    data, m = taken(f)
    assert len(data.users) == n and data.users['age_range'].notna().sum() == n//5
    assert len(data.outcomes) == 2*n//10 and data.outcomes['time_unknown'].all()

def test_orders_and_lines(tmp_path):
    "Heads and lines of orders, in tables of their own, in SQLite and as nested JSON."
    f = tmp_path/'exports'
    f.mkdir()
    with sqlite3.connect(f/'shop.sqlite') as db:
        db.execute('create table orders (order_id text, customer_id text, created_at text, status text)')
        db.execute('create table order_items (order_id text, sku text, qty integer, unit_price real)')
        db.executemany('insert into orders values (?, ?, ?, ?)',
                       [('71', 'a', '2025-03-01 10:00', 'paid'), ('72', 'b', '2025-03-02 10:00', 'cancelled')])
        db.executemany('insert into order_items values (?, ?, ?, ?)',
                       [('71', 'x', 2, 1.5), ('71', 'y', 1, 4.), ('72', 'x', 1, 1.5)])
    db.close()
    data, m = taken(f)
    assert sorted(data.purchases[['user_id', 'item_id', 'value']].values.tolist()) == [['a', 'x', 3.], ['a', 'y', 4.]]
    noted(data, 'cancelled orders')
    g = tmp_path/'json'/'exports'
    orders = [dict(id=f'{i}', customer=dict(id=f'c{i}', email='x'), created_at='2025-03-01T10:00:00+01:00',
                   line_items=[dict(sku=f's{k}', quantity=k, price='2.50') for k in (1, 2)]) for i in range(71, 75)]
    write(g, 'orders.json', json.dumps(dict(orders=orders)))
    data, m = taken(g)
    p = data.purchases
    assert p['user_id'][0] == 'c71' and p['value'].tolist()[:2] == [2.5,
                                                                    5.] and p['time'][0] == day('2025-03-01 10:00')

def test_spark_and_duckdb(tmp_path):
    "A folder of parts that Spark wrote, and a DuckDB file."
    import duckdb
    p = pd.DataFrame(dict(customer_id=['0071', '0072'], date=pd.to_datetime(['2025-03-01', '2025-03-02']),
                          amount=[1.5, 2.]))
    f = tmp_path/'exports'
    (f/'sales').mkdir(parents=True)
    for i in range(2): p[i:i + 1].to_parquet(f/'sales'/f'part-0000{i}.snappy.parquet')
    (f/'sales'/'_SUCCESS').write_text('')
    data, _ = taken(f)
    assert data.purchases['user_id'].tolist() == ['0071', '0072']
    g = tmp_path/'db'/'exports'
    g.mkdir(parents=True)
    with duckdb.connect(str(g/'till.duckdb')) as db: db.sql('create table sales as select * from p')
    data, m = taken(g)
    assert data.purchases['value'].tolist() == [1.5, 2.] and m.files['sales']['table'] == 'sales'

def test_a_refreshed_export_is_read(tmp_path):
    "Nothing is copied: what is added to the exports, or a file of another month, is there the next time."
    f = write(tmp_path/'exports', 'orders_2025-01.csv', 'customer_id,date,amount\n71,2025-01-13,5')
    write(f, 'orders_2025-02.csv', 'customer_id,date,amount\n71,2025-02-13,6')
    data, m = taken(f)
    assert len(data.purchases) == 2 and m.files['orders']['path'] == 'orders_*.csv'
    write(f, 'orders_2025-03.csv', 'customer_id,date,amount\n72,2025-03-13,7')
    assert load(str(tmp_path/'shop'), need=()).purchases['value'].tolist() == [5., 6., 7.]
    assert load(str(tmp_path/'shop'/'shop.toml'), need=()).name == 'shop'
    with pytest.raises(UsageError, match='write encoding = "cp1252"'): load(str(tmp_path/'shop'), encoding='cp1252')
    with pytest.raises(DataError, match='offers: the table is missing'): load(str(tmp_path/'shop'))

BAD = {
    'nothing': ({'paint.csv': 'colour,size\nred,2'}, {},
                'none of the tables that are known; its columns: colour, size'),
    'two': ({'web.csv': 'customer_id,date,amount\n71,2025-01-13,5',
             'till.csv': 'customer_id,date,amount\n72,2025-01-13,5'}, {},
            '--answer purchases=web '),
    'date': ({'orders.csv': 'customer_id,date,amount\n71,03/04/2025,5'}, {}, '--answer orders.date=month'),
    'dates': ({'orders.csv': 'customer_id,date,amount\n71,13/04/2025,5\n72,04/13/2025,5'}, dict(yes=True),
              'is read in two ways'),
    'money': ({'orders.csv': 'customer_id,date,amount\n71,2025-01-13,5 €\n72,2025-01-13,$5'}, {}, 'EUR: 1, USD: 1'),
    'decimal': ({'orders.csv': 'customer_id,date,amount\n71,2025-01-13,1.234'}, {},
                '--answer orders.decimal=comma   comma: 1234'),
    'match': ({'customers.csv': 'id,city\n' + '\n'.join(f'{i},Rome' for i in range(101)),
               'orders.csv': 'customer_id,date,amount\n' + '\n'.join(f'C{i},2025-01-13,5' for i in range(97))
               + '\n1,2025-01-13,5\n2,2025-01-13,5'},
              dict(yes=True), 'only 2% of its values are in customers.csv'),
    'ragged': ({'orders.csv': 'customer_id,date,amount\n71,2025-01-13,5\n72,2025-01-13,5,9'}, dict(yes=True),
               'line 3'),
    'answer': ({'orders.csv': 'customer_id,date,amount\n71,2025-01-13,5'}, dict(yes=True, answers=dict(ordres='x')),
               'nothing of that name was asked'),
}

@pytest.mark.parametrize('name', BAD)
def test_what_is_refused(tmp_path, name):
    files, how, says = BAD[name]
    for k, text in files.items(): write(tmp_path/'exports', k, text)
    with pytest.raises((UsageError, DataError), match=re.escape(says)): propose(tmp_path/'exports', **how)

@pytest.mark.parametrize('change, says', [
    (('user_id = "customer_id"', 'user_id = "customerid"'),
     "orders.csv has no column 'customerid'. Is it 'customer_id'?"),
    (('"orders.csv"', '"order.csv"'), 'there is no file order.csv in exports/; there are link.csv, orders.csv'),
    (('"orders.csv"', '"../secret.csv"'), 'leads out of the folder of exports'),
    (('"orders.csv"', '"/etc/passwd"'), 'leads out of the folder of exports'),
    (('"orders.csv"', '"link.csv"'), 'a link that leads out of the folder'),
    (('time = "date"', 'time = { column = "date", format = "%d.%m.%Y" }'),
     "orders.csv, column date (purchases.time): is not a time (2 rows, first: '2025-01-13')"),
    (('time = "date"', 'time = { column = "date", formt = "%d.%m.%Y" }'), 'Is it format?'),
    (('[shop]', '[shop]\ntimezone = "Mars"'), 'there is no time zone'),
    (('value = "amount"', 'value = "note"'), "column note (purchases.value): is not a number (2 rows, first: 'x')"),
])
def test_a_mapping_that_does_not_fit(tmp_path, change, says):
    f = write(tmp_path/'exports', 'orders.csv', 'customer_id,date,amount,note\n71,2025-01-13,5,x\n72,2025-01-14,6,y')
    (tmp_path/'secret.csv').write_text('customer_id,date,amount\n')
    (f/'link.csv').symlink_to(tmp_path/'secret.csv')
    path = propose(write(tmp_path/'one', 'orders.csv', (f/'orders.csv').read_text()), yes=True).write(tmp_path/'shop')
    text = path.read_text().replace('../one', '../exports')
    assert change[0] in text
    path.write_text(text.replace(*change))
    with pytest.raises((UsageError, DataError), match=re.escape(says)): load(str(tmp_path/'shop'), need=())

def test_names_and_values_that_look_like_sql(tmp_path):
    f = write(tmp_path/'exports', "it's; drop.csv", 'customer_id,date,amount,"x""; drop table y; --"\n"\'; drop '
                                                    '--",2025-01-13,5,a\n\'1,2025-01-14,6,b')
    data, m = taken(f)
    assert data.purchases['user_id'].tolist() == ["'; drop --", "'1"]

def test_bombs(tmp_path):
    f = tmp_path/'exports'
    f.mkdir()
    with gzip.open(f/'orders.csv.gz', 'wb') as out:
        for _ in range(1100): out.write(b'0'*(1 << 20))
    with pytest.raises((UsageError, DataError), match='times as large|cannot be read|line without end'):
        propose(f, yes=True)

@pytest.mark.skipif('PROMO_TEST_POSTGRES' not in os.environ, reason='PROMO_TEST_POSTGRES holds no address of a server')
def test_postgres(tmp_path):
    "Tables of a server; the password does not stand in the mapping."
    import psycopg2
    server = os.environ['PROMO_TEST_POSTGRES']
    url = f'{server}_intake'                             # a database of its own: others write into theirs meanwhile
    def do(address, *lines):
        db = psycopg2.connect(address)
        db.autocommit = True
        with db.cursor() as cur:
            for o in lines: cur.execute(o)
        db.close()
    name = url.rpartition('/')[2]
    do(server, f'drop database if exists {name}', f'create database {name}')
    do(url, 'create schema intake',
       'create table intake."Verkäufe" (customer_id text, date timestamp, amount numeric(12, 2))',
       "insert into intake.\"Verkäufe\" values ('007', '2025-03-01 10:00', 3.50), ('8', '2025-03-02', 4)")
    m = propose(url, yes=True)
    assert m.files['verkäufe']['table'] == 'intake.Verkäufe' and 'password' not in m.to_text()
    m.write(tmp_path/'shop')
    assert load(str(tmp_path/'shop'), need=()).purchases['value'].tolist() == [3.5, 4.]
    do(server, f'drop database {name} with (force)')

def test_a_workbook_of_several_sheets(tmp_path):
    "A title above a table, a sheet that is none, a total, names beside numbers of products."
    book = openpyxl.Workbook()
    book.active.title = 'Customers'
    sales, notes = book.create_sheet('Sales'), book.create_sheet('Notes')
    for row in (['Customer No', 'Segment', 'Birthday'], ['C1', 'Gold', datetime.datetime(1980, 1, 2)],
                ['C2', 'Silver', None]):
        book.active.append(row)
    for row in (['Sales of March'], [], ['Date', 'Customer No', 'Customer', 'Article No', 'Article', 'Net amount',
                                         'Qty'],
                [datetime.datetime(2025, 1, 2, 10, 30), 'C1', 'Ann', 17, 'Tea', 3.5, 1],
                [datetime.datetime(2025, 1, 3), 'C2', 'Bob', 18, 'Milk', 4, 2],
                ['Total', None, None, None, None, 7.5, 3]): sales.append(row)
    notes.append(['remember the milk'])
    f = tmp_path/'exports'
    f.mkdir()
    book.save(f/'book.xlsx')
    data, m = taken(f)
    assert data.users['Birthday'][0] == day('1980-01-02') and data.purchases['value'].tolist() == [3.5, 4.]
    assert data.items.set_index('item_id')['text'].to_dict() == {17: 'Tea', 18: 'Milk'}

def test_unknown_values(tmp_path):
    "A word for unknown is read as missing when the mapping says so."
    m = propose(funnel(tmp_path/'exports'), yes=True)
    m.tables['users'][0]['unknown'] = {'age': ['118']}
    m.write(tmp_path/'shop')
    data = read_shop(tmp_path/'shop')
    assert data.users['age'].isna().sum() == 15 and data.users['age'].max() < 118

DOCS = pathlib.Path(__file__).parent.parent/'docs'/'recipes.md'
ENCODINGS = {'GB 18030': 'gb18030', 'Windows-1252': 'cp1252', '': 'utf-8'}
ROWS = {'Orders with their lines in one file': dict(purchases=2, items=2, offers=2),
        'A loyalty programme': dict(users=3, offers=2, exposures=3, outcomes=1, purchases=2, items=1),
        'An e-mail tool': dict(offers=2, exposures=3, outcomes=3), 'Transactions only': dict(purchases=2),
        'A log of events': dict(users=3, offers=3, exposures=3, outcomes=2, purchases=2)}

@pytest.mark.parametrize('title', ROWS)
def test_the_recipes_of_the_docs(tmp_path, title):
    "Each recipe of the page gives the tables that it promises."
    text = re.search(rf'(?ms)^## {title}\n(.*?)(?=^## |\Z)', DOCS.read_text('utf-8'))[1]
    files = re.findall(r'(?ms)^\*\*(\S+)\*\*(?: \(([^)]+)\))?\n\n```\w+\n(.*?)```', text)
    assert files
    for name, encoding, content in files: write(tmp_path/'exports', name, content, ENCODINGS[encoding])
    data, m = taken(tmp_path/'exports')
    shown = {t: len(data.tables[t]) for t in ROWS[title]}
    assert shown == ROWS[title]
    if 'exposures' in ROWS[title]: assert data.candidates()['redeemed'].sum() == 1

def test_days_as_numbers(tmp_path):
    "Days counted from the start of the data, coupons by product, households of which some are known."
    f = tmp_path/'exports'
    write(f, 'campaign_table.csv',
          'DESCRIPTION,household_key,CAMPAIGN\nTypeA,17,26\nTypeA,27,26\nTypeB,212,30\nTypeB,208,30')
    write(f, 'campaign_desc.csv', 'DESCRIPTION,CAMPAIGN,START_DAY,END_DAY\nTypeA,26,224,264\nTypeB,30,323,369')
    write(f, 'coupon.csv',
          'COUPON_UPC,PRODUCT_ID,CAMPAIGN\n10000089061,27160,26\n10000089061,27161,26\n10000089064,27754,30')
    write(f, 'coupon_redempt.csv', 'household_key,DAY,COUPON_UPC,CAMPAIGN\n17,230,10000089061,26')
    write(f, 'hh_demographic.csv', 'AGE_DESC,INCOME_DESC,household_key\n65+,35-49K,17\n45-54,50-74K,212')
    write(f, 'transaction_data.csv',
          'household_key,BASKET_ID,DAY,PRODUCT_ID,QUANTITY,SALES_VALUE,RETAIL_DISC\n17,1,230,27160,2,3.5,-1.0\n'
          '17,1,230,999,1,2.0,0\n27,2,100,27754,1,1.39,-0.6\n212,3,7,27160,1,1.39,0\n208,4,9,27160,1,1.39,0')
    data, m = taken(f, answers=dict(since='2023-12-31'))
    c = data.candidates()
    assert len(c) == 4 and c['redeemed'].sum() == 1 and len(data.offers) == 2 and len(data.users) == 4
    # the coupon's product alone
    assert data.outcomes[['time', 'value']].values.tolist() == [[day('2024-08-17'), 3.5]]
    assert data.offers['start'].min() == day('2024-08-11') and data.purchases['discount'].max() == 1.

def shared(name):
    "A public data set beside the checkout; skips where it is missing."
    here = next((o/'shared'/'data'/name for o in pathlib.Path(__file__).resolve().parents
                 if (o/'shared'/'data'/name).exists()), None)
    if here is None: pytest.skip(f'../shared/data/{name} is not here')
    return here

def test_as_many_threads_as_the_machine_has(tmp_path):
    "Tests have one thread; a user has several, and they share the room there is."
    from conftest import run_process
    r = run_process('init', funnel(tmp_path/'exports'), '--out', tmp_path/'shop', '--yes', OMP_NUM_THREADS='')
    assert r.returncode == 0 and 'left out' not in r.stdout + r.stderr, r.stderr
    assert len(load(str(tmp_path/'shop')).funnel())

def test_a_chains_funnel(tmp_path, promo):
    "Three files of a shop that nobody prepared: found, read, and the money of its offers is as stated."
    r = promo('init', shared('offers_funnel'), '--out', tmp_path/'shop', '--yes')
    assert r.exit_code == 0, r.output
    data = load(str(tmp_path/'shop'))
    assert len(data.users) == 17_000 and data.offers['campaign_id'].nunique() == 6
    assert data.derived == ('items', 'offer_items')
    assert set(data.outcomes['kind']) == {'view', 'redeem'}
    steps = data.funnel().loc['all']
    assert .7 < steps['view_rate'] < .8 and .4 < steps['redeem_rate'] < .5
    stated = data.offers.set_index(['offer_id', 'campaign_id'])['discount']
    hit = data.outcomes[data.outcomes['kind'] == 'redeem']
    assert (hit['cost'].to_numpy() == stated.loc[pd.MultiIndex.from_frame(hit[['offer_id', 'campaign_id']])]).all()
    assert 'the table purchases' not in set(data.gaps['missing'])

def test_a_wholesalers_invoices(tmp_path, promo):
    "Transactions and nothing else: they load, and what cannot be claimed is said."
    folder = tmp_path/'exports'
    folder.mkdir()
    shutil.copy(shared('online_retail.parquet'), folder/'invoices.parquet')
    r = promo('init', folder, '--out', tmp_path/'shop', '--yes')
    assert r.exit_code == 0 and 'a first campaign can be' in ' '.join(r.output.split()), r.output
    data = load(str(tmp_path/'shop'), need=())
    assert data.offers is None and len(data.purchases) > 390_000 and 'text' in data.items
