"""nbdev-test, with each exported cell run as the lines of the module that it is exported to. Use: nbtest.py [PATH]
[--n-workers N] [--timing]

A chapter runs its own cells, not the module made of them, so coverage would miss what a chapter tests. Here an
exported
cell is compiled from the module's text, at its place in the module's file; `make check` sees that both are the same."""
import argparse, ast, re, sys, types, warnings
from functools import partial
from pathlib import Path

import nbdev.test
from fastcore.parallel import parallel
from nbdev.test import nbdev_test

PACKAGE = Path(__file__).resolve().parent.parent/'promo_lib'
CELL = re.compile(r'(?m)^# %% \S+\.ipynb #(\S+)$')

def cells():
    "{id of an exported cell: (file, line before it, text)} of all modules."
    found = {}
    for path in PACKAGE.glob('*.py'):
        text = path.read_text('utf-8')
        marks = [*CELL.finditer(text)]
        for m, end in zip(marks, [o.start() for o in marks[1:]] + [len(text)]):
            found[m[1]] = path, text.count('\n', 0, m.end()), text[m.end():end]
    return found

CELLS = cells()

def code(id):
    "A cell as code of its module."
    path, line, text = CELLS[id]
    tree = ast.parse(text)
    return compile(ast.increment_lineno(tree, line), str(path), 'exec')

def as_module(skip):
    "nbdev's function that says which cells are skipped, and that puts the module's code into those that are exported."
    def change(cell):
        if skip(cell): return True
        if cell.id in CELLS:
            cell.source = f"__package__ = 'promo_lib'; exec(__import__('promo_cells').code({cell.id!r}), globals())"
        return False
    return change

def apart(run, file, **how):
    "A notebook's result; what it silences stays silent in no other one (they share a process)."
    with warnings.catch_warnings():
        return run(file, **how)

def last_first(run, files, **how):
    "The last chapters take longest: begun first, none of them runs alone at the end."
    return [*parallel(partial(apart, run), files[::-1], **how)][::-1]

def main():
    # a notebook takes the place of __main__: what workers are sent is found by a name that stays
    sys.modules['promo_cells'] = types.SimpleNamespace(code=code, apart=apart)
    apart.__module__ = 'promo_cells'
    plain = nbdev.test._skip_cell
    nbdev.test._skip_cell = lambda *args, **kwargs: as_module(plain(*args, **kwargs))
    nbdev.test.parallel = last_first
    ap = argparse.ArgumentParser(description=__doc__)
    ap.add_argument('path', nargs='?', help='a notebook or a folder; all without it')
    ap.add_argument('--n-workers', type=int, default=2)
    ap.add_argument('--timing', action='store_true')
    a = ap.parse_args()
    nbdev_test(a.path, n_workers=a.n_workers, timing=a.timing, skip_folder_re=r'^([_.]|(reports|studies|benchmarks)$)')

if __name__ == '__main__': main()
