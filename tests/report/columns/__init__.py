"""Tests of the published columns."""
