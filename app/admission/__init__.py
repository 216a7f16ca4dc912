"""Who is let in when: the control law, its leader, and what it is told of capacity."""
