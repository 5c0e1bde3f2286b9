"""tsalsa as a Python programmer would write it with numpy and scipy: sections A to E of docs/ranking.md.

    tsalsa_scipy.py GRAPH GROUPS SCORES ROUNDS

GRAPH is the file of Sources/reference/graph.h; GROUPS holds the group of each author as u32, which is compared
with what is found here; SCORES takes the score of every item as f64. Prints for each round the CPU nanoseconds
of three parts: making the normalised matrices and their transposes from lists of edges; section B, which scipy
has no function for, so that it is plain Python as in networkx; sections A, C, D and E.
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


def edges(matrix):
    """A matrix as the lists of edges that a log or a data set gives."""
    rows = np.repeat(np.arange(matrix.shape[0], dtype=np.int32), np.diff(matrix.indptr))
    return rows, matrix.indices.copy(), matrix.data.copy()


def build(trust, listens, authors, items):
    rows, columns, weights = trust
    trust_t = normalised(sp.csr_matrix((weights, (rows, columns)), shape=(authors, authors))).T.tocsr()
    rows, columns, weights = listens
    a = normalised(sp.csr_matrix((weights, (rows, columns)), shape=(authors, items)))
    return trust_t, a, a.T.tocsr()


def dominator_groups(ego, trust):
    """B: the child of the ego above each author in the dominator tree (Cooper, Harvey & Kennedy)."""
    offsets, columns = trust.indptr.tolist(), trust.indices.tolist()
    count = trust.shape[0]
    number, post, at, stack = [-1] * count, [], offsets[:-1], [ego]
    seen = bytearray(count)
    seen[ego] = 1
    while stack:
        u = stack[-1]
        k, end = at[u], offsets[u + 1]
        while k < end and seen[columns[k]]:
            k += 1
        at[u] = k
        if k < end:
            seen[columns[k]] = 1
            stack.append(columns[k])
        else:
            number[u] = len(post)
            post.append(stack.pop())
    before = [[] for _ in post]
    for u in post:
        from_u = number[u]
        for v in columns[offsets[u]:offsets[u + 1]]:
            before[number[v]].append(from_u)
    top = len(post) - 1
    idom = [-1] * len(post)
    idom[top] = top
    changed = True
    while changed:
        changed = False
        for p in range(top - 1, -1, -1):
            found = -1
            for q in before[p]:
                if idom[q] < 0:
                    continue
                if found < 0:
                    found = q
                    continue
                while q != found:
                    while q < found:
                        q = idom[q]
                    while found < q:
                        found = idom[found]
            if idom[p] != found:
                idom[p] = found
                changed = True
    group = np.full(count, 0xFFFFFFFF, dtype=np.uint32)
    group[ego] = ego
    for p in range(top - 1, -1, -1):
        group[post[p]] = post[p] if idom[p] == top else group[post[idom[p]]]
    return group


def members(group):
    known = np.flatnonzero(group != 0xFFFFFFFF)
    return sp.csr_matrix((np.ones(known.size), (group[known], known)), shape=(group.size, group.size))


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
    trust_edges, listen_edges = edges(trust), edges(listens)
    for _ in range(int(rounds)):
        times = [time.process_time_ns()]
        trust_t, a, a_t = build(trust_edges, listen_edges, *listens.shape)
        times.append(time.process_time_ns())
        group = dominator_groups(ego, trust)
        times.append(time.process_time_ns())
        score, _ = rank(ego, trust_t, a, a_t, members(group))
        times.append(time.process_time_ns())
        print(*np.diff(times))
    assert np.array_equal(group, np.fromfile(groups, dtype="<u4"))
    score.astype("<f8").tofile(scores)


main()
