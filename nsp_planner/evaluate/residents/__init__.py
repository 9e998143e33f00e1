"""Residents and guests: where everybody goes, who is left out, who is vulnerable, who gets which card."""
