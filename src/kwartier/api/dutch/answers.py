"""What the API answers, in Dutch."""

from typing import Final

from kwartier.api import explained

__all__ = ["ANSWERS"]

ANSWERS: Final = {
    "The answer.": "Het antwoord.",
    "An extension: the same values as a table in an Arrow IPC stream, a row for each value, to who likes it better than "
    "JSON. Refusals stay JSON.": "Een uitbreiding: dezelfde waarden als tabel in een Arrow-IPC-stroom, een rij per waarde, "
    "voor wie die liever heeft dan JSON. Weigeringen blijven JSON.",
    "About the answer.": "Over het antwoord.",
    "When the answer was made, in UTC.": "Wanneer het antwoord is gemaakt, in UTC.",
    # Examples
    "one mandate": "één toegang",
    "none": "geen",
    "made": "gemaakt",
    "digital meter, electricity, quarter-hours": "digitale meter, elektriciteit, kwartierwaarden",
    "digital meter with injection, electricity, quarter-hours": "digitale meter met injectie, elektriciteit, kwartierwaarden",
    "digital meter with injection, electricity, a day": "digitale meter met injectie, elektriciteit, een dag",
    "digital meter, gas, hours: volume and energy": "digitale meter, gas, uurwaarden: volume en energie",
    "digital meter, gas, a gas day: volume and energy": "digitale meter, gas, een gasdag: volume en energie",
    "AMR meter, electricity, quarter-hours": "AMR-meter, elektriciteit, kwartierwaarden",
    "AMR meter, electricity, a day": "AMR-meter, elektriciteit, een dag",
    "AMR meter, injection, with production and auxiliary below it, a quarter-hour": "AMR-meter, injectie, met submeters voor "
    "productie en hulpverbruik, een kwartier",
    "AMR meter, gas, hours": "AMR-meter, gas, uurwaarden",
    "AMR meter, gas, a gas day": "AMR-meter, gas, een gasdag",
    "nothing measured in the period": "niets gemeten in de periode",
    # Mandates
    "The answer of GET mandate.": "Het antwoord van GET mandate.",
    "Each mandate that was found.": "Elke toegang die gevonden is.",
    "The mandates found; an empty list if there are none.": "De gevonden toegangen; een lege lijst als er geen zijn.",
    "A mandate.": "Een toegang.",
    "Of Approved and Finished mandates: the EAN it is for.": "Bij toegangen met status Approved of Finished: de EAN-code "
    "waarvoor de toegang geldt.",
    "Of Approved and Finished mandates: electricity (E) or gas (G).": "Bij toegangen met status Approved of Finished: "
    "elektriciteit (E) of gas (G).",
    "Where the data period starts.": "Het begin van de verbruiksperiode.",
    "Where the data period ends, exclusive; left out while open.": "Het einde van de verbruiksperiode, exclusief; "
    "weggelaten zolang ze open is.",
    "Of Approved mandates: when the mandate expires, exclusive.": "Bij toegangen met status Approved: de verloopdatum, "
    "exclusief.",
    "The answer of POST mandate/mock.": "Het antwoord van POST mandate/mock.",
    "The mandate that was made.": "De toegang die gemaakt is.",
    "The status that the mandate got.": "De status die de toegang kreeg.",
    "The answer of GET health.": "Het antwoord van GET health.",
    "The environment is up.": "De omgeving werkt.",
    # The headpoint and what lies below it
    "The answer of GET energy. Values are informative, not for billing or market processes.": "Het antwoord van GET energy. "
    "De waarden zijn informatief, niet voor facturatie of marktprocessen.",
    "What was measured.": "Wat er gemeten is.",
    "The headpoint and its series: on its meters if they are digital, on itself if it is AMR.": "Het toegangspunt met zijn "
    "meetreeksen: bij de meters als die digitaal zijn, bij het toegangspunt zelf als het AMR is.",
    explained.METERING: "Waar de meetreeksen staan. `metering-on-meter`: bij de digitale meters. `metering-on-headpoint`: bij "
    "het toegangspunt zelf (AMR). `metering-on-headpoint-and-meter`: bij beide.",
    "The EAN that was asked for.": "De EAN-code die gevraagd is.",
    "Of digital meters; left out when nothing was measured in the period.": "Van digitale meters; weggelaten als er in de "
    "periode niets gemeten is.",
    "The submeters of an AMR headpoint.": "De submeters van een AMR-toegangspunt.",
    "A digital meter; after an exchange there are two, each with its part.": "Een digitale meter; na een meterwissel zijn er "
    "twee, elk met hun deel.",
    "Which of the headpoint's meters.": "Het sequentienummer: welke van de meters van het toegangspunt.",
    "The number on the meter.": "Het meternummer.",
    "A submeter of an AMR headpoint; it always comes with it.": "Een submeter van een AMR-toegangspunt; komt altijd met de "
    "hoofdmeter mee.",
    explained.SUBMETERING: "Wat de submeter meet: `submetering-production`, wat een installatie produceert; "
    "`submetering-auxiliary`, haar hulpverbruik; `submetering-offtake`, een deel van de afname.",
    "The EAN of the sub-headpoint, for which there are no mandates.": "De EAN-code van de submeter, waarvoor geen toegang "
    "kan worden aangevraagd.",
    "What production and auxiliary of one installation share.": "Het sequentienummer: gelijk voor productie en hulpverbruik "
    "van één installatie.",
    "How the regulator knows the installation.": "Het nummer van de installatie bij de regulator (VREG).",
    explained.INSTALLATION: "Het type lokale productie-installatie: zonne-energie (`PV`), windenergie (`WND`), waterkracht "
    "(`WTR`) of warmte-krachtkoppeling (`WKK` met een letter).",
    # Slots and readings
    "Days, under a mandate VH_dag; of gas from 06:00 to 06:00 local time.": "Dagwaarden, met een toegang VH_dag; van gas van "
    "6 uur tot 6 uur plaatselijke tijd.",
    "Quarter-hours of electricity, under a mandate VH_kwartier_uur.": "Kwartierwaarden van elektriciteit, met een toegang "
    "VH_kwartier_uur.",
    "Hours of gas, under a mandate VH_kwartier_uur.": "Uurwaarden van gas, met een toegang VH_kwartier_uur.",
    "A stretch of time and what was measured in it.": "Een tijdvak en wat erin gemeten is.",
    "Where the slot begins, in UTC.": "Het begin van het tijdvak, in UTC.",
    "Where the slot ends, in UTC, exclusive.": "Het einde van het tijdvak, in UTC, exclusief.",
    "What was measured: one item, or for gas of a digital meter two, the volume and the energy.": "Wat er gemeten is: één "
    "element, of voor gas van een digitale meter twee, het volume en de energie.",
    "The readings of a slot.": "De meetwaarden van een tijdvak.",
    "What was taken from the grid.": "Afname: wat van het net genomen is.",
    "What was given to the grid.": "Injectie: wat op het net gezet is.",
    "What an installation produced (submeters).": "Productie: wat een installatie opwekte (submeters).",
    "What an installation used itself (submeters).": "Hulpverbruik: wat een installatie zelf verbruikte (submeters).",
    "The readings of one direction.": "De meetwaarden in één richting.",
    "All active energy of a quarter-hour or hour.": "Alle actieve energie van een kwartier of uur, dag en nacht samen.",
    "Active energy on the day tariff, of a day.": "Actieve energie in het dagtarief, van een dag.",
    "Active energy on the night tariff, of a day.": "Actieve energie in het nachttarief, van een dag.",
    "Inductive reactive energy, in kVArh (AMR electricity).": "Inductieve reactieve energie, in kVArh (AMR, elektriciteit).",
    "Capacitive reactive energy, in kVArh (AMR electricity).": "Capacitieve reactieve energie, in kVArh (AMR, "
    "elektriciteit).",
    "A reading.": "Een meetwaarde.",
    "The energy in the slot, to three decimals.": "De energie in het tijdvak, met drie decimalen.",
    "The unit of the value.": "De eenheid van de waarde.",
    "How sure the value is. Digital meters: `READ`, registered by the meter; `EST`, estimated. AMR meters: `VAL`, technically "
    "validated; `NVAL`, not validated yet, and may change.": "De validatiestatus. Digitale meters: `READ`, geregistreerd door "
    "de meter; `EST`, geschat. AMR-meters: `VAL`, technisch gevalideerd; `NVAL`, nog niet gevalideerd, en kan nog wijzigen.",
    "With which factor the energy was computed from a volume of gas: `P`, provisional, and may change; `D`, definitive, at the "
    "end of the month; `C`, constant, 11.": "Met welke gasconversiefactor de energie uit het volume is berekend: `P`, "
    "provisioneel, kan nog wijzigen; `D`, definitief, op het einde van de maand; `C`, constant, 11.",
}
