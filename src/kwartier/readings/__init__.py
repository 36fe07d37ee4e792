"""What was measured, and when it came to be known: headpoints, runs, deliveries (DESIGN 2-4)."""
