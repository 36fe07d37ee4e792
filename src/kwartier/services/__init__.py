"""What can be asked and done, one function each: decision and work. Every surface calls these and nothing below.

Exception
└── ServiceError
    ├── UnknownCredentialsError    no credentials, or no operator, of that client id
    ├── RevokedCredentialsError    they were revoked, and can't be renewed
    ├── CertificateError           a certificate that can't be registered
    ├── UnknownCertificateError    no certificate of that thumbprint
    ├── UnknownKeyError            no signing key of that name
    ├── OtherPepperError           the pepper is not the one with which the platform serves
    ├── UnknownMessageError        no message of that id, or not in a state in which that can be done
    ├── BootstrappedError          the platform has an operator already
    ├── NothingAsideError          no row waits that is meant
    ├── BeingRetriedError          rows are being retried by another process
    ├── NotAllowedError            a person may not act for an organisation, or not so far
    ├── UnknownOrganisationError   no organisation of that enterprise number is registered
    ├── UnknownPersonError         no person, or no role, of that id
    ├── ContractError              no contract of that number, or it can't be brought to that state
    ├── UnknownMandateError        the organisation has no mandate of that id
    └── WrongMandateError          what was asked can't be done with a mandate as it stands
"""
