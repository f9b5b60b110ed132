"The public face: every name is there, is documented, and a module of the same name does not hide it."
import inspect, subprocess, sys

import pytest

import promo_lib

def test_every_name_is_there_and_documented():
    for o in promo_lib.__all__:
        assert inspect.getdoc(getattr(promo_lib, o)), f'{o} has no docstring'
    assert (sorted(promo_lib.__all__) == sorted(promo_lib._HOME)
            and len(promo_lib.__all__) == len(set(promo_lib.__all__)))

def test_told_on_one_page():
    from pathlib import Path
    page = Path(__file__).parent.parent/'docs'/'face.md'
    if not page.is_file(): pytest.skip('the docs are not here')
    text = page.read_text(encoding='utf-8')
    assert [o for o in promo_lib.__all__ if f'`{o}`' not in text] == []

@pytest.mark.parametrize('first', ['import promo_lib.allocate', 'from promo_lib import allocate',
                                   'import promo_lib.replay, promo_lib.cli'])
def test_a_module_of_the_same_name_does_not_hide_a_name(first):
    code = (f'{first}\nfrom promo_lib import allocate, Plan\nfrom promo_lib.allocate import Knapsack\nassert '
            f'callable(allocate) and allocate.__name__ == "allocate"')
    subprocess.run([sys.executable, '-c', code], check=True)

def test_the_import_is_light():
    code = 'import promo_lib, sys; assert not {"torch", "pandas", "sklearn"} & set(sys.modules), sorted(sys.modules)'
    subprocess.run([sys.executable, '-c', code], check=True)

@pytest.mark.parametrize('gone, now', [('estimators', 'promo_lib.ope'), ('report', 'promo_lib.page')])
def test_old_modules_name_the_new_place(gone, now):
    for code in (f'import promo_lib.{gone}', f'from promo_lib.{gone} import anything', f'from promo_lib import {gone}'):
        with pytest.raises(ImportError, match=now): exec(code, {})

@pytest.mark.parametrize('old, name, new', [('effect', 'cached_scores', 'promo_lib.scores'),
                                            ('effect', 'ConformalSales', 'promo_lib.calibration'),
                                            ('train', 'pretrain_mlm', 'promo_lib.pretrain'),
                                            ('ope', 'replay', 'promo_lib.replay'), ('loop', 'psi', 'promo_lib.watch')])
def test_moved_names_name_the_new_place(old, name, new):
    with pytest.raises(ImportError, match=new): exec(f'from promo_lib.{old} import {name}', {})

def test_exports_stay_few():
    import importlib, pathlib
    names = [o for p in pathlib.Path(promo_lib.__file__).parent.glob('*.py') if not p.stem.startswith('_')
             for o in getattr(importlib.import_module(f'promo_lib.{p.stem}'), '__all__', [])]
    assert len(names) <= 300
    assert sorted(o for o in set(names) if names.count(o) > 1) == []
