"""What happens to instances: launching, health, warm pools, replacement, termination."""
