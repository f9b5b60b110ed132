"""Predict what a promotion does for each customer, and spend the budget where it does most.

The public face: what most people need, by one import. Each name is loaded when it is first asked for,
so that `import promo_lib` stays fast. Everything else is in the chapters' modules (docs, "The public face")."""
import importlib
import sys
import types

__version__ = "0.9.0"

_HOME = dict(
    load='data', load_sample='data', PromoData='data', quality='data',
    UsageError='core', DataError='core',
    Money='money', add_value='money',
    add_features='features', evaluate='metrics',
    PromoClassifier='frame', PromoRegressor='frame',
    EffectModel='effect', fit_in_time='scores', cached_scores='scores',
    UpliftModel='uplift', design_experiment='uplift',
    allocate='allocate', Plan='allocate',
    budget='constraints', stock='constraints', reach='constraints', min_roi='constraints', pin='constraints',
    forbid='constraints',
    PromoBudgetEnv='env', make_agent='agents', simulate='agents',
    evaluate_policy='ope',
    Campaign='campaign', Loop='loop', LoopSettings='loop',
    Draft='draft', plan_campaigns='folder', PlanFolder='folder', follow='follow', measure_plan='outcome', Ledger='ledger',
    MadeUpShop='shop', run_report='run')

__all__ = ['load', 'load_sample', 'PromoData', 'quality', 'UsageError', 'DataError', 'Money', 'add_value',
           'add_features', 'evaluate', 'PromoClassifier', 'PromoRegressor', 'EffectModel', 'fit_in_time',
           'cached_scores', 'UpliftModel',
           'design_experiment', 'allocate', 'Plan', 'budget', 'stock', 'reach', 'min_roi', 'pin', 'forbid',
           'PromoBudgetEnv', 'make_agent', 'simulate', 'evaluate_policy', 'Campaign', 'Loop', 'LoopSettings',
           'Draft', 'plan_campaigns', 'PlanFolder', 'follow', 'measure_plan', 'Ledger', 'MadeUpShop', 'run_report']

# A campaign's plan is written to a folder and measured from it by chapters above its own.
_WITH = dict(Campaign='outcome')

# Modules of 0.3.0 that are gone, and where what they held is now.
_GONE = dict(estimators='promo_lib.ope', report='promo_lib.page (making a page) and promo_lib.run (running notebooks)')


class _Face(types.ModuleType):
    "The package, with the names of the face loaded on demand; a module of the same name (`allocate`) does not hide one."
    def __getattr__(self, name):
        if name in _GONE: raise ImportError(f'promo_lib.{name} is gone since 0.4.0: see {_GONE[name]}')
        if name not in _HOME: raise AttributeError(f'module {self.__name__!r} has no attribute {name!r}')
        if name in _WITH: importlib.import_module(f'{self.__name__}.{_WITH[name]}')
        value = getattr(importlib.import_module(f'{self.__name__}.{_HOME[name]}'), name)
        self.__dict__[name] = value
        return value

    def __setattr__(self, name, value):
        if name in _HOME and isinstance(value, types.ModuleType): return
        super().__setattr__(name, value)

    def __dir__(self): return sorted({*self.__dict__, *_HOME})


class _Gone:
    "Says where a module of 0.3.0 went, on `import promo_lib.estimators` and `from promo_lib.estimators import ...`."
    def find_spec(self, name, path=None, target=None):
        package, _, module = name.rpartition('.')
        if package == __name__ and module in _GONE:
            raise ImportError(f'{name} is gone since 0.4.0: see {_GONE[module]}', name=name)
        return None


sys.modules[__name__].__class__ = _Face
sys.meta_path.insert(0, _Gone())
