"""What a group decides about its size: policies, schedules, and which of them wins."""
