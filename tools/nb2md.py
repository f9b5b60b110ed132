"""A notebook as Markdown: text and code in their order, outputs inline, pictures as files.

It reads the committed, executed notebook and runs nothing. nbdev's own processor (`proc_nbs`) is not used: it drops
what stands
below the title in the first cell, shows a signature in the place of an exported function's code, and runs cells that
import."""
import base64, json, re
from pathlib import Path

KINDS = {'text/markdown': '', 'text/html': '', 'image/svg+xml': '.svg', 'image/png': '.png', 'image/jpeg': '.jpg',
         'text/plain': ''} # best first
# fenced code, and formulas on lines of their own
CODE = re.compile(r'(^(?P<f>```+|~~~+).*?^(?P=f)[`~]*[ \t]*$|\n*^\$\$.+?\$\$[ \t]*$\n*)', re.M | re.S)

def text(o): return ''.join(o) if isinstance(o, list) else o

def fence(s, info=''):
    "`s` as a code block, whatever backticks it holds."
    ticks = '`' * max(3, 1 + max(map(len, re.findall('`+', s)), default=0))
    return f'{ticks}{info}\n{s.rstrip()}\n{ticks}'

def prose(md, change):
    "`md` with `change` made to its text, and to neither code nor formulas; a blank line around formulas."
    parts = CODE.split(md)[::3], [m[0] for m in CODE.finditer(md)] + ['']
    return ''.join(change(t) + (f'\n\n{c.strip()}\n\n' if c.strip().startswith('$$') else c) for t, c in zip(*parts))

def spaced(md):
    "Lists and tables as Python-Markdown wants them: a blank line before, four spaces for a list in a list."
    md = re.sub(r'^( {2,3})(?=(?:[-*+]|\d+\.) )', '    ', md, flags=re.M)
    md = re.sub(r'^(?![ \t]*(?:[-*+]|\d+\.)[ \t])(?![ \t]{2,})(.*\S.*)\n(?=(?:[-*+]|1\.) )', r'\1\n\n', md, flags=re.M)
    return re.sub(r'^(?!\|)(.*\S.*)\n(?=\|)', r'\1\n\n', md, flags=re.M)

def relinked(md, link):
    "`md` with `link` asked for the new target of each relative link and picture."
    def local(t): return t if re.match(r'[a-z]+:|#|/', t) else link(t)
    md = re.sub(r'(\]\()([^)\s]+)', lambda m: m[1] + local(m[2]), md)
    return re.sub(r'(<(?:img|a)\b[^>]*?(?:src|href)=")([^"]+)', lambda m: m[1] + local(m[2]), md)

def directives(source):
    "nbdev's directives of a cell: `#| echo: false` is {'echo': 'false'}, `#| export` is {'export': ''}."
    return {k: v.strip() for k, v in re.findall(r'^#\s*\|\s*([\w-]+):?(.*)$', source, re.M)}

def output(o, save, box):
    "One output of a cell: text in a fence, a table as it is, a picture as a file."
    def plain(s): return fence(re.sub(r'\x1b\[[0-9;]*m', '', s), box[0]) if s.strip() else ''
    if o['output_type'] == 'stream': return plain(text(o['text']))
    if o['output_type'] == 'error': return plain('\n'.join(o['traceback']))
    kind = next((k for k in KINDS if k in o['data']), None)
    if kind is None: return ''
    data = text(o['data'][kind])
    if kind == 'text/plain': return plain(data)
    if kind == 'text/markdown': return data
    if kind == 'text/html':
        return box[1].format(re.sub(r'<style scoped>.*?</style>\s*|\n\s*(?=\n)', '', data, flags=re.S).strip())
    return f'![figure]({save(data.encode() if kind.endswith("xml") else base64.b64decode(data), KINDS[kind])})'

def code_cell(source, outputs, save, site, module=''):
    "A code cell: its code unless hidden, then its outputs."
    d = directives(source)
    if 'hide' in d or d.get('include') == 'false': return []
    source = re.sub(r'^#\s*\|.*\n?', '', source, flags=re.M).strip('\n')
    title = f' title="{module}"' if site and module and {'export', 'exports'} & set(d) else ''
    lang = 'bash' if re.match(r'!|%%(bash|sh)\b', source) else 'python'
    code = [] if d.get('echo') == 'false' or not source.strip() else [fence(source, lang + title)]
    if d.get('output') == 'false': return code
    box = (' { .text .output }', '<div class="output">\n{}\n</div>') if site else ('text', '{}')
    return code + [output(o, save, box) for o in outputs]

def heading(source):
    "A frontmatter cell (`title: ...`, `description: ...`) as a heading."
    d = dict(re.findall(r'^(title|description):\s*(.+)$', source, re.M))
    return (f'# {d["title"]}' if 'title' in d else '') + (f'\n\n> {d["description"]}' if 'description' in d else '')

def markdown(path,        # the notebook
             save,        # takes bytes and a suffix, keeps them as a file, gives the link to it
             link=str,    # takes a relative link's target, gives the new one
             site=True,   # for the site, or plain for a git host?
             change=str): # anything else to do to the text
    "The notebook at `path` as Markdown."
    nb, out, module = json.loads(Path(path).read_text(encoding='utf-8')), [], ''
    for c in nb['cells']:
        source = text(c['source'])
        exp = re.search(r'^#\s*\|\s*default_exp\s+(\S+)', source, re.M)
        if exp: module = f'promo_lib.{exp[1]}'
        if c['cell_type'] == 'code': out += code_cell(source, c['outputs'], save, site, module)
        elif c['cell_type'] == 'raw': out.append(heading(source))
        else: out.append(prose(source, lambda t: relinked(change(spaced(t) if site else t), link)))
    return '\n\n'.join(o.strip('\n') for o in out if o.strip()) + '\n'
