"""What a user of the public face writes.
pyright reads it in basic mode (`make check`), and test_commands.py runs it."""
import sys
from pathlib import Path

import promo_lib
from promo_lib import (Campaign, EffectModel, Loop, LoopSettings, Money, Plan, PromoBudgetEnv, PromoData, UpliftModel,
                       UsageError, add_features,
                       add_value, allocate, budget, cached_scores, load, load_sample, make_agent, min_roi, reach,
                       simulate, stock)


def campaign_of(source: str, campaign_id: int, folder: Path) -> Plan:
    "Plan a campaign, compare it with what came of it, and keep the plan."
    data = load(source)
    money = Money.of(data, margin_rate=.4)
    campaign = Campaign(data, campaign_id, money=money, fast=True)
    plan = campaign.plan(30., max_offers=3, constraints=[reach(5)])
    print(plan.bound, plan.gap, plan.shadow_price, plan.cost, len(plan.table))
    print(campaign.expected(plan).round(2).to_dict())
    print(campaign.replay(plan).summary.round(2))
    plan.table.to_parquet(folder/'plan.parquet')
    return plan


def by_hand(data: PromoData, campaign_id: int) -> Plan:
    "The same steps one by one, for candidates of one's own."
    frame = add_features(data, [campaign_id])
    print(f'{len(frame):,} candidates with {frame.shape[1]} columns; {data.known_until(campaign_id):%Y-%m-%d}')
    candidates = data.candidates([campaign_id])
    chances = [.001 + .02*(i % 97)/97 for i in range(len(candidates))]
    scored = candidates.assign(p_redeem=chances, e_sales=10., e_discount=1.)
    return allocate(add_value(scored, Money(contact_cost=.01)), 5., constraints=[budget(4.), stock(10), min_roi(.5)])


def main(folder: str) -> None:
    print(promo_lib.__version__)
    data = load_sample()
    plan = campaign_of('sample', 18, Path(folder))
    print(plan, by_hand(data, 18))
    print(make_agent('mpc'), PromoBudgetEnv, EffectModel, UpliftModel, Loop, LoopSettings(seed=1), simulate,
          cached_scores)
    try: load('nowhere')
    except UsageError as e: print(e)


if __name__ == '__main__': main(sys.argv[1] if len(sys.argv) > 1 else '.')
