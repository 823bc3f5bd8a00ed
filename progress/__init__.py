"""Every rule about numbers, once: pure functions on dates and exact amounts; no Django, no clock, no I/O."""
