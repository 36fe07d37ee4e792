"""Data access contracts for tests."""

from datetime import datetime

from kwartier.db.engine import Database
from kwartier.domain.contract import Contract, standing
from kwartier.domain.enterprise import EnterpriseNumber
from kwartier.registry import contracts

__all__ = ["approved_contract"]


def approved_contract(database: Database, organisation: EnterpriseNumber, moment: datetime) -> Contract:
    """The approved data access contract of an organisation, made if there is none."""
    with database.writing() as connection:
        there = standing(contracts.of_organisation(connection, organisation), moment)
        if there is not None:
            return there
        number = f"T-{contracts.count(connection) + 1}"
        made = Contract(number, organisation, 0, moment, signed_at=moment, approved_at=moment)
        contracts.add(connection, made, None)
    return made
