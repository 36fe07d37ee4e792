"""What the pages say, in each language, under the same names. Places in braces are filled in."""

from collections.abc import Mapping
from typing import Final

from kwartier.domain.messages import Language

__all__ = ["LANGUAGE_NAMES", "TEXTS"]

LANGUAGE_NAMES: Final[Mapping[Language, str]] = {Language.DUTCH: "Nederlands", Language.ENGLISH: "English"}
"""As their readers call them."""

_DUTCH: Final = {
    "languages": "Taal",
    "title_asked": "{asker} vraagt toegang tot uw meetgegevens",
    "title_renewal": "{asker} vraagt of haar toegang tot uw meetgegevens mag doorlopen",
    "title_given": "Toegang van {asker} tot uw meetgegevens",
    "lead": "Kies hieronder voor elke aansluiting ja of nee. U antwoordt één keer, en tot {until}.",
    "who": "Wie vraagt dit?",
    "who_given": "Wie vroeg dit?",
    "number": "Ondernemingsnummer",
    "means": "Wat betekent uw antwoord?",
    "means_yes": "Ja: {asker} kan drie jaar lang opvragen hoeveel energie op die aansluiting werd afgenomen en "
    "geïnjecteerd. Uit waarden per kwartier of per uur kan blijken wanneer er iemand aanwezig is.",
    "means_no": "Nee: {asker} krijgt niets te zien.",
    "means_no_renewal": "Nee: de toegang die u eerder gaf, loopt gewoon af op de datum die hieronder staat.",
    "means_silence": "Antwoordt u niet, dan vervalt de vraag, en geldt hetzelfde als bij nee.",
    "means_later": "Na een ja kunt u de toegang op elk moment beëindigen, met dezelfde link. Daar ziet u ook wie uw gegevens "
    "opvroeg.",
    "what": "Wat wordt gevraagd?",
    "what_given": "Waarover het gaat",
    "measured": "Meetgegevens",
    "measured_of": "{fineness}, van afname en, als die er is, injectie",
    "period": "Gemeten",
    "term": "Geldig",
    "term_asked": "drie jaar vanaf uw antwoord",
    "term_until": "tot {day}",
    "choice": "Geeft u toegang tot EAN {ean}?",
    "yes": "Ja, ik geef toegang",
    "no": "Nee, ik geef geen toegang",
    "send": "Verstuur mijn antwoord",
    "once": "Uw antwoord is definitief. Een toegang die u geeft, kunt u later wel beëindigen.",
    "missing": "Er is nog niets verstuurd: kies ja of nee voor elke aansluiting.",
    "missing_here": "Kies ja of nee.",
    "taken": "Dank u. Uw antwoord is ontvangen en telt vanaf nu.",
    "before": "Op deze vraag was al geantwoord. Het eerste antwoord geldt: het staat hieronder.",
    "late": "Deze vraag is intussen gesloten. Uw antwoord werd niet meer opgenomen.",
    "state": "Stand",
    "said_yes": "U zei ja op {at}.",
    "said_no": "U zei nee op {at}.",
    "closed": "De vraag is gesloten zonder antwoord; er is geen toegang.",
    "closed_renewal": "De vraag is gesloten zonder antwoord.",
    "access": "{asker} heeft toegang.",
    "expired": "De toegang is vervallen op {day}. Wat voordien gemeten werd, blijft opvraagbaar.",
    "ended": "De toegang is beëindigd op {at}.",
    "removed": "{asker} heeft dit zelf verwijderd; er is geen toegang.",
    "end": "Deze toegang beëindigen",
    "end_about": "EAN {ean}",
    "end_title": "De toegang van {asker} beëindigen?",
    "end_means": "Vanaf dat moment geeft het platform {asker} niets meer van deze aansluiting, ook niet van wat vroeger gemeten "
    "werd. Wat al opgevraagd werd, is daarmee niet gewist.",
    "end_final": "U kunt dit niet ongedaan maken. {asker} kan u later wel opnieuw om toegang vragen.",
    "end_sure": "Ja, beëindig de toegang",
    "end_back": "Nee, ga terug",
    "ended_now": "De toegang is beëindigd. Wij laten het {asker} weten.",
    "not_ended": "Er was geen toegang meer om te beëindigen.",
    "looked": "Wie keek naar uw gegevens?",
    "looked_about": "Elke keer dat {asker} onder deze toegang gegevens opvroeg van EAN {ean}, de laatste keer eerst.",
    "looked_nobody": "Nog niemand vroeg onder deze toegang gegevens op van EAN {ean}.",
    "looked_by": "Wie",
    "looked_at": "Wanneer",
    "looked_what": "Welke gegevens",
    "read_in": "gemeten {period}",
    "inserted_in": "binnengekomen {period}",
    "keep": "Bewaar deze link. Zolang hij geldt, ziet u hier wie uw gegevens opvroeg, en kunt u de toegang beëindigen. Geef hem "
    "niet door: wie hem heeft, kan in uw plaats antwoorden.",
    "gone_title": "Deze link opent niets",
    "gone": "Misschien is hij niet volledig overgenomen, ingetrokken of vervallen. Probeer het adres uit de brief of de e-mail nog "
    "eens in zijn geheel. Lukt dat niet, vraag dan wie u schreef om een nieuwe.",
}

_ENGLISH: Final = {
    "languages": "Language",
    "title_asked": "{asker} asks for access to your metering data",
    "title_renewal": "{asker} asks whether its access to your metering data may go on",
    "title_given": "Access of {asker} to your metering data",
    "lead": "Choose yes or no for each connection below. You answer once, and until {until}.",
    "who": "Who asks this?",
    "who_given": "Who asked this?",
    "number": "Enterprise number",
    "means": "What does your answer mean?",
    "means_yes": "Yes: for three years {asker} can ask how much energy was taken from and fed into the grid at that connection. "
    "Values per quarter-hour or per hour can show when somebody is there.",
    "means_no": "No: {asker} sees nothing.",
    "means_no_renewal": "No: the access that you gave before simply runs out on the date that stands below.",
    "means_silence": "If you do not answer, the question lapses, and the same goes as for no.",
    "means_later": "After a yes you can end the access at any moment, with the same link. There you also see who asked for your "
    "data.",
    "what": "What is asked?",
    "what_given": "What it is about",
    "measured": "Metering data",
    "measured_of": "{fineness}, of offtake and, if any, injection",
    "period": "Measured",
    "term": "Valid",
    "term_asked": "three years from your answer",
    "term_until": "until {day}",
    "choice": "Do you give access to EAN {ean}?",
    "yes": "Yes, I give access",
    "no": "No, I give no access",
    "send": "Send my answer",
    "once": "Your answer is final. Access that you give can be ended later.",
    "missing": "Nothing was sent yet: choose yes or no for each connection.",
    "missing_here": "Choose yes or no.",
    "taken": "Thank you. Your answer was received and counts from now on.",
    "before": "This question was answered before. The first answer counts: it stands below.",
    "late": "This question has closed meanwhile. Your answer was not taken any more.",
    "state": "Status",
    "said_yes": "You said yes on {at}.",
    "said_no": "You said no on {at}.",
    "closed": "The question closed without an answer; there is no access.",
    "closed_renewal": "The question closed without an answer.",
    "access": "{asker} has access.",
    "expired": "The access expired on {day}. What was measured before can still be asked for.",
    "ended": "The access was ended on {at}.",
    "removed": "{asker} removed this itself; there is no access.",
    "end": "End this access",
    "end_about": "EAN {ean}",
    "end_title": "End the access of {asker}?",
    "end_means": "From that moment on the platform gives {asker} nothing more of this connection, not of what was measured before "
    "either. What was asked for already is not erased by it.",
    "end_final": "You cannot undo this. {asker} can ask you for access again later.",
    "end_sure": "Yes, end the access",
    "end_back": "No, go back",
    "ended_now": "The access has ended. We tell {asker}.",
    "not_ended": "There was no access left to end.",
    "looked": "Who looked at your data?",
    "looked_about": "Each time that {asker} asked for data of EAN {ean} under this access, the last one first.",
    "looked_nobody": "Nobody has asked for data of EAN {ean} under this access yet.",
    "looked_by": "Who",
    "looked_at": "When",
    "looked_what": "Which data",
    "read_in": "measured {period}",
    "inserted_in": "come in {period}",
    "keep": "Keep this link. As long as it holds, you see here who asked for your data, and can end the access. Do not pass it "
    "on: whoever has it can answer in your place.",
    "gone_title": "This link opens nothing",
    "gone": "Perhaps it was not copied whole, was revoked or has lapsed. Try the address of the letter or the mail once more, as a "
    "whole. If that does not help, ask who wrote to you for a new one.",
}

TEXTS: Final[Mapping[Language, Mapping[str, str]]] = {Language.DUTCH: _DUTCH, Language.ENGLISH: _ENGLISH}
"""By language."""
