"""What a sandbox plays, in Dutch."""

from typing import Final

__all__ = ["PLAYED"]

PLAYED: Final = {
    # Headpoints
    "List the EANs of which you said whose they are; all others are your own": "Toon van welke EAN-codes je zei van wie ze "
    "zijn; alle andere zijn van jezelf",
    "Let an EAN be another's, or your own again, for what is asked from now on": "Laat een EAN-code van een ander zijn, of "
    "weer van jezelf, voor wat vanaf nu gevraagd wordt",
    "Whose an EAN is, for what is asked from now on.": "Van wie een EAN-code is, voor wat vanaf nu gevraagd wordt.",
    "Whose an EAN is.": "Van wie een EAN-code is.",
    "Whose EANs are; all others are your own.": "Van wie EAN-codes zijn; alle andere zijn van jezelf.",
    "The EANs of which you said something.": "De EAN-codes waarover je iets zei.",
    "An EAN of the sandbox.": "Een EAN-code van de testomgeving.",
    "Who the grid user is: a name or an enterprise number. Left out, or your own enterprise number: the EAN is your own, as "
    "all are at first.": "Wie de netgebruiker is: een naam of een ondernemingsnummer. Weggelaten, of je eigen "
    "ondernemingsnummer: de EAN-code is van jezelf, zoals alle in het begin.",
    "Who the grid user is; left out: nobody, or nobody knows.": "Wie de netgebruiker is; weggelaten: niemand, of niemand "
    "weet wie.",
    "Whether it is your own.": "Of ze van jezelf is.",
    # Mandates
    "List your mandates: how they stand, what happened, what time will bring, and what can be done": "Toon je toegangen: hoe ze staan, wat er gebeurde, wat de tijd brengt, en wat er kan",
    "How many mandates at most, the last made; left out: 100.": "Hoeveel toegangen ten hoogste, de laatst gemaakte; "
    "weggelaten: 100.",
    "Ask for a mandate, as a portal user does: Approved at once for an EAN of your own, else Requested": "Vraag een toegang, zoals een portaalgebruiker: meteen Approved voor een EAN-code van jezelf, anders Requested",
    "Have the grid user consent to what is open: the mandate, or its renewal": "Laat de netgebruiker instemmen met wat "
    "openstaat: de toegang, of haar hernieuwing",
    "Have the grid user refuse what is open: the mandate, or its renewal": "Laat de netgebruiker weigeren wat openstaat: de "
    "toegang, of haar hernieuwing",
    "Have the grid user end a mandate: it is Finished": "Laat de netgebruiker een toegang beëindigen: ze is Finished",
    "Ask for the renewal of a mandate: at once for an EAN of your own, else the grid user has to consent": "Vraag de hernieuwing van een toegang: meteen voor een EAN-code van jezelf, anders moet de netgebruiker instemmen",
    "Remove a mandate, as a portal user does: it is seen nowhere any more": "Verwijder een toegang, zoals een "
    "portaalgebruiker: ze is nergens meer te zien",
    "A mandate to ask for, as a portal user does.": "Een toegang die gevraagd wordt, zoals een portaalgebruiker doet.",
    "The mandate that is meant.": "De toegang die bedoeld is.",
    "Its `id`; or its EAN, where only one mandate for it can be meant.": "Haar `id`; of haar EAN-code, waar maar één toegang "
    "daarvoor bedoeld kan zijn.",
    "You have no such mandate.": "Je hebt die toegang niet.",
    "The mandate as it stands now.": "De toegang zoals ze nu staat.",
    "Your mandates as they stand now.": "Je toegangen zoals ze nu staan.",
    "Mandates, the first made first.": "Toegangen, de eerst gemaakte eerst.",
    "A mandate: how it stands, what happened to it, what time will bring, and what can be done.": "Een toegang: hoe ze "
    "staat, wat ermee gebeurde, wat de tijd brengt, en wat er kan.",
    "By which it is named.": "Waarmee ze genoemd wordt.",
    "Whether the EAN was your own when it was asked for: no consent is needed.": "Of de EAN-code van jezelf was toen ze "
    "gevraagd werd: er is geen toestemming nodig.",
    "Under which grid user it was given.": "Onder welke netgebruiker ze gegeven is.",
    "What happened to it, in order.": "Wat ermee gebeurde, in volgorde.",
    "How it will stand, and from when on, if nobody does anything.": "Hoe ze zal staan, en vanaf wanneer, als niemand iets "
    "doet.",
    "What can be done with it now.": "Wat er nu mee kan.",
    "What can be done with a mandate: by the grid user (the first three), or by the organisation that asked for it.": "Wat met een toegang kan: door de netgebruiker (de eerste drie), of door de organisatie die ze vroeg.",
    "How a mandate stands from a moment on.": "Hoe een toegang staat vanaf een moment.",
    "Since when it stands so: its last-updated time.": "Sinds wanneer ze zo staat: haar tijdstip van laatste wijziging.",
    "Where the data period ends, exclusive; left out: it is open.": "Het einde van de verbruiksperiode, exclusief; "
    "weggelaten: ze is open.",
    # What happened to a mandate
    "Something that happened to a mandate.": "Iets wat met een toegang gebeurde.",
    "What happened: `asked` for, `mocked` (made by POST mandate/mock), `renewal-asked`, `consented`, `refused`, `use-ended` "
    "(by a market scenario), `ended` by the grid user, or `removed`.": "Wat er gebeurde: `asked` (gevraagd), `mocked` "
    "(gemaakt met POST mandate/mock), `renewal-asked` (hernieuwing gevraagd), `consented` (ingestemd), `refused` "
    "(geweigerd), `use-ended` (door een marktscenario), `ended` (beëindigd door de netgebruiker), of `removed` (verwijderd).",
    "When, by the clock of the sandbox.": "Wanneer, volgens de klok van de testomgeving.",
    "Of what was asked: whether by the grid user himself, so that no consent is needed. Left out: no.": "Van wat gevraagd is: of de netgebruiker het zelf vroeg, zodat er geen toestemming nodig is. Weggelaten: nee.",
    "Where the data period starts (asked, mocked).": "Het begin van de verbruiksperiode (asked, mocked).",
    "Where the data period ends, exclusive (asked, mocked). Left out: it stays open.": "Het einde van de verbruiksperiode, "
    "exclusief (asked, mocked). Weggelaten: ze blijft open.",
    "The status that was asked for (mocked).": "De status die gevraagd is (mocked).",
    "When the mandate expires, exclusive (mocked).": "De verloopdatum van de toegang, exclusief (mocked).",
    "The renewal status that was given (mocked).": "De hernieuwingsstatus die gegeven is (mocked).",
    "When the use ends or ended (use-ended).": "Wanneer het gebruik eindigt of eindigde (use-ended).",
    "What the market did (use-ended).": "Wat de markt deed (use-ended).",
    # The market
    "List the market scenarios that you registered": "Toon de marktscenario's die je registreerde",
    "Let something happen in the market: the grid user moves, say. Answers your mandates for the EAN": "Laat iets gebeuren in de markt: de netgebruiker verhuist, bijvoorbeeld. Antwoordt je toegangen voor de EAN-code",
    "Something that happens in the market.": "Iets wat in de markt gebeurt.",
    "What happens. A change of supplier changes nothing; each other ends the grid user's use of the EAN.": "Wat er gebeurt. Een leverancierswissel verandert niets; elk ander beëindigt het gebruik van de EAN-code door de "
    "netgebruiker.",
    "What happens.": "Wat er gebeurt.",
    "When it happens or happened; left out: now, by your clock.": "Wanneer het gebeurt of gebeurde; weggelaten: nu, volgens "
    "je klok.",
    "When it happens or happened.": "Wanneer het gebeurt of gebeurde.",
    "When it was registered, by your clock.": "Wanneer het geregistreerd is, volgens je klok.",
    "Who uses the EAN from then on; left out: nobody, or nobody knows. Not with a change of supplier or a disconnection.": "Wie de EAN-code vanaf dan gebruikt; weggelaten: niemand, of niemand weet wie. Niet bij een leverancierswissel of een "
    "afsluiting.",
    "Who uses the EAN from then on.": "Wie de EAN-code vanaf dan gebruikt.",
    "A market scenario.": "Een marktscenario.",
    "Market scenarios, the first registered first.": "Marktscenario's, het eerst geregistreerde eerst.",
    "The market scenarios that you registered.": "De marktscenario's die je registreerde.",
    # The contract
    "Read how far your data access contract is played to be": "Lees hoe ver je datatoegangscontract zogezegd staat",
    "Play that your data access contract is so far, to try the 403 of EANs of others": "Laat je datatoegangscontract "
    "zogezegd zo ver staan, om de 403 voor EAN-codes van anderen te proberen",
    "How far your data access contract is to be.": "Hoe ver je datatoegangscontract moet staan.",
    "How far your data access contract is played to be.": "Hoe ver je datatoegangscontract zogezegd staat.",
    "How far a client's data access contract is, as its sandbox plays it.": "Hoe ver het datatoegangscontract van een client "
    "staat, zoals zijn testomgeving het speelt.",
    "Your data access contract, as it is played.": "Je datatoegangscontract, zoals het gespeeld wordt.",
    "`not-needed`: it opens everything.": "`not-needed`: het opent alles.",
    "`not-needed`: as at first. Any other: GET energy answers 403 for EANs of others, and says what is missing. `none`: "
    "there is no contract. `requested`: it is not approved yet. `approved`: it is, and the credentials are to be renewed. "
    "`ended`: it is over.": "`not-needed`: zoals in het begin. Elk ander: GET energy antwoordt 403 voor EAN-codes van "
    "anderen, en zegt wat ontbreekt. `none`: er is geen contract. `requested`: het is nog niet goedgekeurd. `approved`: het "
    "is goedgekeurd, en de credentials moeten hernieuwd worden. `ended`: het is afgelopen.",
    # The state
    "All that is kept of a sandbox but its journal, to be imported again.": "Alles wat van een testomgeving bewaard wordt "
    "behalve het logboek, om weer te importeren.",
    "Mandates, clock and faults of a sandbox, as earlier versions exported them.": "Toegangen, klok en fouten van een "
    "testomgeving, zoals vroegere versies ze exporteerden.",
    "How far the contract is played to be.": "Hoe ver het contract zogezegd staat.",
    "What was said of EANs, in order.": "Wat over EAN-codes gezegd is, in volgorde.",
    "What was said of an EAN: whose it is, or what the market did.": "Wat over een EAN-code gezegd is: van wie ze is, of wat "
    "de markt deed.",
    "Of which EAN of the sandbox.": "Over welke EAN-code van de testomgeving.",
    "When it was said, by the clock of the sandbox.": "Wanneer het gezegd is, volgens de klok van de testomgeving.",
    "Of a market scenario; left out: whose the EAN is.": "Van een marktscenario; weggelaten: van wie de EAN-code is.",
    "When a market scenario happens or happened.": "Wanneer een marktscenario gebeurt of gebeurde.",
    "Each with what happened to it, the first made first.": "Elk met wat ermee gebeurde, de eerst gemaakte eerst.",
    "A mandate, with what happened to it.": "Een toegang, met wat ermee gebeurde.",
    "Whether the client's organisation was the grid user.": "Of de organisatie van de client de netgebruiker was.",
    "What happened to it, the first first.": "Wat ermee gebeurde, het eerste eerst.",
}
