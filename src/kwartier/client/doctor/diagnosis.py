"""From what was observed to what is wrong, and what to do about it: a pure function (K5)."""

from collections.abc import Iterator

from kwartier.client.doctor.advice import contract_advice
from kwartier.client.doctor.getting_in import credentials_end, kept_out
from kwartier.client.doctor.granted import mandates_end, nothing_granted, partly_granted
from kwartier.client.doctor.observed import Finding, Found, Observed, Question, Topic, Weight
from kwartier.client.doctor.readings import judge_readings
from kwartier.client.errors import ConfigurationError, ContractError, NothingGrantedError, WrongRequestError

__all__ = ["diagnose"]


def diagnose(observed: Observed) -> tuple[Finding, ...]:
    """What follows from what was observed, in the order in which one looks: what stands first hides what comes after."""
    return tuple(_findings(observed))


def _findings(observed: Observed) -> Iterator[Finding]:
    if observed.refused is not None:
        yield from kept_out(observed.refused, observed)
        return
    yield Finding(
        Topic.CREDENTIALS,
        Weight.FINE,
        f"The credentials are good. Mandates that they show: {len(observed.mandates)}.",
    )
    yield from credentials_end(observed)
    if observed.question is None:
        yield from mandates_end(observed.mandates, observed)
        return
    yield from _of_question(observed.question, observed)


def _of_question(question: Question, observed: Observed) -> Iterator[Finding]:
    match observed.answer:
        case NothingGrantedError() as error:
            yield from nothing_granted(question, observed, str(error))
        case ContractError() as error:
            told = (
                f"EAN {question.ean} is of another enterprise, and the credentials do not cover that: {error}"
            )
            yield Finding(Topic.CONTRACT, Weight.WRONG, told, contract_advice(is_sandbox=observed.is_sandbox))
        case WrongRequestError() | ConfigurationError() as error:
            wrong = "; ".join(getattr(error, "messages", ())) or str(error)
            yield Finding(
                Topic.REQUEST, Weight.WRONG, f"The request can't be right: {wrong}", "Mend what is named."
            )
        case Found() as found:
            yield from mandates_end(observed.of_ean, observed)
            yield from partly_granted(question, observed)
            yield from judge_readings(question, found)
        case None:
            return
        case error:
            yield from kept_out(error, observed)
