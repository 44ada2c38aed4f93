"""The posterior mean of age given every subset of markers, by quadrature instead of over all ages.

The likelihood of a subset of markers that are linear in age is smooth in age, so its sums over a grid
of ages need about half as many nodes; see `gauss_rule`. A choice's probabilities are not smooth: they
are the masses of a rule of their own, one for each choice. At fixed nodes the log likelihood of every
subset is a matrix product of a few numbers per person and a table that is made once.
"""

import math
from collections.abc import Iterator
from dataclasses import dataclass

import numpy as np

from agelens.clocks.age_likelihoods import AgePosteriorParameters
from agelens.clocks.age_quadrature import Rule, gauss_rule
from agelens.clocks.base import FloatArray, IntArray
from agelens.clocks.line_terms import LineTerms
from agelens.clocks.shapley import members_of_coalitions

CHUNK_PEOPLE = 192
NEAR_PEOPLE = 32  # their products of likelihoods, 1 MB, stay near the processor

GameBatch = tuple[IntArray | slice, FloatArray, FloatArray]


@dataclass(frozen=True)
class QuadratureTables:
    """What the numbers of people with the same choice are multiplied by.

    A rule is that without the choice, and, for people who have one, that with it.

    Attributes
    ----------
    first : ndarray of float64, shape (n_terms, n_rules * n_nodes * 2 ** n_first)
        For the subsets of the first half of the markers; includes the weights of the nodes.
    second : ndarray of float64, shape (n_terms, n_rules * 2 ** n_second * n_nodes)
        For those of the other markers.
    nodes : ndarray of float64, shape (n_rules, 2 ** n_second * n_nodes)
        Years: the nodes of each rule, for every subset again.
    """

    first: FloatArray
    second: FloatArray
    nodes: FloatArray


class QuadratureGame:
    """The posterior mean of age given every subset of linear markers and at most one choice.

    Parameters
    ----------
    parameters : AgePosteriorParameters
    n_nodes : int
        Fewer than ages.
    """

    def __init__(self, parameters: AgePosteriorParameters, n_nodes: int) -> None:
        ages, n_linear = parameters.ages, len(parameters.linear)
        self._n_linear, self._has_choice = n_linear, bool(parameters.choices)
        self._n_nodes = n_nodes
        self._n_first = (n_linear + 1) // 2
        subsets_first, subsets_second = 2**self._n_first, 2 ** (n_linear - self._n_first)
        n_logs = subsets_second * n_nodes
        self._shapes = (
            (n_nodes, subsets_first),
            (n_logs,),
            (2, n_logs),
            (2 * subsets_second, subsets_first),
        )
        self._terms = LineTerms(parameters.linear, ages, self._n_first)
        self._on_grid = self._terms.functions(ages)
        logs = [np.log(choice.probabilities) for choice in parameters.choices]
        scaled = [
            logs_of_choice - logs_of_choice.max(axis=1, keepdims=True) for logs_of_choice in logs
        ]
        self._choice_logs = np.concatenate([*scaled, np.zeros((1, len(ages)))])
        rules = [
            gauss_rule(ages, np.exp(logs_of_choice), n_nodes)
            for logs_of_choice in self._choice_logs
        ]
        self._tables = [self._tables_of(rules[-1], rule) for rule in rules[:-1]]
        self._tables.append(self._tables_of(rules[-1]))  # of people whose choice is missing

    def batches(self, columns: FloatArray) -> Iterator[GameBatch]:
        """The rows of some people at a time, their games and their posteriors.

        Parameters
        ----------
        columns : ndarray of float64, shape (n_people, n_features)
            As `AgePosteriorParameters.columns` gives them.

        Yields
        ------
        rows : slice, or ndarray of int, shape (n_rows,)
        values : ndarray of float64, shape (n_rows, 2 ** n_features)
            Years. The subset's number has bit i set when feature i is in it.
        posterior : ndarray of float64, shape (n_rows, n_ages)
            Each row sums to 1.
        """
        for code, people_of_choice in self._people_by_choice(columns):
            people = columns if people_of_choice is None else columns[people_of_choice]
            tables = self._tables[code]
            room = self._room(min(len(people), NEAR_PEOPLE), len(tables.nodes))
            for start in range(0, len(people), CHUNK_PEOPLE):
                chunk = slice(start, start + CHUNK_PEOPLE)
                numbers = self._terms.numbers(people[chunk, : self._n_linear])
                values = self._values(numbers, tables, room)
                rows = chunk if people_of_choice is None else people_of_choice[chunk]
                yield rows, values, self._posterior(numbers, code)

    def _values(
        self, numbers: FloatArray, tables: QuadratureTables, room: list[FloatArray]
    ) -> FloatArray:
        values = np.empty((len(numbers), 1 + self._has_choice, 2**self._n_linear))
        for start in range(0, len(numbers), NEAR_PEOPLE):
            near = slice(start, start + NEAR_PEOPLE)
            self._fill(values[near], numbers[near], tables, room)
        return values.reshape(len(numbers), -1)

    def _fill(
        self,
        values: FloatArray,
        numbers: FloatArray,
        tables: QuadratureTables,
        room: list[FloatArray],
    ) -> None:
        """Write the values of the subsets without and of those with the choice."""
        n_people, cut = len(numbers), self._terms.cut
        first, logs, second, sums = (
            room if n_people == len(room[0]) else [r[:n_people] for r in room]
        )
        flat, masses = first.reshape(n_people, -1), second[:, :, 0]
        np.matmul(numbers[:, :cut], tables.first, out=flat)
        np.exp(flat, out=flat)
        np.matmul(numbers[:, cut:], tables.second, out=logs.reshape(n_people, -1))
        np.exp(logs, out=masses)
        np.multiply(masses, tables.nodes, out=second[:, :, 1])
        np.matmul(second.reshape(*sums.shape[:3], self._n_nodes), first, out=sums)
        sums = sums.reshape(*second.shape[:3], -1)
        np.divide(sums[:, :, 1], sums[:, :, 0], out=values)  # with one rule, both alike

    def _room(self, n_people: int, n_rules: int) -> list[FloatArray]:
        """Arrays for `_fill`; to get fresh ones for every few people costs more than the arithmetic."""
        return [np.empty((n_people, n_rules, *shape)) for shape in self._shapes]

    def _posterior(self, numbers: FloatArray, code: int) -> FloatArray:
        # One product per person: the last bits of one for all would depend on who else is there.
        weights: FloatArray = np.matmul(numbers[:, np.newaxis], self._on_grid)[:, 0]
        weights += self._choice_logs[code]
        np.exp(weights, out=weights)
        weights /= np.add.reduce(weights, axis=1, keepdims=True)
        return weights

    def _people_by_choice(self, columns: FloatArray) -> Iterator[tuple[int, IntArray | None]]:
        """Each choice, -1 if it is missing, and where the people are who have it; None for all."""
        if not self._has_choice:
            yield -1, None
            return
        codes = np.fmax(columns[:, -1], -1)
        different = set(codes.tolist())
        for code in different:
            yield int(code), np.flatnonzero(codes == code) if len(different) > 1 else None

    def _tables_of(self, *rules: Rule) -> QuadratureTables:
        owners, cut = self._terms.owners, self._terms.cut
        n_second = self._n_linear - self._n_first
        first_members = members_of_coalitions(self._n_first).T[owners[: cut - 1]]
        second_members = members_of_coalitions(n_second).T[owners[cut - 1 :] - self._n_first]
        first, second = [], []
        for rule in rules:
            functions = self._terms.functions(rule.nodes)
            weights = np.tile(np.log(rule.weights), (1, 2**self._n_first, 1))
            subsets = np.concatenate([weights, _of_subsets(first_members, functions[1:cut])])
            first.append(subsets.swapaxes(1, 2))
            second.append(_of_subsets(second_members, functions[cut:]))
        nodes = np.stack([np.tile(rule.nodes, 2**n_second) for rule in rules])
        return QuadratureTables(_side_by_side(first), _side_by_side(second), nodes)


def _of_subsets(members: FloatArray, functions: FloatArray) -> FloatArray:
    """The functions of each subset's members, shape (n_terms, n_subsets, n_nodes)."""
    return members[:, :, np.newaxis] * functions[:, np.newaxis]


def _side_by_side(tables: list[FloatArray]) -> FloatArray:
    wide = [table.reshape(len(table), math.prod(table.shape[1:])) for table in tables]
    return np.concatenate(wide, axis=1)
