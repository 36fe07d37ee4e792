"""What can be asked and done, one function each: decision and work. Every surface calls these and nothing below.

Exception
└── ServiceError
    ├── UnknownCredentialsError    no credentials, or no operator, of that client id
    ├── RevokedCredentialsError    they were revoked, and can't be renewed
    ├── CertificateError           a certificate that can't be registered
    ├── UnknownCertificateError    no certificate of that thumbprint
    ├── UnknownKeyError            no signing key of that name
    ├── BootstrappedError          the platform has an operator already
    ├── NothingAsideError          no row waits that is meant
    └── BeingRetriedError          rows are being retried by another process
"""
