"""Deliveries, quarantine and headpoints, in Dutch."""

from typing import Final

__all__ = ["INTAKE"]

INTAKE: Final = {
    # Deliveries
    "Deliver readings in the long form: a stream of any length, whole or not at all": "Lever meetgegevens in de lange vorm: een "
    "stroom van elke lengte, geheel of niet",
    "Rows that cannot be right are set aside with a reason, and the others count. Nothing counts of a stream that breaks off or "
    "can't be read. Sent again under the same id, the same delivery is answered as it was taken in the first time.": "Rijen die niet "
    "kunnen kloppen, worden met een reden apart gezet; de andere tellen. Van een stroom die afbreekt of niet te lezen is, telt "
    "niets. Wordt dezelfde levering onder hetzelfde id nog eens gestuurd, dan krijg je het antwoord van de eerste keer.",
    "It is being brought in at this moment. It took so long that it was swept: send it again. A delivery of this id was "
    "withdrawn. A delivery of this id had another content.": "Ze wordt op dit moment ingelezen. Het duurde zo lang dat ze is opgeruimd: stuur ze opnieuw. Een levering met "
    "dit id is ingetrokken. Een levering met dit id had een andere inhoud.",
    "There is no room for its rows, or too much is under way.": "Er is geen plaats voor de rijen, of er loopt te veel tegelijk.",
    "By which you know the delivery; sent twice under the same id, it counts once.": "Waaronder je de levering kent; tweemaal "
    "onder hetzelfde id gestuurd, telt ze één keer.",
    "List deliveries, the newest first": "Toon de leveringen, de nieuwste eerst",
    "Deliveries before this number: `next` of the answer before.": "Leveringen vóór dit nummer: `next` van het vorige antwoord.",
    "Show a delivery: what came of its rows, how many still wait in quarantine, and in which deliveries others came again": "Toon "
    "een levering: wat er van de rijen is geworden, hoeveel er nog in quarantaine wachten, en in welke leveringen andere opnieuw "
    "kwamen",
    "There is no such delivery.": "Die levering is er niet.",
    "Withdraw a published delivery: the newest values of the others come again, as a delivery of its own": "Trek een "
    "gepubliceerde levering in: de nieuwste waarden van de andere komen terug, als een eigen levering",
    "What was retried of it is withdrawn too, and what waits of it in quarantine waits no more.": "Wat ervan opnieuw is ingelezen, "
    "wordt mee ingetrokken, en wat ervan in quarantaine wacht, wacht niet meer.",
    "It was withdrawn before. It is being withdrawn at this moment. Rows are being retried at this moment.": "Ze is al ingetrokken. "
    "Ze wordt op dit moment ingetrokken. Er worden op dit moment rijen opnieuw ingelezen.",
    "A delivery of readings.": "Een levering van meetgegevens.",
    "What has become of a delivery.": "Wat er van een levering is geworden.",
    "By which its sender knows it.": "Waaronder de afzender ze kent.",
    "Its number in the store.": "Haar nummer in de opslag.",
    "Where it comes from, for people.": "Waar ze vandaan komt, voor mensen.",
    "How it stands. `loading`: it is being taken in, or was broken off. `published`: it counts. `withdrawn`: it was taken back "
    "by another.": "Hoe ze ervoor staat. `loading`: ze wordt ingelezen, of is afgebroken. `published`: ze telt. `withdrawn`: ze "
    "is door een andere teruggenomen.",
    "When it began to be taken in.": "Wanneer het inlezen begon.",
    "When it became, or becomes, visible; some seconds ahead.": "Wanneer ze zichtbaar werd, of wordt; enkele seconden later.",
    "The number of the delivery that it takes back, if it is there for that.": "Het nummer van de levering die ze terugneemt, "
    "als ze daarvoor dient.",
    "The number of the delivery whose rows it brings in again, if it is there for that.": "Het nummer van de levering waarvan ze "
    "rijen opnieuw inleest, als ze daarvoor dient.",
    "What came of its rows.": "Wat er van de rijen is geworden.",
    "What came of the rows of a delivery; `rows` is the sum of the four after it.": "Wat er van de rijen van een levering is "
    "geworden; `rows` is de som van de vier erna.",
    "Rows, or values of runs, that came.": "Rijen, of waarden van reeksen, die binnenkwamen.",
    "Those with a value that are stored.": "Die met een waarde, die bewaard zijn.",
    "Those that say that there is no value.": "Die zeggen dat er geen waarde is.",
    "Those that say again what another of the same delivery says.": "Die herhalen wat een andere van dezelfde levering zegt.",
    "Those that cannot be right, and wait with a reason.": "Die niet kunnen kloppen, en met een reden wachten.",
    "Runs in which they are kept.": "Reeksen waarin ze bewaard worden.",
    "Headpoints of which something came.": "Toegangspunten waarvan iets binnenkwam.",
    "The delivery.": "De levering.",
    "Why rows were set aside, the 100 most frequent reasons first; empty when it is told again.": "Waarom rijen apart gezet "
    "zijn, de 100 meest voorkomende redenen eerst; leeg als het herhaald wordt.",
    "Whether it was taken in before: then nothing was done anew.": "Of ze al ingelezen was: dan is er niets opnieuw gedaan.",
    "What came of a delivery.": "Wat er van een levering is geworden.",
    "The deliveries found.": "De gevonden leveringen.",
    "What `before` is to be for those that follow; left out at the end.": "Wat `before` moet zijn voor de volgende; weggelaten "
    "aan het einde.",
    "Deliveries, the newest first.": "Leveringen, de nieuwste eerst.",
    "How many of its rows still wait in quarantine.": "Hoeveel rijen ervan nog in quarantaine wachten.",
    "How many of its rows waited until it was withdrawn.": "Hoeveel rijen ervan wachtten tot ze werd ingetrokken.",
    "The deliveries in which rows of it came in again, in order.": "De leveringen waarin rijen ervan opnieuw kwamen, op volgorde.",
    "A delivery that was looked up.": "Een levering die is opgezocht.",
    "The delivery that takes it back.": "De levering die ze terugneemt.",
    "How many of its rows waited in quarantine, and wait no more.": "Hoeveel rijen ervan in quarantaine wachtten, en niet meer "
    "wachten.",
    "The deliveries in which rows of it had come in again; they are withdrawn too.": "De leveringen waarin rijen ervan opnieuw waren "
    "gekomen; ze zijn mee ingetrokken.",
    "How a delivery was withdrawn.": "Hoe een levering is ingetrokken.",
    "Which delivery is to be withdrawn.": "Welke levering moet worden ingetrokken.",
    # Quarantine
    "List rows that wait, with what is wrong with each": "Toon de rijen die wachten, met wat er aan elk scheelt",
    "What this delivery brought; left out: any.": "Wat deze levering bracht; weggelaten: alle.",
    "About this EAN, 18 digits; left out: any.": "Over deze EAN-code, 18 cijfers; weggelaten: alle.",
    "These words stand in the reason; left out: any.": "Deze woorden staan in de reden; weggelaten: alle.",
    "Rows after this one: `next` of the answer before.": "Rijen na deze: `next` van het vorige antwoord.",
    "List for which reasons rows wait, and how many for each": "Toon om welke redenen rijen wachten, en hoeveel per reden",
    "Bring rows in again, against the headpoints known today, those of each delivery as a delivery of its own": "Lees rijen opnieuw "
    "in, tegen de toegangspunten die vandaag gekend zijn, die van elke levering als een eigen levering",
    "They come in the order in which those were received. Those that pass leave; the others stay, with today's reason: also those "
    "of which a later delivery says otherwise.": "Ze komen in de volgorde waarin die ontvangen zijn. Die erdoor raken, verdwijnen; "
    "de andere blijven, met de reden van vandaag: ook die waarvan een latere levering iets anders zegt.",
    "No such row waits that can be read again.": "Er wacht geen zulke rij die opnieuw gelezen kan worden.",
    "It is being brought in at this moment. It took so long that it was swept: send it again. Rows are being retried at this "
    "moment.": "Ze wordt op dit moment ingelezen. Het duurde zo lang dat ze is opgeruimd: stuur ze opnieuw. Er worden op dit "
    "moment rijen opnieuw ingelezen.",
    "Bring rows in again as a table has them: CSV with the columns of the long form, and their numbers in the column `row`": "Lees "
    "rijen opnieuw in zoals een tabel ze heeft: CSV met de kolommen van de lange vorm, en hun nummers in de kolom `row`",
    "Those that are right leave; the others stay as they came, with today's reason. Rows that are not in the table wait on.": "Die "
    "kloppen, verdwijnen; de andere blijven zoals ze kwamen, met de reden van vandaag. Rijen die niet in de tabel staan, wachten "
    "verder.",
    "How many rows did not wait any more: nothing was done about them.": "Hoeveel rijen niet meer wachtten: daar is niets aan gedaan.",
    "What came of rows that were corrected.": "Wat er is geworden van rijen die verbeterd zijn.",
    "Its number.": "Het nummer ervan.",
    "Their numbers, 1000 at most.": "Hun nummers, hoogstens 1000.",
    "Discard rows that will never be right. They stay on record, and are not listed any more": "Verwerp rijen die nooit zullen "
    "kloppen. Ze blijven bewaard, en worden niet meer getoond",
    "The delivery that brought it.": "De levering die ze bracht.",
    "Where it stood there.": "Waar ze daarin stond.",
    "The EAN that it is about, if that can be read.": "De EAN-code waarover ze gaat, als die te lezen is.",
    "What is wrong with it, and what is allowed.": "Wat eraan scheelt, en wat is toegestaan.",
    "What it says: corrected, it can be delivered again as NDJSON.": "Wat ze zegt: verbeterd kan ze opnieuw als NDJSON geleverd "
    "worden.",
    "A row that was set aside.": "Een rij die apart is gezet.",
    "The rows found.": "De gevonden rijen.",
    "Rows that wait, in order of delivery and line.": "Rijen die wachten, op volgorde van levering en regel.",
    "What is wrong with them, and what is allowed.": "Wat eraan scheelt, en wat is toegestaan.",
    "How many rows.": "Hoeveel rijen.",
    "Why rows were set aside.": "Waarom rijen apart zijn gezet.",
    "The most frequent reasons first.": "De meest voorkomende redenen eerst.",
    "For which reasons rows wait.": "Om welke redenen rijen wachten.",
    "The delivery that brought them first.": "De levering die ze eerst bracht.",
    "The delivery in which they came in; left out if none passed.": "De levering waarin ze binnenkwamen; weggelaten als er geen "
    "door raakte.",
    "What came of the rows.": "Wat er van de rijen is geworden.",
    "Why rows stay, the most frequent reasons first.": "Waarom rijen blijven, de meest voorkomende redenen eerst.",
    "What came of rows of one delivery that were brought in again.": "Wat er is geworden van rijen van een levering die opnieuw "
    "zijn ingelezen.",
    "By the delivery that brought them, in the order in which those were received.": "Per levering die ze bracht, in de volgorde "
    "waarin die ontvangen zijn.",
    "What came of rows that were brought in again.": "Wat er is geworden van rijen die opnieuw zijn ingelezen.",
    "How many rows were discarded.": "Hoeveel rijen verworpen zijn.",
    "This delivery brought them.": "Deze levering bracht ze.",
    "They are about this EAN, 18 digits.": "Ze gaan over deze EAN-code, 18 cijfers.",
    "These words stand in their reason.": "Deze woorden staan in hun reden.",
    "Which rows are meant: those for which all that is given holds.": "Welke rijen bedoeld zijn: die waarvoor alles geldt wat "
    "gegeven is.",
    "Everything that waits.": "Alles wat wacht.",
    "Which rows are to be discarded; at least one of these must be given, or `all`.": "Welke rijen verworpen moeten worden; "
    "minstens één hiervan moet gegeven zijn, of `all`.",
    # Headpoints
    "Make many headpoints known, from CSV or Parquet; those that are known are replaced, their readings stay": "Maak veel "
    "toegangspunten bekend, uit CSV of Parquet; gekende worden vervangen, hun meetgegevens blijven",
    "If a row is wrong nothing is written, and every wrong row is named, unless `skipWrong` says otherwise.": "Is er een rij "
    "fout, dan wordt niets geschreven en wordt elke foute rij genoemd, tenzij `skipWrong` anders zegt.",
    "Readings that came in meanwhile contradict one; those before it are written.": "Meetgegevens die intussen binnenkwamen, "
    "spreken er een tegen; die ervoor zijn geschreven.",
    "The table is too large.": "De tabel is te groot.",
    "There is no room for it, or too much is under way.": "Er is geen plaats voor, of er loopt te veel tegelijk.",
    "Whether the right ones are taken in also if others are wrong; left out: no.": "Of de juiste worden ingelezen, ook als "
    "andere fout zijn; weggelaten: nee.",
    "List headpoints in order of their EANs": "Toon de toegangspunten op volgorde van hun EAN-codes",
    "Those after this EAN: `next` of the answer before.": "Die na deze EAN-code: `next` van het vorige antwoord.",
    "Show a headpoint with all that hangs on it": "Toon een toegangspunt met alles wat eraan hangt",
    "There is no such headpoint.": "Dat toegangspunt is er niet.",
    "The EAN, 18 digits.": "De EAN-code, 18 cijfers.",
    "Its EAN.": "De EAN-code ervan.",
    "What the headpoint measures.": "Wat het toegangspunt meet.",
    "How it is metered.": "Hoe het gemeten wordt.",
    "Of an AMR headpoint.": "Van een AMR-toegangspunt.",
    "The zone of its gas conversion factors.": "De zone van de omzettingsfactoren voor gas.",
    "The meters of a digital headpoint.": "De meters van een digitaal toegangspunt.",
    "The submeters of an AMR headpoint.": "De submeters van een AMR-toegangspunt.",
    "Its grid users over time.": "De netgebruikers door de tijd.",
    "A headpoint with what hangs on it.": "Een toegangspunt met wat eraan hangt.",
    "The headpoints found.": "De gevonden toegangspunten.",
    "Headpoints, in order of their EANs.": "Toegangspunten, op volgorde van hun EAN-codes.",
    "Its place there.": "De plaats daar.",
    "When it hung there; left out: always.": "Wanneer ze daar hing; weggelaten: altijd.",
    "A meter that hangs at a headpoint.": "Een meter die aan een toegangspunt hangt.",
    "How the headpoint is metered.": "Hoe het toegangspunt gemeten wordt.",
    "What flows through the headpoint.": "Wat er door het toegangspunt stroomt.",
    "Which way the energy goes, seen from the grid user.": "Welke kant de energie uit gaat, gezien vanaf de netgebruiker.",
    "What it measures.": "Wat hij meet.",
    "The id of the installation at the regulator.": "Het id van de installatie bij de regulator.",
    "What kind of installation it is.": "Wat voor installatie het is.",
    "A submeter below an AMR headpoint.": "Een submeter onder een AMR-toegangspunt.",
    "An enterprise number or a name.": "Een ondernemingsnummer of een naam.",
    "For how long.": "Hoe lang.",
    "Who uses a headpoint, and when.": "Wie een toegangspunt gebruikt, en wanneer.",
    "What came of a table of headpoints.": "Wat er van een tabel met toegangspunten is geworden.",
    "Rows that deserve a second look.": "Rijen die een tweede blik verdienen.",
}
"""By the English text."""
