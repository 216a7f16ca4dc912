"""ElastiCache: what nodes take, how clusters scale."""
