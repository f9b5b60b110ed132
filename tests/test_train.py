"`promo train` and `promo predict` as a person uses them: killed in the middle, on damaged folders, on strange texts."
import os, shutil, signal, subprocess, time

import pandas as pd, pytest

from conftest import COMMAND, run_process, run_promo
from promo_lib.data import PromoData

COLUMNS = ['user_id', 'offer_id', 'campaign_id', 'p_redeem', 'p_low', 'p_high', 'e_sales', 'e_discount']
UNTIL = '2017-10-01'
WHOLE = dict(PROMO_FAST='', OMP_NUM_THREADS='1')  # all networks
ENV = os.environ | WHOLE

@pytest.fixture(scope='module')
def shop(tmp_path_factory):
    "Half the households of the sample, with the products that they know."
    from promo_lib.data import load_sample
    tables = load_sample().tables
    users = tables['users']['user_id'].iloc[::2]
    small = {k: d[d['user_id'].isin(users)] if 'user_id' in d else d for k, d in tables.items()}
    known = set(small['purchases']['item_id']) | set(small['offer_items'].groupby('offer_id').head(20)['item_id'])
    for k in ('items', 'offer_items', 'purchases'): small[k] = small[k][small[k]['item_id'].isin(known)]
    return PromoData.from_tables(small).to_folder(tmp_path_factory.mktemp('half')/'shop')

@pytest.fixture(scope='module')
def arguments(shop): return ['train', '-s', shop, '--until', UNTIL, '--text', 'none']

@pytest.fixture(scope='module')
def model(arguments, tmp_path_factory):
    folder = tmp_path_factory.mktemp('train')/'model'
    done = run_process(*arguments, '-o', folder, **WHOLE)
    assert done.returncode == 0, done.stderr
    return folder

def scores(model, shop, out, *args):
    done = run_promo('predict', '-m', model, '-s', shop, '-o', out, *args)
    assert done.exit_code == 0, done.stderr
    return pd.read_parquet(out)

def test_every_candidate_once_and_no_truth(model, shop, tmp_path):
    data = PromoData.from_folder(shop)
    found = scores(model, shop, tmp_path/'scores.parquet')
    campaigns = data.offers.loc[data.offers['start'] >= UNTIL, 'campaign_id'].unique()
    wanted = data.candidates(campaigns)[COLUMNS[:3]]
    assert list(found) == COLUMNS
    pd.testing.assert_frame_equal(found[COLUMNS[:3]], wanted.reset_index(drop=True))
    assert found[COLUMNS[3:]].notna().all().all()
    assert ((found.p_low <= found.p_redeem) & (found.p_redeem <= found.p_high)).all()
    dev = scores(model, shop, tmp_path/'dev.parquet', '--split', 'development')
    assert not set(dev.campaign_id) & set(found.campaign_id)

def test_killed_and_resumed_equals_unbroken(model, shop, arguments, tmp_path):
    out = tmp_path/'model'
    args = [*COMMAND, *map(str, arguments), '-o', str(out)]
    work = tmp_path/'.model-training'
    run = subprocess.Popen(args, env=ENV, stdout=subprocess.DEVNULL, stderr=subprocess.DEVNULL)
    until = time.monotonic() + 240
    while not list(work.rglob('trainer_state.json')) and run.poll() is None and time.monotonic() < until:
        time.sleep(.01)
    assert run.poll() is None, 'it ended before a checkpoint was written'
    run.send_signal(signal.SIGKILL)
    run.wait()
    assert not out.exists() and list(work.rglob('checkpoint-*'))
    assert subprocess.run(args, env=ENV, capture_output=True).returncode == 0
    assert not work.exists()
    a, b = scores(model, shop, tmp_path/'a.parquet'), scores(out, shop, tmp_path/'b.parquet')
    pd.testing.assert_frame_equal(a, b, rtol=1e-4, atol=1e-9)

@pytest.mark.parametrize('damage, says', [
    (lambda d: (d/'networks'/'network-0'/'network.safetensors').write_bytes(b'\x08'), 'damaged or truncated'),
    (lambda d: (d/'networks'/'network-0'/'extra.pkl').write_bytes(b'cos\nsystem\n'), 'a pickle that can run code'),
    (lambda d: (d/'models.skops').write_bytes(b'PK'), 'damaged or truncated'),
    (lambda d: (d/'effect.json').write_text('[]'), 'must hold a JSON object'),
    (lambda d: shutil.rmtree(d/'networks'/'network-1'), 'is not the folder of a model')],
                         ids=['truncated', 'pickle', 'skops', 'json', 'missing'])
def test_damaged_model_is_one_clear_error(model, tmp_path, damage, says):
    copy = tmp_path/'model'
    shutil.copytree(model, copy)
    damage(copy)
    done = run_promo('predict', '-m', copy, '-o', tmp_path/'scores.parquet')
    assert done.exit_code == 2 and says in ' '.join(done.stderr.split()) and 'Traceback' not in done.stderr
    assert not (tmp_path/'scores.parquet').exists()

def test_nothing_to_learn_from(tmp_path):
    done = run_promo('train', '-s', 'sample', '-o', tmp_path/'model', '--until', '2016-01-01')
    assert done.exit_code == 2 and 'no campaign starts before 2016-01-01' in ' '.join(done.stderr.split())
    assert not list(tmp_path.iterdir())
