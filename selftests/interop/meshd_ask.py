#!/usr/bin/env python3
# SPDX-License-Identifier: GPL-2.0
"""Sends one request to the meshd of this network namespace, prints the answer."""
import socket
import sys

with socket.socket(socket.AF_UNIX) as s:
    s.settimeout(20)
    s.connect("\0mesh/meshd")
    s.sendall(sys.argv[1].encode() + b"\n")
    print(s.makefile().readline(), end="")
