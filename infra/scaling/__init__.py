"""How the fleet follows the crowd: target tracking, a step policy on the waiting room, and scheduled openings."""

from infra.scaling.scaling import Scaling, ScalingArgs
from infra.scaling.schedules import actions, minimum_to_declare, under_way
from infra.scaling.settings import ScalingSettings

__all__ = ["Scaling", "ScalingArgs", "ScalingSettings", "actions", "minimum_to_declare", "under_way"]
