"""The Application Load Balancer in time."""
