"""The API as Markdown, one page per module:
each public name with signature, docstring and a table of its parameters (docments)."""
import importlib, inspect, pkgutil, re, reprlib
from fastcore.docments import docments

EMPTY = inspect.Parameter.empty

def modules():
    "Names of the exported modules."
    import promo_lib
    return sorted(m.name for m in pkgutil.iter_modules(promo_lib.__path__) if not m.name.startswith('_'))

def anno(a):
    return ('' if a is EMPTY else a if isinstance(a, str) else re.sub(r'\b(?:\w+\.)+(?=\w)', '',
        inspect.formatannotation(a)))

def value(v):
    "A default as text; typer's options hide theirs one level down."
    v = getattr(v, 'default', v) if type(v).__module__.startswith('typer') else v
    return v.__name__ if inspect.isfunction(v) or inspect.isclass(v) else re.sub(r' at 0x\w+', '', repr(v))

def ours(cls): return any('__init__' in vars(c) for c in cls.__mro__ if c.__module__.startswith('promo_lib'))

def signature(name, f):
    """`name(a:
    int, b=2) -> float`, on several lines when it is long; only the bases of a class whose making is not ours."""
    if inspect.isclass(f) and not ours(f):
        return f'class {name}({", ".join(c.__name__ for c in f.__bases__ if c is not object)})'
    try: sig = inspect.signature(f)
    except (ValueError, TypeError): return name
    star = {inspect.Parameter.VAR_POSITIONAL: '*', inspect.Parameter.VAR_KEYWORD: '**'}
    params = [star.get(p.kind, '') + k + (f': {anno(p.annotation)}' if anno(p.annotation) else '') +
              ('' if p.default is EMPTY else f' = {value(p.default)}')
              for k, p in sig.parameters.items() if k != 'self']
    end = f' -> {anno(sig.return_annotation)}' if anno(sig.return_annotation) else ''
    one = f'{name}({", ".join(params)}){end}'
    return one if len(one) < 100 else f'{name}(\n    ' + ',\n    '.join(params) + f'\n){end}'

def table(f):
    "The parameters and the return of `f` that have something said about them, as a table."
    if inspect.isclass(f) and not ours(f): return ''
    try: dm = docments(f, full=True)
    except Exception: return ''
    def cell(s): return str(s or '').replace('|', '\\|').replace('\n', ' ')
    def code(s): return f'`{cell(s)}`' if s else ''
    rows = [f'| {"*returns*" if k == "return" else code(k)} | {code(anno(d.anno))} | '
            f'{code(value(d.default)) if d.default is not EMPTY else ""} | {cell(d.docment)} |'
            for k, d in dm.items() if k != 'self' and d.docment]
    return '\n'.join(['| name | type | default | meaning |', '|---|---|---|---|', *rows]) if rows else ''

def entry(name, f, anchor, level):
    "One function, class or method."
    doc = inspect.getdoc(f) or ''
    # a dataclass's own, which repeats the signature
    if inspect.isclass(f) and doc.startswith(f'{f.__name__}('): doc = ''
    return [f'{"#" * level} {name} {{ #{anchor} }}', f'```python\n{signature(name, f)}\n```', doc, table(f)]

def members(cls):
    "Public methods and properties that the class itself defines."
    for k, v in vars(cls).items():
        f = v.fget if isinstance(v, property) else getattr(v, '__func__', v)
        if not k.startswith('_') and inspect.isfunction(f): yield k, f

def page(module, chapter):
    "The page of one module, constants last; `chapter` is a line that leads to its notebook."
    m = importlib.import_module(f'promo_lib.{module}')
    out, constants = [f'# promo_lib.{module}', inspect.getdoc(m) or '', chapter], []
    for name in getattr(m, '__all__', []):
        o = getattr(m, name)
        f = inspect.unwrap(getattr(o, 'py_func', o))    # what numba or functools have wrapped
        if not (inspect.isfunction(f) or inspect.isclass(f)):
            constants += [f'## {name} {{ #{name} }}',
                          f'```python\n{name} = {value(o) if len(value(o)) < 300 else reprlib.repr(o)}\n```']
            continue
        out += entry(name, f, name, 2)
        if inspect.isclass(f):
            for k, g in members(f): out += entry(f'{name}.{k}', g, f'{name}.{k}', 3)
    return '\n\n'.join(o for o in out + constants if o) + '\n'

def index():
    "Where each public name is documented: {'rng': 'api/core.md#rng'}."
    mods = {k: importlib.import_module(f'promo_lib.{k}') for k in modules()}
    return {n: f'api/{k}.md#{n}' for k, m in mods.items() for n in getattr(m, '__all__', [])}
