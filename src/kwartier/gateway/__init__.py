"""Who gets in, how often, from where, and what is said when not: what every HTTP surface stands on."""
