"""The documentation of the backoffice in Dutch: what each English text is (C8)."""

from typing import Final

from kwartier.backoffice.dutch.intake import INTAKE
from kwartier.backoffice.dutch.registry import REGISTRY
from kwartier.gateway.dutch import DUTCH as GATEWAY

__all__ = ["DUTCH"]

_GENERAL: Final = {
    "For who runs the platform, with the credentials of an operator: readings come in here, and what stands in the registry is "
    "looked at and changed. No subscription key is needed. `HEAD` is answered wherever `GET` is, and `OPTIONS` everywhere.": "Voor "
    "wie het platform beheert, met de credentials van een beheerder: meetgegevens komen hier binnen, en wat in het register "
    "staat, wordt bekeken en gewijzigd. Een subscription key is niet nodig. `HEAD` wordt beantwoord waar `GET` dat wordt, "
    "`OPTIONS` overal.",
    "Client id and client secret of an operator: the page gets the token itself.": "Client id en client secret van een "
    "beheerder: de pagina haalt zelf het token.",
    "Look at organisations, people, headpoints, contracts, mandates and deliveries; at no readings.": "Organisaties, personen, "
    "toegangspunten, contracten, toegangen en leveringen bekijken; geen meetgegevens.",
    "Change organisations, people, headpoints and contracts; register market scenarios; end mandates.": "Organisaties, personen, "
    "toegangspunten en contracten wijzigen; marktscenario's registreren; toegangen beëindigen.",
    "Deliver readings, withdraw deliveries, and settle what is in quarantine.": "Meetgegevens leveren, leveringen intrekken, en "
    "afhandelen wat in quarantaine staat.",
    "See who read which readings.": "Zien wie welke meetgegevens las.",
    "The token is missing, wrong or expired.": "Het token ontbreekt, klopt niet of is verlopen.",
    "The address from which you ask lies outside the European Economic Area and the United Kingdom; or the token, or the "
    "operator, lacks the scope that is needed.": "Het adres waarvandaan je vraagt, ligt buiten de Europese Economische Ruimte en "
    "het Verenigd Koninkrijk; of het token, of de beheerder, mist de scope die nodig is.",
    "The answer.": "Het antwoord.",
    "About the answer.": "Over het antwoord.",
    "When the answer was made, in UTC.": "Wanneer het antwoord is gemaakt, in UTC.",
    # Of several surfaces
    "How many at most; left out: 100.": "Hoeveel ten hoogste; weggelaten: 100.",
    "How many to leave out at the beginning: `next` of the answer before.": "Hoeveel er aan het begin worden weggelaten: `next` "
    "van het vorige antwoord.",
    "What `skip` is to be for those that follow; left out at the end.": "Wat `skip` moet zijn voor de volgende; weggelaten aan "
    "het einde.",
    "What `after` is to be for those that follow; left out at the end.": "Wat `after` moet zijn voor de volgende; weggelaten aan "
    "het einde.",
    "A period.": "Een periode.",
    "Its start; left out: ever.": "Het begin ervan; weggelaten: ooit.",
    "Its end, exclusive; left out: open.": "Het einde ervan, exclusief; weggelaten: open.",
    "How many were not known.": "Hoeveel er niet gekend waren.",
    "How many were known.": "Hoeveel er gekend waren.",
    "Rows that can't be, which were skipped.": "Rijen die niet kunnen, en overgeslagen zijn.",
    "Where it stands in the file, from 1.": "Waar ze in het bestand staat, vanaf 1.",
    "What is wrong, or deserves a second look.": "Wat eraan scheelt, of een tweede blik verdient.",
    "Something about a row of a file.": "Iets over een rij van een bestand.",
}

DUTCH: Final = GATEWAY | INTAKE | REGISTRY | _GENERAL
"""By the English text."""
