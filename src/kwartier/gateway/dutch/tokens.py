"""Tokens and keys, in Dutch."""

from typing import Final

__all__ = ["TOKENS"]

TOKENS: Final = {
    "Tokens for every environment, and the keys with which they are checked. `HEAD` is answered wherever `GET` is, and "
    "`OPTIONS` everywhere.": "Tokens voor elke omgeving, en de sleutels waarmee ze worden nagekeken. `HEAD` wordt beantwoord "
    "waar `GET` dat wordt, `OPTIONS` overal.",
    "Get a token with your client id and client secret (OAuth 2.0 client credentials, RFC 6749 §4.4)": "Haal een token op met "
    "je Client ID en client secret (OAuth 2.0 client credentials, RFC 6749 §4.4)",
    "Id and secret stand in the body or in an HTTP Basic header; or an assertion, signed with the key of a registered "
    "certificate, takes the secret's place (RFC 7523). The token is valid for at most an hour.": "Client ID en secret staan "
    "in de body of in een HTTP Basic-header; of een assertion, ondertekend met de sleutel van een geregistreerd certificaat, "
    "neemt de plaats van het secret in (RFC 7523). Het token is ten hoogste een uur geldig.",
    "What is sent for a token.": "Wat je voor een token stuurt.",
    "Always `client_credentials`.": "Altijd `client_credentials`.",
    "Which environment the token is for, as it stands with your credentials.": "Voor welke omgeving het token is, zoals het "
    "bij je credentials staat.",
    "The id of your application; left out if it stands in the Basic header or in the assertion.": "De unieke ID van je "
    "applicatie; weggelaten als die in de Basic-header of in de assertion staat.",
    "Its secret; left out if it stands in the Basic header, or an assertion takes its place.": "De geheime sleutel erbij; "
    "weggelaten als die in de Basic-header staat, of een assertion zijn plaats inneemt.",
    "Of an assertion alone: what it is.": "Alleen bij een assertion: wat ze is.",
    "A JWT that you sign with the key of a registered certificate, instead of a secret (RFC 7523).": "Een JWT die je "
    "ondertekent met de sleutel van een geregistreerd certificaat, in plaats van een secret (RFC 7523).",
    "The algorithms with which an assertion may be signed.": "De algoritmen waarmee een assertion ondertekend mag zijn.",
    "None: nobody signs in here with a browser.": "Geen: hier meldt niemand zich aan met een browser.",
    "The token.": "Het token.",
    "A token.": "Een token.",
    "The form is not correct; `error_description` says why. Or a header stands twice that may stand once.": "Het formulier is niet "
    "juist; `error_description` zegt waarom. Of een header staat er twee keer, en mag er één keer staan.",
    "Too many requests from your address got no token; `Retry-After` says when to go on.": "Te veel requests van jouw adres kregen "
    "geen token; `Retry-After` zegt wanneer je verder kan.",
    "Client id, client secret or assertion is wrong, or has expired.": "Client ID, client secret of assertion is fout, of is verlopen.",
    "How the token is sent: `Authorization: Bearer …`.": "Hoe je het token meestuurt: `Authorization: Bearer …`.",
    "For how many seconds the token is valid: an hour at most.": "Hoeveel seconden het token geldig is: ten hoogste een uur.",
    "The token. Keep it to yourself.": "Het token. Deel het met niemand.",
    "Why no token is given (RFC 6749 §5.2).": "Waarom er geen token wordt gegeven (RFC 6749 §5.2).",
    "Get the public keys with which the signatures of tokens are checked (RFC 7517)": "Haal de publieke sleutels op waarmee de "
    "handtekening van tokens wordt nagekeken (RFC 7517)",
    "The keys.": "De sleutels.",
    "The public keys.": "De publieke sleutels.",
    "A public key (RFC 7517).": "Een publieke sleutel (RFC 7517).",
    "Each key with which a token that is still valid can be signed.": "Elke sleutel waarmee een token dat nog geldig is, "
    "ondertekend kan zijn.",
    "The kind of key.": "De soort sleutel.",
    "The key's id; the head of a token names it.": "De ID van de sleutel; de kop van een token noemt die.",
    "What it is for: signatures.": "Waarvoor hij dient: handtekeningen.",
    "The algorithm with which tokens are signed.": "Het algoritme waarmee tokens worden ondertekend.",
    "Find the token endpoint, the keys and what they can (RFC 8414)": "Vind het token endpoint, de sleutels en wat ze kunnen "
    "(RFC 8414)",
    "The document.": "Het document.",
    "It has all that OpenID Connect Discovery requires, for programs that read no further without it, although nobody signs in here.": "Er "
    "staat alles in wat OpenID Connect Discovery eist, voor programma's die anders niet verder lezen, al meldt niemand zich hier aan.",
    "Where everything is (RFC 8414, OpenID Connect Discovery).": "Waar alles staat (RFC 8414, OpenID Connect Discovery).",
    "Named because readers of this document expect it; nobody signs in there: it answers 400.": "Genoemd omdat lezers van dit "
    "document het verwachten; niemand meldt zich daar aan: het antwoordt 400.",
    "Of `sub`: every reader sees the same client id.": "Van `sub`: iedere lezer ziet dezelfde client ID.",
    "The algorithm of the published keys. Tokens for access are signed with it; there are no ID tokens.": "Het algoritme van de "
    "gepubliceerde sleutels. Access tokens worden ermee ondertekend; ID tokens zijn er niet.",
    "Who issues the tokens.": "Wie de tokens uitgeeft.",
    "Where tokens are got.": "Waar je tokens ophaalt.",
    "Where the public keys are.": "Waar de publieke sleutels staan.",
    "The ways to get a token.": "De manieren om een token te krijgen.",
    "The environments for which there are tokens.": "De omgevingen waarvoor er tokens zijn.",
    "The ways in which a client shows who it is.": "De manieren waarop een client toont wie hij is.",
}
