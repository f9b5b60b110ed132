"`promo train` and `promo predict` as a person uses them: killed in the middle, on damaged folders, on strange texts."
import os, shutil, signal, subprocess, sys, time

import pandas as pd, pytest

COLUMNS = ['user_id', 'offer_id', 'campaign_id', 'p_redeem', 'p_low', 'p_high', 'e_sales', 'e_discount']
ENV = dict(os.environ, PROMO_QUIET='1', PROMO_FAST='', OMP_NUM_THREADS='1')
COMMAND = [sys.executable, '-c', 'from promo_lib.cli import main; main()']

def promo(*args, **kwargs):
    return subprocess.run([*COMMAND, *map(str, args)], env=ENV, capture_output=True, text=True, **kwargs)

@pytest.fixture(scope='module')
def model(tmp_path_factory):
    folder = tmp_path_factory.mktemp('train')/'model'
    done = promo('train', '-s', 'sample', '-o', folder, '--text', 'none')
    assert done.returncode == 0, done.stderr
    return folder

def scores(model, out, *args):
    done = promo('predict', '-m', model, '-o', out, *args)
    assert done.returncode == 0, done.stderr
    return pd.read_parquet(out)

def test_every_candidate_once_and_no_truth(model, tmp_path):
    from promo_lib.data import load_sample
    sample = load_sample()
    found = scores(model, tmp_path/'scores.parquet')
    campaigns = sample.offers.loc[sample.offers['start'] >= '2017-10-01', 'campaign_id'].unique()
    wanted = sample.candidates(campaigns)[COLUMNS[:3]]
    assert list(found) == COLUMNS
    pd.testing.assert_frame_equal(found[COLUMNS[:3]], wanted.reset_index(drop=True))
    assert found[COLUMNS[3:]].notna().all().all()
    assert ((found.p_low <= found.p_redeem) & (found.p_redeem <= found.p_high)).all()
    dev = scores(model, tmp_path/'dev.parquet', '--split', 'development')
    assert not set(dev.campaign_id) & set(found.campaign_id)

def test_killed_and_resumed_equals_unbroken(model, tmp_path):
    out = tmp_path/'model'
    args = [*COMMAND, 'train', '-s', 'sample', '-o', str(out), '--text', 'none']
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
    a, b = scores(model, tmp_path/'a.parquet'), scores(out, tmp_path/'b.parquet')
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
    done = promo('predict', '-m', copy, '-o', tmp_path/'scores.parquet')
    assert done.returncode == 2 and says in ' '.join(done.stderr.split()) and 'Traceback' not in done.stderr
    assert not (tmp_path/'scores.parquet').exists()

def test_nothing_to_learn_from(tmp_path):
    done = promo('train', '-s', 'sample', '-o', tmp_path/'model', '--until', '2016-01-01')
    assert done.returncode == 2 and 'no campaign starts before 2016-01-01' in ' '.join(done.stderr.split())
    assert not list(tmp_path.iterdir())
