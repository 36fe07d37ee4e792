"""What can be asked and done, one function each: decision and work. Every surface calls these and nothing below.

Exception
└── ServiceError
    ├── UnknownCredentialsError    no credentials of that client id
    └── RevokedCredentialsError    they were revoked, and can't be renewed
"""
