"""Settings, addresses, the worker and what all pages share.

Imports nothing: the launcher of the embedded servers lives in here and starts in a fifth of the time without Celery.
"""
