"""The way in for readings: spooled, checked, made into runs, loaded unseen, published; or set aside (R3)."""
