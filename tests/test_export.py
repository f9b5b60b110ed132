"`promo export MODEL --int8`: what it writes, who reads it, what is refused; and an encoder from elsewhere."
import json, shutil

import numpy as np, pandas as pd, pytest

pytest.importorskip('onnxruntime', reason="ONNX Runtime is not installed: pip install 'promo_lib[onnx]'")
pytest.importorskip('onnx', reason="ONNX is not installed: pip install 'promo_lib[onnx]'")
from conftest import reading_model
from promo_lib.data import KEY, SCORES
from promo_lib.text import INT8_FILES, load_encoder, tiny_encoder
from promo_lib.wording import WordingModel, WordingTests, made_up_wordings

@pytest.fixture(scope='module')
def models(tmp_path_factory):
    "A model of effects and a model of wordings, each with a tiny encoder."
    folder = tmp_path_factory.mktemp('export')
    reading_model(folder, 25, 30, dim=64, name='effect')
    tests = made_up_wordings(150)
    tests.to_csv(folder/'tests.csv', index=False)
    text = WordingTests.of(tests).rows.text.tolist()
    words = WordingModel(scorers=['frozen'], encoder=tiny_encoder(text, dim=64))
    words.fit(WordingTests.of(tests)).save(folder/'words')
    return folder

def copy(models, name, to): return shutil.copytree(models/name, to/name)

def test_effect(models, promo, tmp_path):
    "Exported, predicted with, taken back: the first numbers again."
    at = copy(models, 'effect', tmp_path)
    def scores():
        r = promo('predict', '-m', at, '-o', tmp_path/'s.parquet', '-s', models/'shop')
        assert r.exit_code == 0, r.output
        return pd.read_parquet(tmp_path/'s.parquet')
    config = json.loads((at/'networks'/'text.json').read_text())        # other texts than those of the training
    (at/'networks'/'text.json').write_text(json.dumps(config | dict(texts=config['texts'][::-1])))
    full = scores()
    r = promo('export', at, '--int8')
    assert r.exit_code == 0 and 'log loss on' in r.stdout and r.stdout.splitlines()[-1] == str(at), r.output
    written = sorted(o.name for o in at.rglob('*int8*'))
    assert written == sorted(INT8_FILES) and not list(at.rglob('*.pkl')) and not list(at.rglob('*.bin'))
    short = scores()
    assert short[KEY].equals(full[KEY])
    gap = np.abs(short[SCORES].to_numpy() - full[SCORES].to_numpy()).max()
    assert 0 < gap < .01
    assert promo('export', at, '--no-int8').exit_code == 0
    pd.testing.assert_frame_equal(scores(), full)

def test_wording(models, promo, tmp_path):
    at = copy(models, 'words', tmp_path)
    if not list(at.rglob('promo_encoder.json')): pytest.skip('these wordings are scored by words')
    r = promo('export', at, '--int8')
    assert r.exit_code == 2 and '--tests FILE' in r.output and 'Traceback' not in r.output
    r = promo('export', at, '--int8', '--tests', models/'tests.csv')
    assert 'pairs named right' in r.output and 'Traceback' not in r.output
    assert r.exit_code in (0, 2)                                         # as its loss is
    assert bool(list(at.rglob('*int8*'))) == (r.exit_code == 0)

def test_refused(models, promo, tmp_path, monkeypatch):
    "A loss above the tolerance, layers that are not there, no model: status 2, nothing left behind."
    from promo_lib import export
    at = copy(models, 'effect', tmp_path)
    before = sorted(o for o in tmp_path.rglob('*'))
    for args, says in [([at, '--drop-layers', 5], 'can be left out'), ([at, '--drop-heads', 4], 'at most 3'),
                       ([at, '--drop-layers', -1], 'layers must be'),
                       ([tmp_path/'none'], 'is not the folder of a model')]:
        r = promo('export', *args)
        assert r.exit_code == 2 and says in r.output and 'Traceback' not in r.output, r.output
    monkeypatch.setitem(export.TOLERANCE, 'log_loss', -1.)
    r = promo('export', at)
    assert r.exit_code == 2 and 'loses too much' in r.output and 'Nothing was written' in r.output
    assert sorted(o for o in tmp_path.rglob('*')) == before

def test_hostile_graph(models, promo, tmp_path):
    "A graph that somebody has changed, one that wants a file from elsewhere, weights of another model."
    import hashlib, onnx
    at = copy(models, 'effect', tmp_path)
    assert promo('export', at).exit_code == 0
    graph, told = (next(at.rglob(o)) for o in INT8_FILES)
    kept, about = graph.read_bytes(), json.loads(told.read_text())
    def says(): return promo('predict', '-m', at, '-o', tmp_path/'s.parquet', '-s', models/'shop')
    graph.write_bytes(kept + b'x')
    r = says()
    assert r.exit_code == 2 and 'damaged or missing' in r.output and 'Traceback' not in r.output
    m = onnx.load_from_string(kept)
    t = m.graph.initializer[0]
    t.ClearField('raw_data')
    t.data_location = onnx.TensorProto.EXTERNAL
    t.external_data.add(key='location', value='../../../../etc/passwd')
    graph.write_bytes(m.SerializeToString())
    told.write_text(json.dumps(about | dict(graph=hashlib.sha256(graph.read_bytes()).hexdigest())))
    r = says()
    assert r.exit_code == 2 and 'Traceback' not in r.output, r.output
    graph.write_bytes(kept)
    told.write_text(json.dumps(about | dict(weights={})))
    assert 'other weights' in says().output

def test_without_onnx(models, promo, tmp_path, monkeypatch):
    "A word instead of a traceback where ONNX Runtime is not installed."
    import sys
    at = copy(models, 'effect', tmp_path)
    assert promo('export', at).exit_code == 0
    monkeypatch.setitem(sys.modules, 'onnxruntime', None)
    for args in (['export', at], ['predict', '-m', at, '-o', tmp_path/'s.parquet', '-s', models/'shop']):
        r = promo(*args)
        assert r.exit_code == 2 and "promo_lib[onnx]" in r.output and 'Traceback' not in r.output, r.output

def test_lengths():
    "Texts of one token and of many, alone and together, give the vectors of the full encoder, nearly."
    import tempfile
    from promo_lib.export import write_int8
    texts = ['tea', 'green tea ' * 40, '', '绿茶']
    full = tiny_encoder(texts, dim=64)
    with tempfile.TemporaryDirectory() as d:
        full.save(f'{d}/e')
        write_int8(full, f'{d}/e')
        short = load_encoder(f'{d}/e')
    assert (full.embed(texts)*short.embed(texts)).sum(1).min() > .97
