"""Stubs for editors and type checkers: methods that `@patch` adds to a class stand in the class. Use: stubs.py
[--check]

A type checker reads a .pyi file in the place of the module. Each is made from the exported module's syntax tree
alone:
nothing is imported. Docstrings are left out, since editors take them from the module."""
import ast, re, sys
from pathlib import Path

PACKAGE = Path(__file__).resolve().parent.parent/'promo_lib'
HEAD = '# Made by tools/stubs.py from the module beside it: do not edit.\n'
KEPT = {'property', 'classmethod', 'staticmethod', 'contextmanager', 'dataclass', 'cached_property', 'overload',
        'abstractmethod'}
KINDS = {'as_prop': 'property', 'cls_method': 'classmethod', 'static_method': 'staticmethod'}  # arguments of `patch`
FUNCTIONS = (ast.FunctionDef, ast.AsyncFunctionDef)

def name_of(node):
    "`patch` of `patch`, `patch(as_prop=True)` and `basics.patch`."
    node = node.func if isinstance(node, ast.Call) else node
    return node.attr if isinstance(node, ast.Attribute) else getattr(node, 'id', '')

def patch_of(f):
    "The decorator that makes a function a method of another class, or None."
    return next((o for o in f.decorator_list if name_of(o) == 'patch'), None)

def targets(f):
    "The classes that a patched function is for: of `self:A`, `self:A|B` and `self:(A, B)`."
    return re.findall(r'\w+', ast.unparse(f.args.args[0].annotation))

def short(node):
    "A default value: as it is where it is short and plain, else `...`."
    plain = all(isinstance(o, (ast.Constant, ast.UnaryOp, ast.USub, ast.Tuple, ast.Load)) for o in ast.walk(node))
    return node if plain and len(ast.unparse(node)) < 40 else ast.Constant(...)

def with_none(arg, default):
    "`x:str=None` is `x: str | None`."
    if arg.annotation is not None and isinstance(default, ast.Constant) and default.value is None:
        arg.annotation = ast.parse(f'{ast.unparse(arg.annotation)} | None', mode='eval').body

def signature_only(f, kind=''):
    "A function without its body; `kind` is a decorator to put on it."
    f = ast.parse(ast.unparse(f)).body[0]
    positional = f.args.posonlyargs + f.args.args
    for arg, default in zip(positional[::-1], f.args.defaults[::-1]): with_none(arg, default)
    for arg, default in zip(f.args.kwonlyargs, f.args.kw_defaults): with_none(arg, default)
    f.args.defaults = [short(o) for o in f.args.defaults]
    f.args.kw_defaults = [o and short(o) for o in f.args.kw_defaults]
    f.decorator_list = [o for o in f.decorator_list if name_of(o) in KEPT or '.setter' in ast.unparse(o)]
    if kind: f.decorator_list.insert(0, ast.Name(kind))
    f.body = [ast.Expr(ast.Constant(...))]
    return f

def as_method(f):
    "A patched function as the method that it becomes."
    how = patch_of(f)
    given = {k.arg for k in how.keywords} if isinstance(how, ast.Call) else set()
    method = signature_only(f, next((v for k, v in KINDS.items() if k in given), ''))
    method.args.args[0].annotation = None
    return method

def own_names(method):
    "Names that a method sets on its object: `self.x = ...`."
    if not method.args.args: return []
    me = method.args.args[0].arg
    for node in ast.walk(method):
        if isinstance(node, ast.Attribute) and isinstance(node.ctx, ast.Store) and getattr(node.value, 'id', '') == me:
            yield node.attr
        if isinstance(node, ast.Call) and name_of(node) == 'store_attr':
            yield from (o.arg for o in method.args.args[1:] + method.args.kwonlyargs)

def told_types(method):
    """{name:
    type} of what a method keeps of its parameters as they are: `self.x = x`. One that may be None says nothing."""
    args = method.args.posonlyargs + method.args.args
    defaults = dict(zip([a.arg for a in args][::-1], method.args.defaults[::-1]))
    defaults |= {a.arg: d for a, d in zip(method.args.kwonlyargs, method.args.kw_defaults)}
    typed = {a.arg: ast.unparse(a.annotation) for a in args + method.args.kwonlyargs
             if a.annotation and getattr(defaults.get(a.arg, 0), 'value', 0) is not None}
    found = {}
    for o in ast.walk(method):
        if not isinstance(o, ast.Assign): continue
        left, right = o.targets[0], o.value
        pairs = (zip(left.elts, right.elts) if isinstance(left, ast.Tuple)
                 and isinstance(right, ast.Tuple) else [(left, right)])
        found |= {a.attr: typed[b.id] for a, b in pairs if isinstance(a, ast.Attribute) and isinstance(b,
            ast.Name) and b.id in typed}
    return found

def class_stub(node, patched):
    "A class with its fields, its methods, and those that `@patch` gives it."
    inside = [o for o in node.body if isinstance(o, FUNCTIONS)]
    fields = [field(o) for o in node.body if isinstance(o, (ast.Assign, ast.AnnAssign))]
    there = {o.target.id for o in fields} | {o.name for o in inside + patched}
    new = dict.fromkeys(n for f in inside + patched for n in own_names(f) if n not in there)
    known = {k: v for f in inside if f.name == '__init__' for k, v in told_types(f).items()}
    methods = {o.name: signature_only(o) for o in inside} | {o.name: as_method(o) for o in patched}
    body = [*fields, *(ast.parse(f'{n}: {known.get(n, "Any")}').body[0] for n in new), *methods.values()]
    decorators = [o for o in node.decorator_list if name_of(o) in KEPT]
    return ast.ClassDef(node.name, node.bases, node.keywords, body or [ast.Expr(ast.Constant(...))], decorators,
                        type_params=[])

def field(o):
    "A name with its type, `Any` where none is said; what has a default keeps that it has one."
    if isinstance(o, ast.AnnAssign):
        value = o.value and (o.value if name_of(o.value) == 'field' else ast.Constant(...))
        return ast.AnnAssign(o.target, o.annotation, value, 1)
    known = type(o.value.value).__name__ if isinstance(o.value, ast.Constant) and o.value.value is not None else \
        {ast.Dict: 'dict', ast.List: 'list', ast.Set: 'set', ast.Tuple: 'tuple',
         ast.JoinedStr: 'str'}.get(type(o.value), 'Any')
    target = o.targets[0].elts[0] if isinstance(o.targets[0], ast.Tuple) else o.targets[0]
    return (ast.AnnAssign(ast.Name(target.id), ast.Name(known), None, 1)
            if isinstance(target, ast.Name) else ast.AnnAssign(ast.Name('_'), ast.Name('Any'), None, 1))

def assigned(o):
    "Stub lines of an assignment at the top of a module."
    if isinstance(o, ast.AnnAssign): return [field(o)]
    names = [n for t in o.targets for n in (t.elts if isinstance(t, ast.Tuple) else [t]) if isinstance(n, ast.Name)]
    if [n.id for n in names] == ['__all__']: return [o]
    if len(names) == 1: return [field(ast.Assign(names, o.value))]
    return [ast.AnnAssign(n, ast.Name('Any'), None, 1) for n in names]

def patches(trees):
    "The patched functions of all modules: {class: [function, ...]}."
    found = {}
    for tree in trees.values():
        for f in tree.body:
            if isinstance(f, FUNCTIONS) and patch_of(f):
                for c in targets(f): found.setdefault(c, []).append(f)
    return found

def bound(tree):
    "{name: import that binds it, or None} of the top of a module."
    found = {}
    for o in tree.body:
        if isinstance(o, (ast.ClassDef, *FUNCTIONS)): found[o.name] = None
        if isinstance(o, ast.Assign):
            found |= {n.id: None for t in o.targets for n in ast.walk(t) if isinstance(n, ast.Name)}
        if isinstance(o, ast.ImportFrom):
            found |= {a.asname or a.name: ast.ImportFrom(o.module, [a], o.level) for a in o.names}
        if isinstance(o, ast.Import): found |= {(a.asname or a.name).split('.')[0]: ast.Import([a]) for a in o.names}
    return found

def borrowed(trees, module, patched):
    "Imports that the annotations of methods from other modules need."
    here, out = bound(trees[module]), {}
    for c in trees[module].body:
        for f in patched.get(getattr(c, 'name', ''), []):
            home = next(k for k, t in trees.items() if f in t.body)
            there = bound(trees[home])
            notes = ([a.annotation for a in f.args.args[1:] + f.args.kwonlyargs if a.annotation]
                     + ([f.returns] if f.returns else []))
            for n in {n.id for a in notes for n in ast.walk(a) if isinstance(n, ast.Name)}:
                if n in there and n not in here: out[n] = there[n] or ast.ImportFrom(home, [ast.alias(n)], 1)
    return [out[k] for k in sorted(out)]

def module_stub(tree, patched, more=()):
    "The stub of one module, as text."
    out = [*more]
    for o in tree.body:
        if isinstance(o, (ast.Import, ast.ImportFrom)): out.append(o)
        elif isinstance(o, ast.ClassDef): out.append(class_stub(o, patched.get(o.name, [])))
        elif isinstance(o, FUNCTIONS) and not patch_of(o): out.append(signature_only(o))
        elif isinstance(o, (ast.Assign, ast.AnnAssign)): out += assigned(o)
        elif isinstance(o, (ast.Try, ast.If)): out += [n for n in o.body if isinstance(n, (ast.Import, ast.ImportFrom))]
    body = '\n'.join(ast.unparse(ast.fix_missing_locations(o)) for o in out)
    return f'{HEAD}from typing import Any\n{body}\n'

def face_stub(source):
    "The stub of the package itself: the names of its face, from the modules that hold them."
    tree = ast.parse(source)
    home = next((o.value for o in tree.body if isinstance(o, ast.Assign) and o.targets[0].id == '_HOME'), None)
    lines = [f'from promo_lib.{k.value.value} import {k.arg} as {k.arg}' for k in home.keywords] if home else []
    names = [k.arg for k in home.keywords] if home else []
    return '\n'.join([HEAD.strip(), *lines, '__version__: str', f'__all__ = {names!r}']) + '\n'

def stubs():
    "{file name: text} of all stubs."
    trees = {p.stem: ast.parse(p.read_text('utf-8'))
             for p in sorted(PACKAGE.glob('*.py')) if p.stem not in ('__init__', '_modidx')}
    patched = patches(trees)
    return ({f'{k}.pyi': module_stub(o, patched, borrowed(trees, k, patched)) for k, o in trees.items()}
            | {'__init__.pyi': face_stub((PACKAGE/'__init__.py').read_text('utf-8')), 'py.typed': ''})

def main():
    want = stubs()
    old = {p.name: p.read_text('utf-8') for p in [*PACKAGE.glob('*.pyi'), *PACKAGE.glob('py.typed')]}
    bad = sorted(k for k in want.keys() | old.keys() if want.get(k) != old.get(k))
    if '--check' in sys.argv:
        sys.exit(f'{", ".join(bad)}: not what tools/stubs.py makes. Run `make export`' if bad else 0)
    for k in bad:
        if k in want: (PACKAGE/k).write_text(want[k], encoding='utf-8')
        else: (PACKAGE/k).unlink()

if __name__ == '__main__': main()
