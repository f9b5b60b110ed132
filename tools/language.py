"""What a page still says in English, and the catalogue in its order. Use: language.py [PAGE.html ...]

Without pages it only sorts the catalogues (promo_lib/locale): an entry is added by hand, anywhere."""
import io, sys
from pathlib import Path

ROOT = Path(__file__).resolve().parent.parent
sys.path.insert(0, str(ROOT))
HEAD = ['# Messages of promo_lib: an English sentence, places in braces; see nbs/09_language.ipynb.', 'msgid ""',
        'msgstr ""', r'"Content-Type: text/plain; charset=utf-8\n"']

def sorted_catalogue(path):
    "The text of a catalogue, its entries in the order of their English."
    from babel.messages.catalog import Catalog
    from babel.messages.pofile import read_po, write_po
    language = path.parent.parent.name
    with open(path, 'rb') as f: old = read_po(f, locale=language)
    new, out = Catalog(locale=language), io.BytesIO()
    for o in old:
        if o.id: new.add(o.id, o.string)
    write_po(out, new, width=0, sort_output=True, omit_header=True)
    lines = [o for o in out.getvalue().decode().splitlines() if not o.startswith('#,')]
    forms = rf'"Plural-Forms: {new.plural_forms}\n"'
    return '\n'.join([*HEAD, rf'"Language: {language}\n"', forms, '', *lines]) + '\n'

def main():
    from promo_lib.language import untranslated
    for path in sorted((ROOT/'promo_lib/locale').glob('*/LC_MESSAGES/*.po')):
        text = sorted_catalogue(path)
        if text != path.read_text('utf-8'):
            path.write_text(text, encoding='utf-8')
            print(f'{path.relative_to(ROOT)} sorted')
    lost = {p: untranslated(Path(p).read_text('utf-8')) for p in sys.argv[1:]}
    for p, said in lost.items():
        for o in dict.fromkeys(said): print(f'{p}: {o}')
    sys.exit(any(lost.values()))

if __name__ == '__main__': main()
