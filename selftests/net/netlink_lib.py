# SPDX-License-Identifier: GPL-2.0
"""Claims about the mesh family, made with the kernel's own Python client.

A test is a Python file with functions marked @claim("text"); main() runs them in
order and prints "ok TEXT" or "not ok TEXT" with what was seen before it.
"""

import errno
import ipaddress
import os
import socket
import sys
import traceback
from pathlib import Path

TOP = Path(__file__).resolve().parents[2]
SPEC = TOP / 'Documentation/netlink/specs/mesh.yaml'
YNL = Path(os.environ['MESH_LINUX']) / 'tools/net/ynl'
sys.path.append(str(YNL))

from lib import Netlink, NlError, YnlFamily  # noqa: E402

CREATE = Netlink.NLM_F_CREATE
EXCL = Netlink.NLM_F_EXCL
REPLACE = Netlink.NLM_F_REPLACE
DUMP_INTR = 0x10

claims = []


class Wrong(Exception):
    pass


def claim(text):
    def mark(function):
        claims.append((text, function))
        return function
    return mark


def main():
    failed = 0
    for text, function in claims:
        try:
            function()
        except Wrong as e:
            print(f'# {e}')
        except Exception:
            for line in traceback.format_exc().splitlines():
                print(f'# {line}')
        else:
            print(f'ok {text}', flush=True)
            continue
        failed += 1
        print(f'not ok {text}', flush=True)
    sys.exit(failed != 0)


def family(**options):
    # The schema was checked against the kernel's own when it was generated from.
    return YnlFamily(str(SPEC), '', **options)


def open_socket(ynl):
    """A new one, opened by whoever the process is by now."""
    ynl.sock.close()
    ynl.sock = socket.socket(socket.AF_NETLINK, socket.SOCK_RAW,
                             ynl.nlproto.proto_num)
    for option in (Netlink.NETLINK_CAP_ACK, Netlink.NETLINK_EXT_ACK):
        ynl.sock.setsockopt(Netlink.SOL_NETLINK, option, 1)


def ip(text):
    return ipaddress.ip_address(text).packed


def prefix(text):
    net = ipaddress.ip_network(text, strict=False)
    return {'prefix': ip(text.split('/')[0]), 'prefix-len': net.prefixlen}


def equal(what, expected, saw):
    if expected != saw:
        raise Wrong(f'{what}: expected {expected!r}, saw {saw!r}')


def refused(what, call, code, attr=None, text=None):
    """The call fails with this errno, naming this attribute and saying this.

    attr is a path like '.entry.peer'; 'missing NAME' for an absent one.
    """
    try:
        saw = call()
    except NlError as e:
        ack = e.nl_msg.extack or {}
        equal(f'{what}: error', errno.errorcode[code],
              errno.errorcode.get(-e.nl_msg.error, e.nl_msg.error))
        if attr and attr.startswith('missing '):
            equal(f'{what}: missing attribute in {ack}',
                  attr.removeprefix('missing '), ack.get('miss-type'))
        elif attr:
            equal(f'{what}: attribute in {ack}', attr, ack.get('bad-attr'))
        if text and text not in ack.get('msg', ''):
            raise Wrong(f'{what}: expected a text with {text!r}, saw {ack}')
        return
    raise Wrong(f'{what}: expected {errno.errorcode[code]}, but it returned {saw}')
