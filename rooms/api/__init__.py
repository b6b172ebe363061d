"""Rooms for programs."""
