"""Who may see what: credentials, signing keys, mandates. Rows in and out; what they mean is the domain's."""
