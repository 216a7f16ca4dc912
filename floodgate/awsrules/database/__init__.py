"""RDS and Aurora: connections, readers, fail-over."""
