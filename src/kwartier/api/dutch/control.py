"""The control of the sandbox, in Dutch."""

from typing import Final

__all__ = ["CONTROL"]

CONTROL: Final = {
    "What you control of your own sandbox, with the credentials of the sandbox: its clock, the life of mandates, faults on "
    "demand, reset, state and journal. Exempt from limits and faults. `HEAD` is answered wherever `GET` is, and `OPTIONS` "
    "everywhere.": "Wat je van je eigen testomgeving bedient, met de credentials van de testomgeving: klok, het leven van "
    "toegangen, fouten op verzoek, reset, toestand en logboek. Vrij van limieten en fouten. `HEAD` wordt beantwoord waar "
    "`GET` dat wordt, `OPTIONS` overal.",
    # Clock
    "Read your clock": "Lees je klok",
    "Set your clock; availability, insertion times, renewal and expiry of mandates follow it": "Zet je klok; beschikbaarheid, "
    "verwerkingstijd, hernieuwing en verloop van toegangen volgen ze",
    "Let your clock show real time again": "Laat je klok weer de echte tijd tonen",
    "Move your clock on": "Zet je klok vooruit",
    "What the clock is to show, and whether it goes on from there.": "Wat de klok moet tonen, en of ze van daar verder loopt.",
    "What the clock is to show.": "Wat de klok moet tonen.",
    "Whether it goes on; false: it stands still.": "Of ze loopt; false: ze staat stil.",
    "How far to move the clock on; negative: back.": "Hoe ver de klok vooruit gaat; negatief: terug.",
    "So many days.": "Zoveel dagen.",
    "So many hours.": "Zoveel uren.",
    "So many minutes.": "Zoveel minuten.",
    "So many seconds.": "Zoveel seconden.",
    "Your clock.": "Je klok.",
    "What the clock shows.": "Wat de klok toont.",
    "The moment, in UTC.": "Het moment, in UTC.",
    "Whether the clock was set; otherwise it shows real time.": "Of de klok gezet is; anders toont ze de echte tijd.",
    "Whether it goes on.": "Of ze loopt.",
    # Faults
    "List the faults that you asked for, with how often they struck": "Toon de fouten die je vroeg, met hoe vaak ze toesloegen",
    "Ask for faults: one, or a list. Of several that could strike a request, the earliest does": "Vraag fouten: één, of een "
    "lijst. Kunnen er meer een request treffen, dan doet de vroegste het",
    "Take your faults back: all, or the one of `number`": "Neem je fouten terug: alle, of die met nummer `number`",
    "There is no fault of this number.": "Er is geen fout met dit nummer.",
    "Which fault; left out: all.": "Welke fout; weggelaten: alle.",
    "Something that is to go wrong.": "Iets wat mis moet gaan.",
    "What a fault can strike.": "Wat een fout kan treffen.",
    "What it strikes.": "Wat ze treft.",
    "How a request can go wrong.": "Hoe een request mis kan gaan.",
    "How the request goes wrong.": "Hoe het request misgaat.",
    "With which status it is refused (kind status).": "Met welke status het geweigerd wordt (kind status).",
    "What `Retry-After` says (kind status); 1 for a 429 if left out.": "Wat `Retry-After` zegt (kind status); weggelaten: 1 bij "
    "een 429.",
    "How long the answer is held back (kind delay).": "Hoe lang het antwoord wordt opgehouden (kind delay).",
    "How many requests it strikes; left out: all of them.": "Hoeveel requests ze treft; weggelaten: alle.",
    "The part of the requests that it strikes.": "Het deel van de requests dat ze treft.",
    "A fault that you asked for.": "Een fout die je vroeg.",
    "By which it is taken back.": "Waarmee ze wordt teruggenomen.",
    "How many requests it still strikes; left out: all.": "Hoeveel requests ze nog treft; weggelaten: alle.",
    "How many it struck.": "Hoeveel ze er trof.",
    "Your faults.": "Je fouten.",
    "Your faults, in the order in which they were asked for.": "Je fouten, in de volgorde waarin ze gevraagd zijn.",
    # Reset and state
    "Make your sandbox as it was at first: no mandates, faults or journal, and a clock with real time": "Maak je testomgeving "
    "zoals in het begin: geen toegangen, fouten of logboek, en een klok met de echte tijd",
    "Export your mandates, clock and faults": "Exporteer je toegangen, klok en fouten",
    "Replace your mandates, clock and faults by those of an export": "Vervang je toegangen, klok en fouten door die van een "
    "export",
    "Of this form.": "Van deze vorm.",
    "Null: real time.": "Null: de echte tijd.",
    "Those that are not used up.": "Die welke niet opgebruikt zijn.",
    "A clock that was set.": "Een klok die gezet is.",
    "What it showed; it goes on from there when it is imported.": "Wat ze toonde; van daar gaat ze verder na een import.",
    "A mock mandate, in the words of the request that made it.": "Een fictieve toegang, in de woorden van het request dat ze "
    "maakte.",
    "The sandbox EAN that the mandate is for.": "De EAN-code van de testomgeving waarvoor de toegang geldt.",
    "The status that was asked for.": "De status die gevraagd is.",
    "When it was made, by the clock of the sandbox.": "Wanneer ze gemaakt is, volgens de klok van de testomgeving.",
    "The reference number that was given.": "Het referentienummer dat gegeven is.",
    "Where the data period ends, exclusive.": "Het einde van de verbruiksperiode, exclusief.",
    "When the mandate expires, exclusive.": "De verloopdatum van de toegang, exclusief.",
    "The renewal status that was given.": "De hernieuwingsstatus die gegeven is.",
    # Journal and readiness
    "Read your last requests and their answers: `after` a number, at most `limit` of them": "Lees je laatste requests en hun "
    "antwoorden: na nummer `after`, ten hoogste `limit`",
    "Only entries with a number above this.": "Alleen regels met een hoger nummer dan dit.",
    "How many entries at most; left out: 100.": "Hoeveel regels ten hoogste; weggelaten: 100.",
    "Your last requests and their answers.": "Je laatste requests en hun antwoorden.",
    "Entries of the journal, in order: request, answer, clock, duration, fault.": "Regels van het logboek, in volgorde: "
    "request, antwoord, klok, duur, fout.",
    "Each with what was asked, what was answered, and when.": "Elk met wat gevraagd is, wat geantwoord is, en wanneer.",
    "Tell that the sandbox is ready. Needs no credentials": "Zeg dat de testomgeving klaar is. Vraagt geen credentials",
    "Whether the sandbox is ready.": "Of de testomgeving klaar is.",
    "`ready`, or `starting` while the sandbox is not ready yet.": "`ready`, of `starting` zolang de testomgeving niet klaar is.",
}
