"The features are the same numbers on PySpark as on pandas (the other engines are tested in nbs/02_features.ipynb)."
import shutil

import narwhals as nw, numpy as np, pandas as pd, pytest

pyspark = pytest.importorskip('pyspark', reason='PySpark is not installed')
if not shutil.which('java'): pytest.skip('PySpark needs a Java runtime', allow_module_level=True)

from promo_lib.data import KEY
from promo_lib.features import features

@pytest.fixture(scope='module')
def spark():
    from pyspark.sql import SparkSession
    settings = {'spark.sql.session.timeZone': 'UTC', 'spark.driver.host': '127.0.0.1',
                'spark.driver.bindAddress': '127.0.0.1',
                # for eight rows: nothing to compile, to plan anew or to spread
                'spark.ui.enabled': 'false', 'spark.sql.shuffle.partitions': '1', 'spark.sql.adaptive.enabled': 'false',
                'spark.sql.codegen.wholeStage': 'false', 'spark.sql.codegen.factoryMode': 'NO_CODEGEN'}
    with pytest.MonkeyPatch.context() as m:
        m.setenv('TZ', 'UTC')
        builder = SparkSession.builder.master('local[2]').appName('promo_lib')
        for k, v in settings.items(): builder = builder.config(k, v)
        session = builder.getOrCreate()
        session.sparkContext.setLogLevel('ERROR')
        yield session
        session.stop()

def rows(frame): return nw.from_native(frame).lazy().collect().to_pandas().sort_values(KEY, ignore_index=True)

def as_spark(spark, df):
    "A pandas table in Spark, with nulls as nulls."
    kinds = {'i': 'bigint', 'f': 'double', 'M': 'timestamp_ntz'}
    schema = ', '.join(f'`{c}` {kinds.get(df[c].dtype.kind, "string")}' for c in df)
    rows = [[None if pd.isna(o) else o.to_pydatetime() if isinstance(o, pd.Timestamp) else o for o in row]
            for row in df.astype(object).itertuples(index=False)]
    return spark.createDataFrame(rows, schema)

def keep(frame): return nw.from_native(frame.to_native().localCheckpoint())  # computed once

def test_pyspark(spark, toy):
    want = rows(features(toy))
    got = rows(features({k: as_spark(spark, o) for k, o in toy.items()}, settle=keep))
    assert sorted(got) == sorted(want) and len(got) == len(want) == 8
    number = want.select_dtypes('number').columns
    np.testing.assert_allclose(got[number].to_numpy(float), want[number].to_numpy(float), rtol=1e-12, atol=1e-12)
    for c in want.columns.difference(number):
        assert got[c].fillna('').astype(str).tolist() == want[c].fillna('').astype(str).tolist(), c
