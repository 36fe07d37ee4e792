"""What is asked of the API, in Dutch."""

from typing import Final

from kwartier.api import explained

__all__ = ["REQUESTS"]

_FICTITIOUS: Final = "All mandates and readings here are fictitious. "
_ABOUT: Final = (
    "Metering data for professional users. {}Values are informative: technically validated or marked as not, never for "
    "billing or market processes. `HEAD` is answered wherever `GET` is, and `OPTIONS` everywhere."
)
_ABOUT_DUTCH: Final = (
    "Meetgegevens voor professionele gebruikers. {}De waarden zijn informatief: technisch gevalideerd of als niet "
    "gevalideerd gemerkt, nooit voor facturatie of marktprocessen. `HEAD` wordt beantwoord waar `GET` dat wordt, "
    "`OPTIONS` overal."
)

REQUESTS: Final = {
    _ABOUT.format(_FICTITIOUS): _ABOUT_DUTCH.format("Alle toegangen en meetgegevens zijn hier fictief. "),
    _ABOUT.format(""): _ABOUT_DUTCH.format(""),
    # What the listed values mean
    explained.REFERENCE_NUMBER: "De communicatiesleutel tussen klant, energiedienstverlener en netbeheerder; alleen "
    "toegangen van energiedienstverleners hebben er een.",
    explained.STATUS: "De status van de toegang. `Requested`: aangevraagd in het portaal, de toestemming wordt afgewacht. "
    "`Approved`: de netgebruiker gaf toestemming, of heeft zelf aangevraagd. `Rejected`: de netgebruiker weigerde, "
    "antwoordde niet binnen een maand, of is verhuisd. `Finished`: de netgebruiker liet de toegang beëindigen.",
    explained.RENEWAL_STATUS: "De hernieuwingsstatus van de toegang. `ToBeRenewed`: de toegang verloopt binnen drie "
    "maanden. `RenewalRequested`: de hernieuwing is aangevraagd, en wacht op de netgebruiker als dat een ander is. "
    "`Expired`: de verloopdatum is bereikt; er komen geen nieuwe meetgegevens bij, de oude blijven beschikbaar.",
    explained.DATA_SERVICE_TYPE: "Het detailniveau van de toegang. `VH_dag`: dagwaarden. `VH_kwartier_uur`: "
    "kwartierwaarden van elektriciteit, uurwaarden van gas.",
    # GET mandate
    "Find your mandates: which EANs, since when and until when, at what level of detail, and how they stand": "Zoek je "
    "toegangen: voor welke EAN-codes, vanaf en tot wanneer, met welk detailniveau, en met welke status",
    "The EAN that the mandate is for, 18 digits.": "De EAN-code waarvoor de toegang is aangevraagd, 18 cijfers.",
    "Electricity (E) or gas (G).": "Het energietype: elektriciteit (E) of gas (G).",
    "The mandate expires before this moment.": "De toegang verloopt vóór dit moment.",
    "The status, renewal status or data period last changed at or after this moment.": "De status, hernieuwingsstatus of "
    "verbruiksperiode is op of na dit moment voor het laatst gewijzigd.",
    "The status, renewal status or data period last changed before this moment.": "De status, hernieuwingsstatus of "
    "verbruiksperiode is vóór dit moment voor het laatst gewijzigd.",
    # GET mandate/energy
    "Get the energy of an EAN for which you have an approved mandate, over at most 185 days": "Haal de meetgegevens op van "
    "een EAN-code waarvoor je een goedgekeurde toegang hebt, over ten hoogste 185 dagen",
    "The EAN whose energy is asked, 18 digits.": "De EAN-code waarvan je de meetgegevens vraagt, 18 cijfers.",
    "The level of detail: `daily`, or `hourly_quarterhourly`; left out: all that is granted.": "Het detailniveau: `daily` "
    "(dag) of `hourly_quarterhourly` (uur of kwartier); weggelaten: alles waartoe je toegang hebt.",
    "What the period is about: `readTime`, when energy was measured; `insertTime`, when it came into the system.": "Waarover "
    "de periode gaat: `readTime`, wanneer er gemeten is; `insertTime`, wanneer de waarde in het systeem is verwerkt.",
    "Where the period starts: at most three years back for `readTime`, six months for `insertTime`.": "Het begin van de "
    "periode: ten hoogste drie jaar terug voor `readTime`, zes maanden voor `insertTime`.",
    "Where the period ends, exclusive: at most 185 days after `from`. The moment of the last register reading used.": "Het "
    "einde van de periode, exclusief: ten hoogste 185 dagen na `from`. Het moment van de laatste meterstand die meetelt.",
    "Active or reactive energy; of effect on AMR meters of electricity alone.": "Actieve of reactieve energie; heeft alleen "
    "effect bij AMR-meters voor elektriciteit.",
    # POST mandate/mock
    "Make a fictitious mandate, as you ask for it": "Maak een fictieve toegang, zoals je ze vraagt",
    "A mandate of the same reference number, EAN and level of detail is replaced.": "Een toegang met hetzelfde "
    "referentienummer, dezelfde EAN-code en hetzelfde detailniveau wordt vervangen.",
    "The status that the mandate gets.": "De status die de toegang krijgt.",
    "A sandbox EAN: its digits say what is simulated.": "Een EAN-code van de testomgeving: de cijfers zeggen wat er "
    "gesimuleerd wordt.",
    "Electricity (E) or gas (G); left out: as the EAN says.": "Het energietype: elektriciteit (E) of gas (G); weggelaten: "
    "wat de EAN-code zegt.",
    "The level of detail; left out: as the EAN says.": "Het detailniveau; weggelaten: wat de EAN-code zegt.",
    "Where the data period starts; left out: three years ago.": "Het begin van de verbruiksperiode; weggelaten: drie jaar "
    "geleden.",
    "Where the data period ends, exclusive; left out: it stays open.": "Het einde van de verbruiksperiode, exclusief; "
    "weggelaten: ze blijft open.",
    "When the mandate expires, exclusive; left out: in three years.": "De verloopdatum van de toegang, exclusief; weggelaten: "
    "over drie jaar.",
    "Shown as given, without effect on data; left out: by the clock.": "Wordt getoond zoals je ze geeft, zonder effect op de "
    "meetgegevens; weggelaten: volgens de klok.",
    "quarter-hours, the rest left out": "kwartierwaarden, de rest weggelaten",
    "days, everything said": "dagwaarden, alles ingevuld",
    # GET health
    "Tell that this environment is up. Needs no credentials": "Zeg dat deze omgeving werkt. Vraagt geen credentials",
}
