"""The docs site and the README, made from the executed notebooks. Use: build_docs.py site | readme [--check]"""
import argparse, os, re, shutil, subprocess, sys
from pathlib import Path
import yaml

ROOT = Path(__file__).resolve().parent.parent
sys.path[:0] = [str(ROOT), str(ROOT/'tools')]
import api_docs
from nb2md import markdown, prose, relinked, spaced

NBS, WORK, SITE = ROOT/'nbs', ROOT/'.cache/docs', ROOT/'_site'
# by the tens digit of a chapter
PARTS = {0: 'Data', 1: 'Text and networks', 2: 'Effects', 3: 'Decide', 4: 'Measure and repeat', 5: 'Deliver',
         6: 'On demand'}

def notebooks():
    return sorted(p for p in NBS.rglob('*.ipynb') if not any(o.startswith(('.', '_'))
                                                             for o in p.relative_to(NBS).parts))

def page_of(path):
    "Where a file of the repository is on the site; other files than notebooks and texts go to `files/`."
    rel = path.relative_to(ROOT)
    if path.suffix == '.ipynb' and NBS in path.parents: return path.relative_to(NBS).with_suffix('.md')
    if path == ROOT/'docs/index.zh.md': return Path('zh.md')
    if path.suffix == '.md' and path.parent == ROOT/'docs': return Path('guide')/path.name
    if path.name == 'README.md' and path != ROOT/'README.md': return rel.parent/'about.md'
    return (Path('index.md') if path == ROOT/'README.md' else Path(rel.name.lower()) if rel.suffix == '.md'
            and rel.parent == Path('.') else 'files'/rel)

def linker(source, page, src):
    "For the text at `source` that becomes `page`: a function from a relative link's target to the one on the site."
    def link(target):
        path, _, frag = target.partition('#')
        file = (source.parent/path).resolve()
        if not file.is_file() or ROOT not in file.parents: return target     # mkdocs --strict names it
        to = page_of(file)
        if to.parts[0] == 'files':
            (src/to).parent.mkdir(parents=True, exist_ok=True)
            shutil.copy(file, src/to)
        return os.path.relpath(to, page.parent) + (f'#{frag.lower()}' if frag else '')
    return link

def saver(folder, stem, start):
    "A function that keeps pictures as `folder/stem-1.png`, ..., and gives links relative to `start`."
    n = iter(range(1, 10**6))
    def save(data, suffix):
        file = folder/f'{stem}-{next(n)}{suffix}'
        folder.mkdir(parents=True, exist_ok=True)
        file.write_bytes(data)
        return os.path.relpath(file, start)
    return save

def with_api(page, names):
    "A function that makes `name` in a text a link to its place in the API."
    def one(m): return f'[{m[0]}]({os.path.relpath(names[m[1]], page.parent)})' if m[1] in names else m[0]
    return lambda md: '\n'.join(l if l.startswith(('#', '|')) else re.sub(r'(?<![\[`\w])`(\w+)(?:\(\))?`(?![\]`])',
        one, l) for l in md.split('\n'))

def write(src, page, md):
    (src/page).parent.mkdir(parents=True, exist_ok=True)
    (src/page).write_text(md, encoding='utf-8')

def title(md, default): return (re.findall(r'^# (.+)$', md, re.M) or [default])[0]

def notebook_pages(src, names):
    "Write a page for each notebook; {page: title}."
    out = {}
    for p in notebooks():
        page = page_of(p)
        api_link = with_api(page, names)
        md = markdown(p, saver(src/page.parent/'figures', p.stem, src/page.parent), linker(p, page, src),
                      change=api_link)
        module = re.sub(r'^\d\d_', '', p.stem)
        api = f' · [promo_lib.{module}](api/{module}.md)' if module in api_docs.modules() else ''
        if p.stem != 'index':
            md = re.sub(r'(\A# .+\n(?:\n*> .+\n)*)', rf'\1\n<small>notebook `{p.relative_to(ROOT)}`{api}</small>\n',
                        md, count=1)
        write(src, page, md)
        out[str(page)] = title(md, p.stem)
    return out

def text_pages(src):
    "Write the pages of the repository's own Markdown files; {page: title}."
    out = {}
    mine = [ROOT/'CHANGELOG.md', ROOT/'CONTRIBUTING.md', *sorted((ROOT/'docs').glob('*.md'))]
    for p in [*mine, *sorted((ROOT/'data').rglob('README.md'))]:
        if not p.exists(): continue
        page = page_of(p)
        md = prose(p.read_text(encoding='utf-8'), lambda t: relinked(spaced(t), linker(p, page, src)))
        write(src, page, md)
        out[str(page)] = title(md, p.parent.name)
    return out

def api_pages(src, chapters, names):
    "Write a page for each module, in the order of the chapters; {page: title}."
    chapter = {Path(p).stem.split('_', 1)[-1]: (p, t) for p, t in chapters.items()}
    mods = sorted(api_docs.modules(), key=lambda m: (chapter.get(m, ('~',))[0], m))
    for m in mods:
        p, t = chapter.get(m, ('', ''))
        md = api_docs.page(m, f'How it works, and why it is so: chapter [{t}](../{p}).' if p else '')
        write(src, f'api/{m}.md', prose(md, with_api(Path(f'api/{m}.md'), names)))
    return {f'api/{m}.md': m for m in mods}

def nav(nbs, texts, api):
    "The site's order: home, chapters by part, studies, reports, benchmarks, API, the rest."
    def items(d): return [{t: p} for p, t in d.items()]
    def inside(folder, d): return items({p: t for p, t in d.items() if p.startswith(folder + '/')})
    parts = {}
    for p, t in nbs.items():
        if re.match(r'\d\d_', p): parts.setdefault(PARTS[int(p[0])], []).append({f'{p[:2]} {t}': p})
    sections = [('Guide', inside('guide', texts)), ('Chapters', [{k: v} for k, v in parts.items()]),
                ('Studies', inside('studies', nbs)),
                ('Reports', inside('reports', nbs)),
                ('Benchmarks', inside('benchmarks', nbs)), ('Data cards', inside('data', texts)), ('API', items(api)),
                ('Project', items({p: t for p, t in texts.items() if '/' not in p and p != 'zh.md'}))]
    guide = [o for o in ('guide/tutorial.md', 'guide/questions.md', 'guide/gallery.md') if o in texts]
    sections[0] = ('Guide', [*({texts[o]: o} for o in guide),
                             *(o for o in inside('guide', texts) if not set(o.values()) & set(guide))])
    return [{'Home': 'index.md'}, {'中文': 'zh.md'}, *({k: v} for k, v in sections if v)]

def foreign(site):
    "Pages that would load something from another host."
    sources = r'<(?:script|img|iframe|source)\b[^>]*\bsrc="?(?:https?:)?//'
    links = r'<link\b[^>]*\brel="?(?:stylesheet|preload|preconnect|icon)[^>]*href="?(?:https?:)?//'
    pat = re.compile(f'{sources}|{links}', re.I)
    return [str(p.relative_to(site)) for p in site.rglob('*.html') if pat.search(p.read_text(encoding='utf-8'))]

def site():
    "Build the site into `_site`; a warning of mkdocs or a request to another host is an error."
    src = WORK/'src'
    shutil.rmtree(WORK, ignore_errors=True)
    for o in 'assets', 'vendor': shutil.copytree(ROOT/'docs'/o, src/o, ignore=shutil.ignore_patterns('*.md'))
    names = api_docs.index()
    nbs, texts = notebook_pages(src, names), text_pages(src)
    if 'index.md' not in nbs: write(src, 'index.md', '# promo_lib\n\nThe chapters are in the menu.\n')
    conf = {'INHERIT': str(ROOT/'docs/mkdocs.yml'), 'docs_dir': str(src), 'site_dir': str(SITE),
            'nav': nav(nbs, texts, api_pages(src, nbs, names))}
    (WORK/'mkdocs.yml').write_text(yaml.safe_dump(conf, sort_keys=False, allow_unicode=True), encoding='utf-8')
    run = subprocess.run([sys.executable, '-m', 'mkdocs', 'build', '--strict', '--quiet', '-f', WORK/'mkdocs.yml'],
                         env={**os.environ, 'NO_MKDOCS_2_WARNING': '1'})
    if run.returncode: sys.exit(run.returncode)
    if bad := foreign(SITE): sys.exit(f'these pages load something from another host: {", ".join(bad)}')
    print(f'{len(nbs) + len(texts)} pages; open {SITE/"index.html"}')

def root_linker(source):
    "For a text that becomes a README: a function from a relative link's target to the one from the repository's root."
    def link(target):
        path, _, frag = target.partition('#')
        file = (source.parent/path).resolve()
        if not file.exists(): sys.exit(f'{source.relative_to(ROOT)} links to {path}, which is not there')
        twins = {NBS/'index.ipynb': 'README.md', ROOT/'docs/index.zh.md': 'README.zh.md'}
        return twins.get(file, os.path.relpath(file, ROOT)) + (f'#{frag}' if frag else '')
    return link

def readme_files(folder):
    """README.md, its pictures, and README.zh.md, made in `folder` as they belong in the repository's root; their
    paths relative to it."""
    link, chinese = root_linker(NBS/'index.ipynb'), ROOT/'docs/index.zh.md'
    head = '<!-- made from docs/index.zh.md by `make readme`: edit that page -->\n'
    (folder/'README.zh.md').write_text(head + prose(chinese.read_text('utf-8'),
                                                    lambda t: relinked(t, root_linker(chinese))), encoding='utf-8')
    note = '<!-- made from nbs/index.ipynb by `make readme`: edit that notebook -->\n'
    (folder/'README.md').write_text(note + markdown(NBS/'index.ipynb', saver(folder/'docs/readme', 'figure', folder),
                                                    link, site=False), encoding='utf-8')
    return ['README.md', 'README.zh.md', *(str(p.relative_to(folder)) for p in (folder/'docs/readme').glob('*'))]

def readme(check=False):
    "Write the READMEs from nbs/index.ipynb and docs/index.zh.md, or say with status 1 that they are stale."
    tmp = WORK.parent/'readme'
    shutil.rmtree(tmp, ignore_errors=True)
    tmp.mkdir(parents=True)
    files = readme_files(tmp)
    def same(f): return (ROOT/f).is_file() and (ROOT/f).read_bytes() == (tmp/f).read_bytes()
    left = [p for p in (ROOT/'docs/readme').glob('*') if str(p.relative_to(ROOT)) not in files]
    stale = [f for f in files if not same(f)] + [str(p.relative_to(ROOT)) for p in left]
    if check: sys.exit(f'not in step with nbs/index.ipynb and docs/index.zh.md: {", ".join(stale)}. Run `make readme`'
                       if stale else 0)
    for p in left: p.unlink()
    for f in files:
        (ROOT/f).parent.mkdir(parents=True, exist_ok=True)
        shutil.copy(tmp/f, ROOT/f)
    print('READMEs written' if stale else 'READMEs were up to date')

if __name__ == '__main__':
    ap = argparse.ArgumentParser(description=__doc__)
    ap.add_argument('what', choices=['site', 'readme'])
    ap.add_argument('--check', action='store_true', help='readme: only say whether it is stale')
    a = ap.parse_args()
    site() if a.what == 'site' else readme(a.check)
