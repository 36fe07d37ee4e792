"""The client of the guide's API: sync and async, over any period, with columnar results.

Everything public is a name of `kwartier` itself.

Exception
└── KwartierError                   the client can't do what is asked
    ├── ConfigurationError          a setting, or a question, can't be right; nothing was asked of the API
    ├── UnreadableError             what was saved is no answer of the API
    └── ApiError                    a request failed; `asked` has it without secrets, `status`, `correlation_id`
        ├── SecretError             the client secret is wrong, expired or replaced
        ├── TokenError              token or subscription key are refused, also a new token
        ├── GeographyError          asked from outside the countries that are let in
        ├── ContractError           a contract is missing, or the credentials are to be renewed after it
        ├── NothingGrantedError     no mandate gives this EAN, period or granularity
        ├── WrongRequestError       wrong parameters; `messages` names each
        ├── QuotaError              no requests left; `resume_at` says when to go on
        ├── ServerError             the server failed each time that it was asked
        │   └── AnswerError         what came is cut off, or no answer of this API
        └── NetworkError            it can't be reached
"""
