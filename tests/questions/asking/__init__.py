"""Tests of what questions have in common."""
