"""How the fleet follows the crowd: target tracking, a step policy on the waiting room, and scheduled openings."""
