# SPDX-License-Identifier: GPL-2.0
"""What one more hop costs: the chains of routers that each row is the difference of."""

# Place of the hop: subject: the chain with the hop, the chain without.
HOPS = {
    "lan-mesh": {
        "plain": ("plain", "direct"),
        "ip_gre": ("gre", "direct"),
        "ip_gre_fixed": ("one", "direct"),
        "vxlan": ("vxlan", "direct"),
        "mesh": ("mesh", "direct"),
    },
    "mesh-lan": {
        "plain": ("plain-plain", "plain"),
        "ip_gre": ("gre-lan", "gre"),
        "ip_gre_fixed": ("one-lan", "one"),
        "vxlan": ("vxlan-lan", "vxlan"),
        "mesh": ("mesh-lan", "mesh"),
    },
    "hub": {
        "plain": ("plain-plain", "plain"),
        "ip_gre": ("gre-hub", "gre"),
        "ip_gre_fixed": ("one-hub", "one"),
        "vxlan": ("vxlan-hub", "vxlan"),
        "mesh": ("mesh-hub", "mesh"),
        "mesh_redirect": ("mesh-redirect", "mesh"),
    },
    "udp-lan-mesh": {
        "plain": ("plain", "direct"),
        "ip_gre": ("fou", "direct"),
        "mesh": ("udp", "direct"),
    },
}
SIZES = ("64", "1400")
PEERS_ROWS = ("10", "100", "1000", "10000", "100000")
ROUTES_ROWS = ("1", "1000", "1000000")

# Row: subject: the two chains, by the names that they have in the samples.
FORWARD = {
    f"{place}/{size}": {subject: (f"{longer}/{size}", f"{shorter}/{size}")
                        for subject, (longer, shorter) in subjects.items()}
    for size in SIZES for place, subjects in HOPS.items()
} | {
    f"{what}/{n}": {
        "plain": ("plain-many/64", "direct-many/64"),
        "mesh": (f"{what}-{n}/64", "direct-many/64"),
    }
    for what, rows in (("peers", PEERS_ROWS), ("routes", ROUTES_ROWS)) for n in rows
}


def costs(chains, rows):
    """Of each row and subject what the hop costs: the chains' difference within each round."""
    for row, subject, (longer, shorter) in rows:
        yield row, subject, [a - b for a, b in zip(chains[longer], chains[shorter], strict=True)]


def rows(measured=None):
    """Row, subject and its two chains: of all, or of those that were measured."""
    for row, subjects in FORWARD.items():
        for subject, pair in subjects.items():
            if measured is None or all(chain in measured for chain in pair):
                yield row, subject, pair


def icount(measured):
    """Kernel, row, subject and instructions a packet: each kernel's rows that it was asked for."""
    kernels = {}
    for (kernel, chain), values in measured.items():
        kernels.setdefault(kernel, {})[chain] = values
    for kernel, chains in kernels.items():
        for row, subject, (count,) in costs(chains, rows(chains)):
            yield kernel, row, subject, count


def read_samples(paths):
    """What was measured (a tuple of words) to its list of values, as they came."""
    measured = {}
    for path in paths:
        with open(path, encoding="ascii") as lines:
            for line in lines:
                if line.startswith("#"):
                    continue
                _, *what, value = line.split()
                measured.setdefault(tuple(what), []).append(float(value))
    return measured
