"""Refusals, headers and ways in, in Dutch."""

from typing import Final

__all__ = ["HTTP"]

HTTP: Final = {
    # Refusals
    "A refusal.": "Een weigering.",
    "Whose fault it is.": "Bij wie de fout ligt.",
    "What is wrong, for programs.": "Wat er fout is, voor programma's.",
    "What is wrong and what to do, for people.": "Wat er fout is en wat je kan doen, voor mensen.",
    "Every wrong parameter, with what is allowed (400 alone).": "Elke foute parameter, met wat toegelaten is (alleen bij 400).",
    "Parameters are wrong or missing; all of them are named.": "Parameters zijn onjuist of ontbreken; ze worden allemaal "
    "genoemd.",
    "The body can't be read, or fields are wrong or missing; all of them are named.": "De body is niet te lezen, of velden "
    "zijn onjuist of ontbreken; ze worden allemaal genoemd.",
    "The subscription key or the token is missing, wrong or expired.": "De Subscription-Key of het token ontbreekt, is "
    "ongeldig of is verlopen.",
    "The address from which you ask lies outside the European Economic Area and the United Kingdom.": "Het adres van waar je "
    "vraagt ligt buiten de Europese Economische Ruimte en het Verenigd Koninkrijk.",
    "The address from which you ask lies outside the European Economic Area and the United Kingdom; or the credentials do not "
    "cover this EAN: a data access contract or their renewal is missing.": "Het adres van waar je vraagt ligt buiten de "
    "Europese Economische Ruimte en het Verenigd Koninkrijk; of je credentials dekken deze EAN-code niet: een "
    "datatoegangscontract of de hernieuwing van de credentials ontbreekt.",
    "No mandate gives this EAN, period and granularity.": "Geen toegang geeft deze EAN-code, deze periode en dit "
    "detailniveau.",
    "The path takes another method; `Allow` names those that it takes.": "Het pad aanvaardt een andere methode; `Allow` noemt "
    "welke.",
    "What is asked does not fit what is there; the message says what.": "Wat gevraagd is past niet bij wat er is; de "
    "boodschap zegt wat.",
    "The body is too large.": "De body is te groot.",
    "Path and query are too long.": "Pad en query zijn te lang.",
    "The body is of another media type, or packed in a way that is not taken here.": "De body is van een ander mediatype, of ingepakt "
    "op een manier die hier niet wordt aangenomen.",
    "A header is given more than once that may stand once.": "Een header staat er meer dan één keer, en mag er één keer staan.",
    "More requests than the rate limit allows; `Retry-After` says when to go on.": "Meer requests dan de rate limit toelaat; "
    "`Retry-After` zegt wanneer je verder kan.",
    "The headers are too large.": "De headers zijn te groot.",
    "Something failed on the server's side.": "Er liep iets mis aan de kant van de server.",
    "The server can't answer now: too much at a time, or it is being stopped.": "De server kan nu niet antwoorden: te veel "
    "tegelijk, of hij wordt gestopt.",
    # Headers
    "By which the operator finds this answer again; one that you send in the request is kept, if it is a UUID, a trace id, or "
    "short with at most 15 digits.": "Waarmee de beheerder dit antwoord terugvindt; een die je zelf in je request meestuurt, "
    "blijft behouden als het een UUID of een trace-id is, of kort is met ten hoogste 15 cijfers.",
    "How many requests a minute the subscription has; where authentications fail, how many may from one address.": "Hoeveel requests "
    "per minuut de subscription heeft; waar de authenticatie mislukt: hoeveel er van één adres mogen mislukken.",
    "Too many authentications failed that came from your address; `Retry-After` says when to go on, good credentials pass.": "Van "
    "jouw adres mislukten te veel authenticaties; `Retry-After` zegt wanneer je verder kan, juiste credentials komen erdoor.",
    "How many of them are left.": "Hoeveel daarvan over zijn.",
    "In how many seconds all of them are there again.": "Over hoeveel seconden ze er weer allemaal zijn.",
    "How many seconds to wait before you ask again.": "Hoeveel seconden je wacht voor je opnieuw vraagt.",
    "How to show who you are, and what was wrong with the token.": "Hoe je toont wie je bent, en wat er fout was met het "
    "token.",
    "The methods that the path takes.": "De methodes die het pad aanvaardt.",
    # Ways in
    "Client id and client secret: the page gets the token itself. The subscription key, below, is needed as well.": "Client "
    "ID en client secret: de pagina haalt zelf het token op. De Subscription-Key, hieronder, is ook nodig.",
    "this environment": "deze omgeving",
    "A token that you got yourself.": "Een token dat je zelf ophaalde.",
    "Read from the header Subscription-Key too. Needed beside a token.": "Wordt ook uit de header Subscription-Key gelezen. "
    "Nodig naast een token.",
    "Client id and client secret, for the token endpoint alone.": "Client ID en client secret, alleen voor het token "
    "endpoint.",
}
