# Made by tools/stubs.py from the module beside it: do not edit.
from promo_lib.data import load as load
from promo_lib.data import load_sample as load_sample
from promo_lib.data import PromoData as PromoData
from promo_lib.data import quality as quality
from promo_lib.core import UsageError as UsageError
from promo_lib.core import DataError as DataError
from promo_lib.money import Money as Money
from promo_lib.money import add_value as add_value
from promo_lib.features import add_features as add_features
from promo_lib.metrics import evaluate as evaluate
from promo_lib.effect import EffectModel as EffectModel
from promo_lib.scores import fit_in_time as fit_in_time
from promo_lib.scores import cached_scores as cached_scores
from promo_lib.uplift import UpliftModel as UpliftModel
from promo_lib.uplift import design_experiment as design_experiment
from promo_lib.allocate import allocate as allocate
from promo_lib.allocate import Plan as Plan
from promo_lib.constraints import budget as budget
from promo_lib.constraints import stock as stock
from promo_lib.constraints import reach as reach
from promo_lib.constraints import min_roi as min_roi
from promo_lib.constraints import pin as pin
from promo_lib.constraints import forbid as forbid
from promo_lib.env import PromoBudgetEnv as PromoBudgetEnv
from promo_lib.agents import make_agent as make_agent
from promo_lib.agents import simulate as simulate
from promo_lib.ope import evaluate_policy as evaluate_policy
from promo_lib.campaign import Campaign as Campaign
from promo_lib.loop import Loop as Loop
from promo_lib.loop import LoopSettings as LoopSettings
from promo_lib.run import run_report as run_report
__version__: str
__all__ = ['load', 'load_sample', 'PromoData', 'quality', 'UsageError', 'DataError', 'Money', 'add_value', 'add_features', 'evaluate', 'EffectModel', 'fit_in_time', 'cached_scores', 'UpliftModel', 'design_experiment', 'allocate', 'Plan', 'budget', 'stock', 'reach', 'min_roi', 'pin', 'forbid', 'PromoBudgetEnv', 'make_agent', 'simulate', 'evaluate_policy', 'Campaign', 'Loop', 'LoopSettings', 'run_report']
