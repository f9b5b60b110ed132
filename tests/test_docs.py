"""The snippets of the docs' pages for readers: each line of Python runs, each command is understood."""
import re, shlex
from pathlib import Path

import pytest

ROOT = Path(__file__).resolve().parent.parent
PAGES = [o for o in (*sorted((ROOT/'docs').glob('*.md')), ROOT/'README.md') if o.name != 'recipes.md']

def blocks(path, language): return re.findall(rf'(?ms)^```{language}\n(.*?)^```', path.read_text('utf-8'))

def commands(path):
    "Command lines of a page, without their remarks."
    lines = [re.sub(r'\s+(#|\d?>>?).*', '', o).strip() for b in blocks(path, 'sh') for o in b.splitlines()]
    return [o for o in lines if o.startswith('promo ')]

@pytest.mark.parametrize('page', PAGES, ids=lambda o: o.stem)
def test_commands_are_understood(page):
    "Every command of a page is one, and takes the options that it is given."
    import typer
    from promo_lib.cli import _app
    group = typer.main.get_command(_app)
    for line in commands(page):
        words = shlex.split(line)[1:]
        command = group.commands.get(words[0])
        assert command is not None, line
        while hasattr(command, 'commands'): words, command = words[1:], command.commands[words[1]]
        command.make_context(words[0], words[1:])

def test_twenty_questions_run(world, tmp_path, monkeypatch):
    "Each snippet of questions.md, in their order, for a made-up shop."
    from promo_lib import Campaign, Money
    monkeypatch.chdir(tmp_path)
    page = ROOT/'docs/questions.md'
    assert len(re.findall('(?m)^### ', page.read_text('utf-8'))) >= 20
    c = Campaign(world.data, world.campaign, Money(**world.money), world.scores)
    names = dict(c=c, plan=c.plan(500, max_offers=2))
    for block in blocks(page, 'python'): exec(compile(block, 'questions.md', 'exec'), names)
    assert names['plan'].recommended > 0
