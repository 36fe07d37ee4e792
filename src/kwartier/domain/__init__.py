"""The rules of the field, as pure functions: no I/O, no framework, no clock of its own.

Instants are aware, UTC; periods are half-open; days are those of Europe/Brussels; energy is an integer number
of thousandths (of a kWh, kVArh or m3).
"""
