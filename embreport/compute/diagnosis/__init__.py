"""Diagnosis: what tables, components and layouts say of the data and of the pictures."""
