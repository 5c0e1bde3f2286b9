"""tsalsa as a Python programmer would write it with numpy and scipy: sections A, C, D and E of docs/ranking.md.

    tsalsa_scipy.py GRAPH GROUPS SCORES ROUNDS

GRAPH is the file of Sources/reference/graph.h; GROUPS holds the group of each author as u32 (section B, which
scipy has no function for, is left out of the time); SCORES takes the score of every item as f64. Prints the
CPU nanoseconds of each round. Building the matrices and their transposes is not timed.
"""

import sys
import time

import numpy as np
import scipy.sparse as sp

ALPHA_TRUST, ALPHA, EPSILON, EXPONENT, TAU, FLOOR = 0.15, 0.5, 1e-9, 0.25, 0.5, 0.02


def read(path):
    data = np.memmap(path, dtype=np.uint8, mode="r")
    assert bytes(data[:4]) == b"VBG1"
    authors, items, ego = data[4:16].view("<u4").astype(int)
    counts = np.frombuffer(data[16:32].tobytes(), dtype="<u8").astype(int)
    at = 32
    matrices = []
    for count, columns in zip(counts, (authors, items)):
        parts = []
        for length, kind in ((authors + 1, "<u4"), (count, "<u4"), (count, "<f8")):
            size = length * np.dtype(kind).itemsize
            parts.append(np.frombuffer(data[at:at + size].tobytes(), dtype=kind))
            at += size
        offsets, indices, weights = parts
        shape = (authors, columns)
        matrices.append(
            sp.csr_matrix((weights, indices.astype(np.int32), offsets.astype(np.int32)), shape=shape))
    return ego, matrices[0], matrices[1]


def normalised(matrix):
    sums = np.asarray(matrix.sum(axis=1)).ravel()
    scales = np.divide(1.0, sums, out=np.zeros_like(sums), where=sums > 0)
    return (sp.diags(scales) @ matrix).tocsr()


def rank(ego, trust_t, a, a_t, membership):
    # A
    x = np.zeros(trust_t.shape[0])
    x[ego] = 1
    visits = x.copy()
    for _ in range(int(np.ceil(np.log(EPSILON * ALPHA_TRUST) / np.log(1 - ALPHA_TRUST)))):
        x = (1 - ALPHA_TRUST) * (trust_t @ x)
        visits += x
        if x.sum() * (1 - ALPHA_TRUST) < EPSILON * ALPHA_TRUST:
            break
    trust = visits / visits.sum()
    # C
    popularity = a_t @ trust
    inverse = np.divide(1.0, popularity, out=np.zeros_like(popularity), where=popularity > 0)
    x = np.zeros_like(trust)
    x[ego] = 1
    walked, items = np.zeros_like(x), np.zeros_like(popularity)
    for _ in range(int(np.ceil(np.log(EPSILON) / np.log(1 - ALPHA)))):
        walked += x
        step = (1 - ALPHA) * (a_t @ x)
        items += step
        x = trust * (a @ (step * inverse))
    # D
    others = walked.copy()
    others[ego] = 0
    voices = membership @ sp.diags(others) @ a
    total = np.asarray(voices.sum(axis=0)).ravel()
    largest = voices.max(axis=0).toarray().ravel()
    concentration = np.divide(largest, total, out=np.zeros_like(total), where=total > 0)
    # E
    factor = np.maximum(FLOOR, 1 - np.clip((concentration - TAU) / (1 - TAU), 0, 1))
    score = items / items.sum() * factor * inverse**EXPONENT
    return score, np.lexsort((np.arange(score.size), -np.round(score * 1e12)))


def main():
    graph, groups, scores, rounds = sys.argv[1:]
    ego, trust, listens = read(graph)
    trust_t, a = normalised(trust).T.tocsr(), normalised(listens)
    a_t = a.T.tocsr()
    group = np.fromfile(groups, dtype="<u4")
    known = np.flatnonzero(group != 0xFFFFFFFF)
    membership = sp.csr_matrix(
        (np.ones(known.size), (group[known], known)), shape=(group.size, group.size))
    for _ in range(int(rounds)):
        start = time.process_time_ns()
        score, _ = rank(ego, trust_t, a, a_t, membership)
        print(time.process_time_ns() - start)
    score.astype("<f8").tofile(scores)


main()
