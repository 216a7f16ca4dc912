"""What people cost the balancer, the servers and the database, and what these take."""
