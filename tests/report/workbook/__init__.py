"""Tests of the writer of workbooks."""
