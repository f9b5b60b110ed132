"""Figures of the notebooks' style, and the rule that a chapter imports only from chapters before it.
Use: style.py [folder]"""
import json, re, statistics, sys
from pathlib import Path

root = Path(sys.argv[1] if len(sys.argv) > 1 else Path(__file__).parent.parent/'nbs')
paths = sorted(p for p in root.rglob('*.ipynb') if not any(o[0] in '._' for o in p.relative_to(root).parts))
def source(c): return ''.join(c['source'])
cells = {p: json.loads(p.read_text(encoding='utf-8'))['cells'] for p in paths}
every = [c for o in cells.values() for c in o]
code = [source(c) for c in every if c['cell_type'] == 'code']
prose = [source(c) for c in every if c['cell_type'] == 'markdown']

def is_export(s): return re.search(r'^#\s*\|\s*exports?\b', s, re.M)
def is_test(s): return re.search(r'\btest_\w+\(|^\s*assert\b|pytest\.raises', s, re.M)
def lines(s): return sum(1 for l in s.splitlines() if l.strip() and not l.lstrip().startswith('#|'))

exported = [(lines(source(c)), p.name, source(c)) for p, o in cells.items()
            for c in o if c['cell_type'] == 'code' and is_export(source(c))]
n = sorted(e[0] for e in exported) or [0]
tests = sum(1 for s in code if is_test(s) and not is_export(s))
sizes = [len(o) for o in cells.values()] or [0]

for name, v in [('notebooks', len(paths)), ('cells per notebook, median (max)',
                                            f'{statistics.median(sizes):.0f} ({max(sizes)})'),
                ('Markdown cells', f'{len(prose) / max(1, len(every)):.0%}'),
                ('lines an exported cell, median / p90 / max',
                 f'{statistics.median(n):.0f} / {n[int(.9 * (len(n) - 1))]} / {n[-1]}'),
                ('test cells per exported cell', f'{tests / max(1, len(exported)):.2f}'),
                ('words of prose per exported line', f'{sum(len(s.split()) for s in prose) / max(1, sum(n)):.1f}'),
                ('eval: false', sum(bool(re.search(r'^#\s*\|\s*eval:\s*false', s, re.M | re.I)) for s in code))]:
    print(f'{name:44}{v}')
for size, name, s in sorted(exported, reverse=True):
    if size > 25:
        print(f'long cell, {size} lines, in {name}: '
              f'{next(l for l in s.splitlines() if l.strip() and not l.startswith("#"))[:80]}')

chapter = {p.stem[3:]: p.name for p in paths if re.match(r'\d\d_', p.name)}
imports = [(name, m) for _, name, s in exported for m in re.findall(r'(?:from|import) promo_lib\.(\w+)', s)]
late = sorted({(name, m) for name, m in imports if chapter.get(m, '') > name})
for name, m in late: print(f'{name} imports promo_lib.{m}, which is made by a later chapter, {chapter[m]}')
sys.exit(bool(late))
