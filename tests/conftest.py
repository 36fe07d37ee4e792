"""How hypothesis runs here."""

from hypothesis import HealthCheck, settings

# No deadline: how fast the machine is at the moment is not what these tests are about.
settings.register_profile("kwartier", deadline=None, suppress_health_check=[HealthCheck.too_slow])
settings.load_profile("kwartier")
