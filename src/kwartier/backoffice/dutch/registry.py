"""Organisations, people, contracts, scenarios, mandates, and what is looked after, in Dutch."""

from typing import Final

__all__ = ["REGISTRY"]

REGISTRY: Final = {
    # Organisations
    "List organisations, by name": "Toon de organisaties, op naam",
    "Show an organisation, and whether it has a contract or goes on without": "Toon een organisatie, en of ze een contract heeft "
    "of zonder verder gaat",
    "No such organisation is registered.": "Die organisatie is niet geregistreerd.",
    "The enterprise number of an organisation, with or without dots and BE.": "Het ondernemingsnummer van een organisatie, met "
    "of zonder punten en BE.",
    "Register an organisation; of one that is registered what is known is replaced": "Registreer een organisatie; van een "
    "geregistreerde wordt vervangen wat gekend is",
    "List where the grid users of an EAN are asked for consent": "Toon waar de netgebruikers van een EAN-code om toestemming "
    "gevraagd wordt",
    "Say where the grid user of an EAN is asked for consent; it comes before what his organisation says": "Zeg waar de "
    "netgebruiker van een EAN-code om toestemming gevraagd wordt; dat gaat voor op wat zijn organisatie zegt",
    "The grid user, as the headpoint names him.": "De netgebruiker, zoals het toegangspunt hem noemt.",
    "His name, for people.": "Zijn naam, voor mensen.",
    "In which he is written to.": "Waarin hem geschreven wordt.",
    "His e-mail address.": "Zijn e-mailadres.",
    "The lines of his postal address, for letters.": "De regels van zijn postadres, voor brieven.",
    "Where a grid user is asked for consent.": "Waar een netgebruiker om toestemming gevraagd wordt.",
    "Those who are known.": "Die gekend zijn.",
    "Where the grid users of an EAN are asked for consent.": "Waar de netgebruikers van een EAN-code om toestemming gevraagd "
    "wordt.",
    "The organisation.": "De organisatie.",
    "Whether it has a data access contract, which is `sign`, or goes on `without`.": "Of ze een datatoegangscontract heeft, wat "
    "`sign` is, of zonder verder gaat: `without`.",
    "What an organisation chooses, and may choose again at any time.": "Wat een organisatie kiest, en altijd opnieuw kiezen kan.",
    "An organisation that was looked up.": "Een organisatie die is opgezocht.",
    "An organisation as it is registered now.": "Een organisatie zoals ze nu geregistreerd is.",
    "What sort of organisation it is.": "Wat voor organisatie het is.",
    "The languages in which people are written to.": "De talen waarin mensen geschreven wordt.",
    "Its enterprise number.": "Het ondernemingsnummer ervan.",
    "Its enterprise number, with or without dots and BE.": "Het ondernemingsnummer ervan, met of zonder punten en BE.",
    "Its name, for people.": "De naam ervan, voor mensen.",
    "What sort it is.": "Wat voor soort het is.",
    "In which it is written to.": "Waarin haar geschreven wordt.",
    "Where it is asked for consent as a grid user.": "Waar haar als netgebruiker om toestemming gevraagd wordt.",
    "The lines of its postal address, for letters.": "De regels van haar postadres, voor brieven.",
    "When it was registered.": "Wanneer dat geregistreerd is.",
    "An organisation.": "Een organisatie.",
    "The organisations found.": "De gevonden organisaties.",
    "Organisations, by name.": "Organisaties, op naam.",
    "An organisation that is registered, or written anew.": "Een organisatie die geregistreerd wordt, of opnieuw beschreven.",
    "The grid user: an enterprise number or a name.": "De netgebruiker: een ondernemingsnummer of een naam.",
    "His name, for people; left out: as `who`.": "Zijn naam, voor mensen; weggelaten: zoals `who`.",
    "Where a grid user is to be asked for consent: by e-mail, or by letter who has no e-mail address.": "Waar een netgebruiker "
    "om toestemming gevraagd moet worden: per e-mail, of per brief wie geen e-mailadres heeft.",
    # People
    "List people, by name": "Toon de personen, op naam",
    "Those of this e-mail address; left out: any.": "Die met dit e-mailadres; weggelaten: alle.",
    "Register a person, under a random id": "Registreer een persoon, onder een willekeurig id",
    "Show a person, with all functions and roles": "Toon een persoon, met alle functies en rollen",
    "There is no such person, or no such role.": "Die persoon is er niet, of die rol.",
    "The id of a person.": "Het id van een persoon.",
    "Write anew what is known of a person": "Schrijf opnieuw wat van een persoon gekend is",
    "List the functions and roles in an organisation, also those that ended": "Toon de functies en rollen in een organisatie, "
    "ook die geëindigd zijn",
    "Register a person's function in an organisation, or grant a role there": "Registreer de functie van een persoon in een "
    "organisatie, of geef daar een rol",
    "End a function or role now; one that ended stays as it was": "Beëindig nu een functie of rol; een die geëindigd is, blijft "
    "zoals ze was",
    "The person.": "De persoon.",
    "All functions and roles, also those that ended.": "Alle functies en rollen, ook die geëindigd zijn.",
    "A person that was looked up.": "Een persoon die is opgezocht.",
    "The people found.": "De gevonden personen.",
    "People, by name.": "Personen, op naam.",
    "The id, which says nothing of the person.": "Het id, dat niets over de persoon zegt.",
    "The name.": "De naam.",
    "The e-mail address.": "Het e-mailadres.",
    "In which the person is written to.": "Waarin de persoon geschreven wordt.",
    "When the person was registered.": "Wanneer de persoon geregistreerd is.",
    "A person.": "Een persoon.",
    "By what a person may act for an organisation.": "Waardoor een persoon voor een organisatie mag handelen.",
    "Whose it is.": "Van wie ze is.",
    "In which organisation, by its enterprise number.": "In welke organisatie, met haar ondernemingsnummer.",
    "`function`: one in the enterprise register, which administers. `administrator`: to act, and to grant roles. `user`: to "
    "act.": "`function`: een in de ondernemingsdatabank, die beheert. `administrator`: om te handelen, en rollen te geven. "
    "`user`: om te handelen.",
    "What a function is called.": "Hoe een functie heet.",
    "The person who granted it; left out: the operator registered it.": "De persoon die ze gaf; weggelaten: de netbeheerder "
    "registreerde ze.",
    "A function of a person in an organisation, or a role there.": "Een functie van een persoon in een organisatie, of een rol "
    "daar.",
    "The functions and roles.": "De functies en rollen.",
    "The functions and roles in an organisation, also those that ended.": "De functies en rollen in een organisatie, ook die "
    "geëindigd zijn.",
    "A person who is registered.": "Een persoon die geregistreerd wordt.",
    "A person of whom is written anew what is known.": "Een persoon van wie opnieuw geschreven wordt wat gekend is.",
    "The id of the person.": "Het id van de persoon.",
    "A function that is registered, or a role that is granted.": "Een functie die geregistreerd wordt, of een rol die gegeven "
    "wordt.",
    "To whom.": "Aan wie.",
    "A function in the enterprise register, or a role.": "Een functie in de ondernemingsdatabank, of een rol.",
    "From when on; left out: now.": "Vanaf wanneer; weggelaten: nu.",
    "Until when; left out: open.": "Tot wanneer; weggelaten: open.",
    "A function or role that is to end now.": "Een functie of rol die nu moet eindigen.",
    "Its id.": "Het id ervan.",
    # Contracts
    "List contracts, the first requested first": "Toon de contracten, het eerst gevraagde eerst",
    "Of this enterprise number; left out: any.": "Van dit ondernemingsnummer; weggelaten: alle.",
    "Request a contract for an organisation; it gets a number": "Vraag een contract voor een organisatie; het krijgt een nummer",
    "The organisation, or the contract, is not there, or can't be brought to that state; the message says which.": "De "
    "organisatie of het contract is er niet, of kan niet in die toestand komen; de boodschap zegt wat.",
    "Note that an organisation signed its contract": "Noteer dat een organisatie haar contract tekende",
    "Approve a contract that was signed; its organisation is told to renew its credentials": "Keur een getekend contract goed; "
    "de organisatie krijgt te horen dat ze haar credentials moet vernieuwen",
    "It counts for live credentials once they are renewed.": "Het telt voor live credentials zodra die vernieuwd zijn.",
    "End a contract; what credentials cover by it ends at that moment": "Beëindig een contract; wat credentials daardoor dekken, "
    "eindigt op dat moment",
    "Its number.": "Het nummer ervan.",
    "Whose it is, by its enterprise number.": "Van wie het is, met het ondernemingsnummer.",
    "How far it is: `requested`, `signed`, `approved`, or `ended`.": "Hoe ver het is: `requested` (gevraagd), `signed` "
    "(getekend), `approved` (goedgekeurd) of `ended` (beëindigd).",
    "How far a contract is.": "Hoe ver een contract is.",
    "The one-off activation fee, in euro cents.": "De eenmalige activatiekost, in eurocent.",
    "When it was requested.": "Wanneer het gevraagd is.",
    "When it was signed.": "Wanneer het getekend is.",
    "When it was approved.": "Wanneer het goedgekeurd is.",
    "When it ended, or will end.": "Wanneer het eindigde, of zal eindigen.",
    "A data access contract.": "Een datatoegangscontract.",
    "The contracts found.": "De gevonden contracten.",
    "Contracts, the first requested first.": "Contracten, het eerst gevraagde eerst.",
    "A contract that is requested for an organisation.": "Een contract dat voor een organisatie gevraagd wordt.",
    "For which organisation, by its enterprise number.": "Voor welke organisatie, met haar ondernemingsnummer.",
    "A contract that an organisation signed.": "Een contract dat een organisatie tekende.",
    "A contract that is approved.": "Een contract dat goedgekeurd wordt.",
    "When it ends, from now on; left out: now.": "Wanneer het eindigt, vanaf nu; weggelaten: nu.",
    "A contract that is to end.": "Een contract dat moet eindigen.",
    # Market scenarios
    "List market scenarios: those of an EAN in order of effect, or the last that were registered": "Toon de marktscenario's: die "
    "van een EAN-code op volgorde van ingang, of de laatst geregistreerde",
    "Market scenarios: those of an EAN in order of effect, or the last that were registered.": "Marktscenario's: die van een "
    "EAN-code op volgorde van ingang, of de laatst geregistreerde.",
    "Register many market scenarios, from CSV or Parquet: ean, scenario, effective, and grid_user if one comes": "Registreer "
    "veel marktscenario's, uit CSV of Parquet: ean, scenario, effective, en grid_user als er een komt",
    "A row that can't be does not stop the others. What was done stays done if it breaks off: send all of them again.": "Een rij "
    "die niet kan, houdt de andere niet tegen. Wat gebeurd is, blijft gebeurd als het afbreekt: stuur ze allemaal opnieuw.",
    "Register a market scenario; mandates that were given under the grid user before it end their data period there": "Registreer "
    "een marktscenario; van toegangen die onder de vorige netgebruiker gegeven zijn, eindigt de verbruiksperiode daar",
    "It can't be; or no such headpoint is known.": "Het kan niet; of dat toegangspunt is niet gekend.",
    "What happened at the headpoint.": "Wat er op het toegangspunt gebeurde.",
    "What happened.": "Wat er gebeurde.",
    "When it happens, or happened.": "Wanneer het gebeurt, of gebeurde.",
    "Who uses the EAN from then on.": "Wie de EAN-code vanaf dan gebruikt.",
    "A market scenario.": "Een marktscenario.",
    "The scenarios found.": "De gevonden scenario's.",
    "The scenario.": "Het scenario.",
    "Whether it was not known; otherwise nothing was done anew.": "Of het niet gekend was; anders is er niets opnieuw gedaan.",
    "What a market scenario did.": "Wat een marktscenario deed.",
    "How many Approved mandates have their data period end there.": "Van hoeveel toegangen met status Approved de "
    "verbruiksperiode daar eindigt.",
    "How many Requested mandates it rejects.": "Hoeveel toegangen met status Requested het weigert.",
    "What came of a table of market scenarios.": "Wat er van een tabel met marktscenario's is geworden.",
    "Of the headpoint, 18 digits.": "Van het toegangspunt, 18 cijfers.",
    "When it happens or happened, in UTC, or a date, which begins at midnight in Brussels.": "Wanneer het gebeurt of gebeurde, in "
    "UTC, of een datum, die om middernacht in Brussel begint.",
    "Who uses the EAN from then on: an enterprise number or a name; left out: nobody, or nobody knows.": "Wie de EAN-code vanaf "
    "dan gebruikt: een ondernemingsnummer of een naam; weggelaten: niemand, of niemand weet het.",
    "A market scenario that is registered.": "Een marktscenario dat geregistreerd wordt.",
    # Mandates
    "List the live mandates of an organisation, or of an EAN, as they stand now; one of the two must be given": "Toon de live "
    "toegangen van een organisatie, of voor een EAN-code, zoals ze er nu voor staan; een van beide moet gegeven zijn",
    "End a mandate because its grid user asked for that: it is Finished from now on": "Beëindig een toegang omdat de "
    "netgebruiker dat vroeg: ze is vanaf nu Finished",
    "There is no live mandate of this id that is Approved.": "Er is geen live toegang met dit id en status Approved.",
    "Of the headpoint.": "Van het toegangspunt.",
    "The level of detail.": "Het detailniveau.",
    "Whether the organisation was the grid user when it was approved.": "Of de organisatie de netgebruiker was bij de goedkeuring.",
    "How it stands, as the API has it.": "Hoe ze ervoor staat, zoals de API het heeft.",
    "Which readings it gives.": "Welke meetgegevens ze geeft.",
    "When it expires, exclusive.": "Wanneer ze verloopt, exclusief.",
    "How its renewal stands, as the API has it.": "Hoe de hernieuwing ervoor staat, zoals de API het heeft.",
    "Between customer, service provider and operator.": "Tussen klant, dienstverlener en netbeheerder.",
    "A live mandate as it stands.": "Een live toegang zoals ze ervoor staat.",
    "The mandates found; removed ones are seen nowhere.": "De gevonden toegangen; verwijderde zijn nergens te zien.",
    "Live mandates, by organisation, the last updated last.": "Live toegangen, per organisatie, de laatst gewijzigde het laatst.",
    "A mandate that is to end.": "Een toegang die moet eindigen.",
    "The status of a mandate. A removed one is seen nowhere.": "De status van een toegang. Een verwijderde is nergens te zien.",
    "Where an Approved mandate stands with its renewal.": "Hoe het met de hernieuwing van een toegang met status Approved staat.",
    # Who looked, and what is late
    "List who asked for which live readings, refused ones too, the newest first": "Toon wie welke live meetgegevens vroeg, ook "
    "de geweigerde vragen, de nieuwste eerst",
    "From this moment on; left out: ever.": "Vanaf dit moment; weggelaten: ooit.",
    "Before this moment; left out: now. Given, the pages stand still while others ask.": "Vóór dit moment; weggelaten: nu. Is "
    "het gegeven, dan staan de bladzijden stil terwijl anderen vragen.",
    "List the headpoints of which no value came in for long, and those of which none ever came": "Toon de toegangspunten waarvan "
    "al lang geen waarde binnenkwam, en die waarvan er nooit een kwam",
    "How long ago the last value may lie, in hours; left out: 72.": "Hoe lang geleden de laatste waarde mag liggen, in uren; "
    "weggelaten: 72.",
    "When.": "Wanneer.",
    "Which organisation, by its enterprise number.": "Welke organisatie, met haar ondernemingsnummer.",
    "With which credentials.": "Met welke credentials.",
    "Of which EAN.": "Van welke EAN-code.",
    "Why nothing was given; left out: it was given.": "Waarom niets gegeven is; weggelaten: het is gegeven.",
    "Why nothing may be read. The first that applies, in this order.": "Waarom niets gelezen mag worden. De eerste die geldt, in "
    "deze volgorde.",
    "What the period is about.": "Waarover de periode gaat.",
    "Which period was asked for.": "Welke periode gevraagd is.",
    "Which levels of detail were asked for; empty: all that is granted.": "Welke detailniveaus gevraagd zijn; leeg: alles "
    "waartoe er toegang is.",
    "Which reference number was named.": "Welk referentienummer genoemd is.",
    "Under which mandates it was given.": "Onder welke toegangen het gegeven is.",
    "By which the answer is found in the log.": "Waarmee het antwoord in het log te vinden is.",
    "Somebody asked for the readings of an EAN.": "Iemand vroeg de meetgegevens van een EAN-code.",
    "The accesses found, those that were refused too.": "De gevonden vragen, ook die geweigerd zijn.",
    "Accesses to readings, the newest first.": "Vragen naar meetgegevens, de nieuwste eerst.",
    "Headpoints of which values are overdue, in order of their EANs.": "Toegangspunten waarvan waarden te laat zijn, op volgorde "
    "van hun EAN-codes.",
    "How long the slots are that it delivers.": "Hoe lang de tijdvakken zijn die het levert.",
    "When the last slot with a value ended; left out: there never was one.": "Wanneer het laatste tijdvak met een waarde "
    "eindigde; weggelaten: er was er nooit een.",
    "How long ago that is.": "Hoe lang dat geleden is.",
    "A headpoint of which values are overdue.": "Een toegangspunt waarvan waarden te laat zijn.",
}
"""By the English text."""
