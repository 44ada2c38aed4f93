"""Gauss quadrature for sums over a grid of ages: fewer ages that stand for all of them."""

from dataclasses import dataclass

import numpy as np

from agelens.clocks.base import FloatArray


@dataclass(frozen=True)
class Rule:
    """Nodes and weights of a quadrature.

    Attributes
    ----------
    nodes : ndarray of float64, shape (n_nodes,)
        Years, within the grid.
    weights : ndarray of float64, shape (n_nodes,)
        Positive.
    """

    nodes: FloatArray
    weights: FloatArray


def gauss_rule(ages: FloatArray, mass: FloatArray, n_nodes: int) -> Rule:
    """The Gauss rule of a sum over ages, where each age has a mass.

    With the rule's n nodes x_k and weights w_k

        sum_a mass(a) f(a) = sum_k w_k f(x_k)

    for every polynomial f of a degree below 2 n, and nearly so for every smooth f.

    Parameters
    ----------
    ages : ndarray of float64, shape (n_ages,)
        Years, ascending.
    mass : ndarray of float64, shape (n_ages,)
        Positive.
    n_nodes : int
        At most n_ages; with all of them, nodes and weights are the ages and their masses.

    Source
    ------
    W. Gautschi, Orthogonal Polynomials, 2004: discrete measures (Lanczos), and the nodes and weights
    from the eigenvectors of the Jacobi matrix (G. H. Golub & J. H. Welsch, 1969).
    """
    middle, half = (ages[0] + ages[-1]) / 2, (ages[-1] - ages[0]) / 2
    indices, total = (ages - middle) / half, mass.sum()
    basis = np.zeros((n_nodes, len(ages)))
    basis[0] = np.sqrt(mass / total)
    jacobi = np.zeros((n_nodes, n_nodes))
    for k in range(n_nodes):
        residual = indices * basis[k]
        jacobi[k, k] = residual @ basis[k]
        for _ in range(2):  # once leaves rounding errors that grow with every node
            residual -= (basis[: k + 1] @ residual) @ basis[: k + 1]
        if k + 1 < n_nodes:
            jacobi[k + 1, k] = norm = np.sqrt(residual @ residual)
            basis[k + 1] = residual / norm
    nodes, vectors = np.linalg.eigh(jacobi)  # which reads the lower triangle
    return Rule(middle + half * nodes, total * vectors[0] ** 2)
