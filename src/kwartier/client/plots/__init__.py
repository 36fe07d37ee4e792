"""Pictures of readings: a day, a month, a year of quarter-hours, monthly peaks (K6). Files need `kwartier[plots]`."""
