"""Django's admin for those who run the platform: a process and a database role of its own, one organization at a time.

Source: docs/operators.md.
"""
