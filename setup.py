"""Packaging: reads settings.ini, the single place of version and requirements."""
from configparser import ConfigParser
from pathlib import Path
from setuptools import setup

HERE = Path(__file__).parent
cfg = ConfigParser(delimiters=['='], comment_prefixes=['#'], inline_comment_prefixes=None)
cfg.read(HERE/'settings.ini', encoding='utf-8')
ini = cfg['DEFAULT']

def lines(key): return [o.strip() for o in ini.get(key, '').splitlines() if o.strip()]

extras = {k.removesuffix('_requirements'): lines(k) for k in ini if k.endswith('_requirements')}
extras['all'] = sorted({r for o in extras.values() for r in o})

# The templates travel in the wheel, beside the modules, so that `promo report` works where there is no checkout.
inside = {'promo_lib.notebooks.reports': 'nbs/reports', 'promo_lib.notebooks.benchmarks': 'nbs/benchmarks',
          'promo_lib.notebooks.studies': 'nbs/studies', 'promo_lib.sample': 'data/sample',
          'promo_lib.lists': 'data/lists'}
inside = {k: v for k, v in inside.items() if any((HERE/v).glob('*.*'))}  # git keeps no empty folder

files = {o: ['*.ipynb', '*.parquet', '*.csv', '*.md'] for o in inside}
files |= {'promo_lib': ['*.pyi', 'py.typed', '*.toml', 'locale/*/LC_MESSAGES/*.po']}

setup(version=ini['version'], install_requires=lines('requirements'), extras_require=extras,
      packages=['promo_lib', *inside], package_dir=inside,
      package_data=files,
      include_package_data=False, zip_safe=False,
      entry_points={'console_scripts': lines('console_scripts'),
                    'nbdev': [f'{ini["lib_name"]} = {ini["lib_name"]}._modidx:d']})
