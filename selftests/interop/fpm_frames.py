#!/usr/bin/env python3
# SPDX-License-Identifier: GPL-2.0
"""Talks to meshd as a zebra that lies, or that is cut to pieces by TCP.

  fpm_frames.py IFINDEX lies    sends each lie over a connection of its own,
                                prints "dropped NAME" or "kept NAME"
  fpm_frames.py IFINDEX cut     10.70.0.0/16 to 10.73.0.0/16 by 10.0.0.11, in
                                pieces of 1 to 7 octets, and half a frame more
  fpm_frames.py IFINDEX many N  N routes /24 from 11.0.0.0 on, many a segment
  fpm_frames.py IFINDEX none    a frame that says nothing of them any more
The last three stay connected until standard input ends.
"""
import socket
import struct
import sys

NEWROUTE, DELROUTE, NEWNEXTHOP = 24, 25, 104
DST, OIF, GATEWAY, MULTIPATH, NH_ID = 1, 4, 5, 9, 30


def attr(kind, value, length=None):
    head = struct.pack("HH", length or 4 + len(value), kind)
    return head + value + bytes(-len(value) % 4)


def message(kind, body, length=None):
    return struct.pack("IHHII", length or 16 + len(body), kind, 0, 0, 0) + body


def frame(*messages, length=None, version=1, kind=1):
    body = b"".join(messages)
    return struct.pack("!BBH", version, kind, length or 4 + len(body)) + body


def route(prefix, plen, *attrs, kind=NEWROUTE):
    head = struct.pack("BBBBBBBBI", 2, plen, 0, 0, 254, 186, 0, 1, 0)
    return message(kind, head + attr(DST, bytes(prefix)) + b"".join(attrs))


def by(ifindex, last=11):
    return attr(GATEWAY, bytes([10, 0, 0, last])) + attr(OIF, struct.pack("I", ifindex))


def lies(ifindex):
    good = route([10, 69, 0, 0], 16, by(ifindex))
    bad = bytes([10, 68, 0, 0])
    hop = struct.pack("HBBI", 60, 0, 0, ifindex)
    return {
        "version": frame(good, version=2),
        "protobuf": frame(good, kind=2),
        "empty": frame(length=4),
        "message-too-long": frame(good, message(NEWROUTE, bytes(12), 400)),
        "message-too-short": frame(good, message(NEWROUTE, bytes(12), 8)),
        "attribute-too-long": frame(good, message(NEWROUTE, struct.pack(
            "BBBBBBBBI", 2, 16, 0, 0, 254, 186, 0, 1, 0) + attr(DST, bad, 60))),
        "prefix-length": frame(good, route(bad, 40, by(ifindex))),
        "host-bits": frame(good, route([10, 68, 0, 1], 16, by(ifindex))),
        "gateway-length": frame(good, route(bad, 16, attr(GATEWAY, bytes(7)))),
        "next-hop-length": frame(good, route(bad, 16, attr(MULTIPATH, hop))),
        "no-id": frame(good, message(NEWNEXTHOP, struct.pack("BBBBI", 2, 0, 0, 0, 0))),
        "octets-behind": frame(good, b"\0" * 6),
    }


def connect():
    s = socket.create_connection(("127.0.0.1", 2620), timeout=30)
    s.setsockopt(socket.IPPROTO_TCP, socket.TCP_NODELAY, 1)
    return s


def tell_lies(ifindex):
    for name, data in lies(ifindex).items():
        with connect() as s:
            s.sendall(data)
            try:
                kept = s.recv(1) != b""
            except socket.timeout:
                kept = True
            except ConnectionError:
                kept = False
            print("kept" if kept else "dropped", name, flush=True)


def tell(pieces):
    with connect() as s:
        for piece in pieces:
            s.sendall(piece)
        print("told", flush=True)
        sys.stdin.read()


def cut(data):
    at, size = 0, 1
    while at < len(data):
        yield data[at:at + size]
        at += size
        size = size % 7 + 1


def main():
    ifindex, what = int(sys.argv[1]), sys.argv[2]
    if what == "lies":
        tell_lies(ifindex)
    elif what == "cut":
        data = frame(*(route([10, net, 0, 0], 16, by(ifindex)) for net in (70, 71)))
        data += frame(route([10, 72, 0, 0], 16, by(ifindex)))
        data += frame(route([10, 73, 0, 0], 16, by(ifindex)))
        half = frame(route([10, 74, 0, 0], 16, by(ifindex)))
        tell(cut(data + half[:-3]))
    elif what == "many":
        count = int(sys.argv[3])
        tell([b"".join(frame(route([11, n >> 8 & 255, n & 255, 0], 24, by(ifindex)))
                       for n in range(count))])
    elif what == "none":
        tell([frame(route([10, 75, 0, 0], 16, kind=DELROUTE))])


main()
