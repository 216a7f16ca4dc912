"""Clinics, slots, holds and bookings on PostgreSQL."""
