"PostgreSQL over a real connection. `.ci/run` starts a server of its own and puts its address into PROMO_TEST_POSTGRES."
import os
from urllib.parse import urlsplit

import pandas as pd, pytest

from promo_lib.core import DataError, UsageError
from promo_lib.data import CONTRACT, PromoData, load

URL = os.environ.get('PROMO_TEST_POSTGRES')
pytestmark = pytest.mark.skipif(not URL, reason='PROMO_TEST_POSTGRES holds no address of a PostgreSQL server')

SCHEMA = 'promo_test "1"'                                # a name that must be quoted

def kind(column): return {'i': 'bigint', 'f': 'double precision', 'M': 'timestamp'}.get(column.dtype.kind, 'text')

def value(x): return None if pd.isna(x) else x.to_pydatetime() if isinstance(x, pd.Timestamp) else x

@pytest.fixture
def names(toy):
    "The toy tables in a schema of their own; gives the contract's names with those of the database."
    psycopg2 = pytest.importorskip('psycopg2')
    from psycopg2 import sql
    def place(t): return sql.Identifier(SCHEMA, t)
    db = psycopg2.connect(URL)
    db.autocommit = True
    with db.cursor() as cur:
        cur.execute(sql.SQL('drop schema if exists {0} cascade; create schema {0}').format(sql.Identifier(SCHEMA)))
        for t, df in toy.items():
            columns = sql.SQL(', ').join(sql.SQL('{} ' + kind(df[c])).format(sql.Identifier(c)) for c in df)
            cur.execute(sql.SQL('create table {} ({})').format(place(t), columns))
            insert = sql.SQL('insert into {} values ({})').format(place(t),
                                                                  sql.SQL(', ').join([sql.Placeholder()]
                                                                      *len(df.columns)))
            cur.executemany(insert, [[value(o) for o in row] for row in df.astype(object).itertuples(index=False)])
        yield {t: f'{SCHEMA}.{t}' for t in toy}
        cur.execute(sql.SQL('drop schema {} cascade').format(sql.Identifier(SCHEMA)))
    db.close()

def test_the_same_as_in_memory(names, toy):
    got, want = PromoData.from_sql(URL, names, currency='EUR'), PromoData.from_tables(toy)
    assert list(got.tables) == list(want.tables) and got.currency == 'EUR'
    for t in want.tables: pd.testing.assert_frame_equal(got.tables[t], want.tables[t], check_dtype=False)
    pd.testing.assert_frame_equal(got.candidates(), want.candidates(), check_dtype=False)

def test_text_times_and_decimals(names, toy):
    "Money as numeric and ids as text come to the same types; a time with a zone beside times without asks for a name."
    import psycopg2
    with psycopg2.connect(URL) as db, db.cursor() as cur:
        place = '"promo_test ""1""".purchases'
        cur.execute(f'alter table {place} alter value type numeric(12, 2), alter user_id type text, alter time type '
                    f'timestamptz using time at time zone \'UTC\'')
    db.close()
    with pytest.raises(DataError, match='purchases.time: names a time zone'): PromoData.from_sql(URL, names)
    got, want = PromoData.from_sql(URL, names, timezone='UTC'), PromoData.from_tables(toy)
    pd.testing.assert_frame_equal(got.purchases, want.purchases, check_dtype=False)

@pytest.mark.parametrize('name', ['users"; drop table x; --', "users'; --", 'a.b.c.d', '', '%s', 'user\x00s'])
def test_hostile_name(name, names):
    "A name is a name: nothing of it runs, and the table is simply not there."
    with pytest.raises((DataError, UsageError)): PromoData.from_sql(URL, names | {'users': name})
    assert len(PromoData.from_sql(URL, names).users) == 3

def test_no_table_here():
    with pytest.raises(DataError, match='users: the table is missing'):
        PromoData.from_sql(URL, {t: f'nowhere.{t}' for t in CONTRACT})

def test_not_reached():
    "A wrong user or server is told without the password, also at the command line."
    o = urlsplit(URL)
    for url in (f'postgresql://nobody:s3cret@{o.hostname}:{o.port}{o.path}',
                f'postgresql://promo:s3cret@{o.hostname}:1{o.path}'):
        with pytest.raises(UsageError, match='cannot connect to the database') as e: load(url)
        assert 's3cret' not in str(e.value)

def test_command_line(promo):
    r = promo('check', URL)                              # nothing lies in the default schema
    assert r.exit_code == 2 and 'the table is missing' in ' '.join(r.stdout.split()) and 'Traceback' not in r.output
