"""Stands here so that helpers beside it can be imported by every test."""
