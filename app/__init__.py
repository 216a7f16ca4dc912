"""The service that the stack serves: a fair waiting room before a reservation service."""
