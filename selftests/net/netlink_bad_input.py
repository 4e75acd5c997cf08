# SPDX-License-Identifier: GPL-2.0
"""Requests that are wrong; run on a host with mesh0, mesh1 and dummy0."""

import errno
import os
import platform
import socket
import struct
import subprocess
import sys

from netlink_lib import (CREATE, EXCL, REPLACE, Netlink, Wrong, claim, equal, family,
                         ip, main, prefix, refused)

SO_SNDBUFFORCE = 32

ynl = family()
DEV = {'ifname': 'mesh0'}
INDEX = socket.if_nametoindex('mesh0')


def do(op, attrs, flags=()):
    return ynl.do(op, {**DEV, **attrs}, list(flags))


def state():
    """All that a request could have changed, and the KiB that the tables take: they may
    have been put together meanwhile."""
    saw = {op: ynl.dump(op, {}) for op in
           ('dev-get', 'peer-get', 'nhs-get', 'group-get', 'route-get',
            'shortcut-get', 'key-get')}
    return saw, sum(device.pop('memory') for device in saw['dev-get'])


def table(rows):
    """Each row: what, operation, attributes, errno, attribute, text [, flags]."""
    before, taken = state()
    wrong = []
    for what, op, attrs, code, attr, text, *flags in rows:
        try:
            refused(what, lambda: do(op, attrs, flags), code, attr, text)
        except Wrong as e:
            wrong.append(str(e))
    after, takes = state()
    if after != before:
        wrong.append(f'something changed: {before} became {after}')
    if takes > taken:
        wrong.append(f'the tables take {takes} KiB, and took {taken}')
    if wrong:
        raise Wrong('\n# '.join(wrong))


PEER = {'protocol': ip('10.0.0.2')}
NBMA = {'nbma': ip('192.0.2.2')}
PREFIX = prefix('10.1.0.0/16')
MEMBER = {'protocol': ip('10.0.0.2')}

do('peer-new', {**PEER, 'endpoint': [NBMA]})
do('peer-new', {'protocol': ip('10.0.0.3'), 'endpoint': [NBMA]})
do('group-new', {'id': 7, 'member': [MEMBER]})
do('route-new', {**prefix('10.7.0.0/16'), 'group': 7}, [CREATE])
do('route-new', {**prefix('10.3.0.0/16'), 'peer': ip('10.0.0.3'), 'owner': 186},
   [CREATE])


@claim('the device: not named, unknown, of another kind, two at once')
def device():
    refused('not named', lambda: ynl.do('dev-get', {}), errno.EINVAL,
            'missing ifindex', 'name the device')
    refused('unknown name', lambda: ynl.do('dev-get', {'ifname': 'mesh9'}),
            errno.ENODEV, '.ifname', 'no such device')
    refused('unknown index', lambda: ynl.do('peer-get', {'ifindex': 99999, **PEER}),
            errno.ENODEV, '.ifindex', 'no such device')
    refused('index 0', lambda: ynl.do('dev-get', {'ifindex': 0}), errno.ERANGE,
            '.ifindex')
    refused('name too long', lambda: ynl.do('dev-get', {'ifname': 'm' * 16}),
            errno.EINVAL, '.ifname')
    refused('another kind', lambda: ynl.do('dev-get', {'ifname': 'dummy0'}),
            errno.EOPNOTSUPP, '.ifname', 'not a mesh device')
    refused('two devices', lambda: ynl.do('dev-get', {'ifindex': INDEX,
                                                      'ifname': 'mesh1'}),
            errno.EINVAL, '.ifname', 'different devices')
    refused('dump of an unknown one',
            lambda: ynl.dump('peer-get', {'ifname': 'mesh9'}), errno.ENODEV)
    equal('both agree', INDEX,
          ynl.do('dev-get', {'ifindex': INDEX, 'ifname': 'mesh0'})['ifindex'])


@claim('keys: no secret, one too short or long, an id twice, none such')
def keys():
    good = {'secret': bytes(16)}
    do('key-new', {'id': 9, **good})
    table([
        ('no id', 'key-new', good, errno.EINVAL, 'missing id', ''),
        ('id 0', 'key-new', {'id': 0, **good}, errno.ERANGE, '.id', ''),
        ('no secret', 'key-new', {'id': 1}, errno.EINVAL, 'missing secret', ''),
        ('too short', 'key-new', {'id': 1, 'secret': bytes(15)}, errno.EINVAL,
         '.secret', '16 to 64 octets'),
        ('too long', 'key-new', {'id': 1, 'secret': bytes(65)}, errno.EINVAL,
         '.secret', '16 to 64 octets'),
        ('accept-only 2', 'key-new', {'id': 1, **good, 'accept-only': 2},
         errno.ERANGE, '.accept-only', ''),
        ('there already', 'key-new', {'id': 9, **good}, errno.EEXIST, '.id',
         'there already'),
        ('to be replaced', 'key-new', {'id': 9, **good}, errno.EOPNOTSUPP, None,
         'not replaced', REPLACE),
        ('set: none such', 'key-set', {'id': 1, 'accept-only': 1}, errno.ENOENT,
         '.id', 'no such key'),
        ('set what', 'key-set', {'id': 9}, errno.EINVAL, 'missing accept-only', ''),
        ('del: none such', 'key-del', {'id': 1}, errno.ENOENT, '.id',
         'no such key'),
        ('get: none such', 'key-get', {'id': 1}, errno.ENOENT, '.id',
         'no such key'),
    ])
    do('key-del', {'id': 9})


@claim('dev-set: nothing, contradictions, values out of range')
def dev():
    table([
        ('nothing', 'dev-set', {}, errno.EINVAL, None, 'nothing to set'),
        ('key and no key', 'dev-set', {'key': 1, 'no-key': True},
         errno.EINVAL, '.no-key', ''),
        ('DF ignored and learned', 'dev-set', {'ignore-df': 1, 'pmtudisc': 1},
         errno.EINVAL, '.ignore-df', ''),
        ('short address', 'dev-set', {'local': b'\x01\x02'}, errno.EINVAL,
         '.local', '4 octets'),
        ('multicast address', 'dev-set', {'local': ip('224.0.0.1')},
         errno.EINVAL, '.local', ''),
        ('IPv6 as local', 'dev-set', {'local': ip('2001:db8::1')}, errno.EINVAL,
         '.local', 'local6'),
        ('IPv4 as local6', 'dev-set', {'local6': ip('192.0.2.1')}, errno.EINVAL,
         '.local6', '16 octets'),
        ('multicast local6', 'dev-set', {'local6': ip('ff02::1')}, errno.EINVAL,
         '.local6', 'unicast'),
        ('IPv4 written as local6', 'dev-set', {'local6': ip('::ffff:192.0.2.1')},
         errno.EINVAL, '.local6', 'unicast'),
        ('link-local without link', 'dev-set', {'local6': ip('fe80::1')},
         errno.EINVAL, '.local6', 'link'),
        ('holding time', 'dev-set', {'holdtime': 2}, errno.ERANGE, '.holdtime', ''),
        ('unknown flag', 'dev-set', {'nhrp-flags': 16}, errno.EINVAL,
         '.nhrp-flags', ''),
        ('long secret', 'dev-set', {'auth': 'ninechars'}, errno.EINVAL, '.auth', ''),
        ('no such link', 'dev-set', {'link': 99999}, errno.ENODEV, '.link', ''),
        ('itself as link', 'dev-set', {'link': INDEX}, errno.EINVAL, '.link', ''),
        ('pmtudisc', 'dev-set', {'pmtudisc': 2}, errno.ERANGE, '.pmtudisc', ''),
        ('home without an address', 'dev-set', {'home': [{'tier': 1}]}, errno.EINVAL,
         None, ''),
        ('home of an odd address', 'dev-set', {'home': [{'nbma': b'\x0a'}]},
         errno.EINVAL, '.home.nbma', '4 octets'),
        ('multicast home', 'dev-set', {'home': [{'nbma': ip('224.0.0.1')}]},
         errno.EINVAL, '.home.nbma', 'multicast'),
        ('home twice', 'dev-set', {'home': [NBMA, NBMA]}, errno.EINVAL, '.home',
         'twice'),
        ('five homes', 'dev-set',
         {'home': [{'nbma': ip(f'192.0.2.{i + 1}')} for i in range(5)]},
         errno.EINVAL, '.home', 'at most 4'),
        ('home and no home', 'dev-set', {'home': [NBMA], 'no-home': True},
         errno.EINVAL, '.no-home', 'exclude'),
        ('no hash field', 'dev-set', {'hash-fields': 0}, errno.EINVAL,
         '.hash-fields', 'needs a field'),
        ('unknown hash field', 'dev-set', {'hash-fields': 1 << 12}, errno.EINVAL,
         '.hash-fields', ''),
        ('neither symmetric nor not', 'dev-set', {'hash-symmetric': 2}, errno.ERANGE,
         '.hash-symmetric', ''),
        ('symmetric without the other side', 'dev-set',
         {'hash-fields': 1, 'hash-symmetric': 1}, errno.EINVAL, '.hash-fields',
         'source and destination'),
        ('another encapsulation', 'dev-set', {'encap': 2}, errno.ERANGE, '.encap', ''),
        ('neither checksum nor none', 'dev-set', {'udp-csum': 2}, errno.ERANGE,
         '.udp-csum', ''),
        ('a way neither short nor long', 'dev-set', {'bypass': 2}, errno.ERANGE,
         '.bypass', ''),
        ('another source policy', 'dev-set', {'source-policy': 3}, errno.ERANGE,
         '.source-policy', ''),
        ('symmetric with labels', 'dev-set',
         {'hash-fields': 3 | 1 << 9, 'hash-symmetric': 1}, errno.EINVAL,
         '.hash-fields', 'flow label'),
    ])


@claim('peers: too little, doubtful addresses, what is there and what is not')
def peers():
    table([
        ('no address', 'peer-new', {'endpoint': [NBMA]}, errno.EINVAL,
         'missing protocol', ''),
        ('no endpoint', 'peer-new', {'protocol': ip('10.0.0.9')}, errno.EINVAL,
         'missing endpoint', ''),
        ('odd address', 'peer-new', {'protocol': b'\x0a\x00\x00', 'endpoint': [NBMA]},
         errno.EINVAL, '.protocol', '4 octets'),
        ('empty address', 'peer-new', {'protocol': b'', 'endpoint': [NBMA]},
         errno.EINVAL, '.protocol', '4 octets'),
        ('multicast', 'peer-new', {'protocol': ip('239.1.1.1'), 'endpoint': [NBMA]},
         errno.EINVAL, '.protocol', 'multicast'),
        ('zero', 'peer-new', {'protocol': ip('0.0.0.0'), 'endpoint': [NBMA]},
         errno.EINVAL, '.protocol', 'zero'),
        ('no NBMA address', 'peer-new',
         {'protocol': ip('10.0.0.9'), 'endpoint': [NBMA, {'weight': 1}]},
         errno.EINVAL, None, ''),
        ('weight 0', 'peer-new',
         {'protocol': ip('10.0.0.9'), 'endpoint': [{**NBMA, 'weight': 0}]},
         errno.ERANGE, '.endpoint.weight', ''),
        ('twice the same', 'peer-new',
         {'protocol': ip('10.0.0.9'), 'endpoint': [NBMA, NBMA]},
         errno.EINVAL, '.endpoint.nbma', 'twice'),
        ('state given', 'peer-new',
         {'protocol': ip('10.0.0.9'), 'endpoint': [{**NBMA, 'state': 'up'}]},
         errno.EINVAL, '.endpoint.state', 'not set'),
        ('state of a session given', 'peer-new',
         {'protocol': ip('10.0.0.9'), 'endpoint': [{**NBMA, 'bfd-state': 'up'}]},
         errno.EINVAL, '.endpoint.bfd-state', 'not set'),
        ('port 0', 'peer-new',
         {'protocol': ip('10.0.0.9'),
          'endpoint': [{**NBMA, 'encap': 'udp', 'port': 0}]},
         errno.ERANGE, '.endpoint.port', ''),
        ('a port of plain GRE', 'peer-new',
         {'protocol': ip('10.0.0.9'),
          'endpoint': [{**NBMA, 'encap': 'gre', 'port': 4754}]},
         errno.EINVAL, '.endpoint.port', 'plain GRE has none'),
        ('IPv4 written as IPv6', 'peer-new',
         {'protocol': ip('10.0.0.9'), 'endpoint': [{'nbma': ip('::ffff:192.0.2.1')}]},
         errno.EINVAL, '.endpoint.nbma', 'IPv4'),
        ('65 endpoints', 'peer-new',
         {'protocol': ip('10.0.0.9'),
          'endpoint': [{'nbma': ip(f'192.0.2.{i + 1}')} for i in range(65)]},
         errno.EINVAL, '.endpoint', '64'),
        ('there already', 'peer-new', {**PEER, 'endpoint': [NBMA]}, errno.EEXIST,
         '.protocol', 'exists'),
        ('set of none', 'peer-set', {'protocol': ip('10.0.0.9'), 'endpoint': [NBMA]},
         errno.ENOENT, '.protocol', 'no such peer'),
        ('get of none', 'peer-get', {'protocol': ip('10.0.0.9')}, errno.ENOENT,
         '.protocol', 'no such peer'),
        ('del of none', 'peer-del', {'protocol': ip('10.0.0.9')}, errno.ENOENT,
         '.protocol', 'no such peer'),
        ('filter of dumps', 'peer-get', {**PEER, 'origin': ['static']}, errno.EINVAL,
         '.origin', 'dumps'),
        ('origin of one', 'peer-del', {**PEER, 'origin': ['static']}, errno.EINVAL,
         '.origin', 'flush'),
        ('flush of one', 'peer-del', {**PEER, 'flush': True}, errno.EINVAL,
         '.protocol', 'flush'),
        ('flush of unknown origin', 'peer-del', {'flush': True, 'origin': 16},
         errno.EINVAL, '.origin', ''),
        ('member of a group', 'peer-del', PEER, errno.EBUSY, '.protocol', 'group'),
        ('target of a route', 'peer-del', {'protocol': ip('10.0.0.3')},
         errno.EBUSY, '.protocol', 'route'),
    ])
    refused('key in a dump', lambda: ynl.dump('peer-get', {**DEV, **PEER}),
            errno.EINVAL, None, 'cannot be narrowed')


def members(n):
    return [{'protocol': ip(f'10.1.{i >> 8 & 255}.{i & 255}')} for i in range(n)]


@claim('groups: no members, weight 0, a gap in the tiers, members that are no peers, in use')
def groups():
    other = {'protocol': ip('10.0.0.3')}
    table([
        ('no id', 'group-new', {'member': [MEMBER]}, errno.EINVAL, 'missing id', ''),
        ('id 0', 'group-new', {'id': 0, 'member': [MEMBER]}, errno.ERANGE, '.id', ''),
        ('no member', 'group-new', {'id': 8}, errno.EINVAL, 'missing member', ''),
        ('weight 0', 'group-new', {'id': 8, 'member': [{**MEMBER, 'weight': 0}]},
         errno.ERANGE, '.member.weight', ''),
        ('a gap in the tiers', 'group-new', {'id': 8, 'member': [MEMBER, {**other, 'tier': 2}]},
         errno.EINVAL, '.member.tier', 'gap'),
        ('no tier 0', 'group-set', {'id': 7, 'member': [{**MEMBER, 'tier': 1}]},
         errno.EINVAL, '.member.tier', 'count from 0'),
        ('no peer', 'group-new',
         {'id': 8, 'member': [MEMBER, {'protocol': ip('10.0.0.77')}]},
         errno.ENOENT, '.member.protocol', 'no peer'),
        ('set to no peer', 'group-set',
         {'id': 7, 'member': [{'protocol': ip('10.0.0.77')}]},
         errno.ENOENT, '.member.protocol', 'no peer'),
        ('twice the same', 'group-new', {'id': 8, 'member': [MEMBER, MEMBER]},
         errno.EINVAL, '.member.protocol', 'twice'),
        ('257 members', 'group-new', {'id': 8, 'member': members(257)}, errno.EINVAL,
         '.member', 'more than 256'),
        ('buckets given', 'group-new', {'id': 8, 'member': [{**MEMBER, 'buckets': 1}]},
         errno.EINVAL, '.member.buckets', 'only shown'),
        ('there already', 'group-new', {'id': 7, 'member': [MEMBER]}, errno.EEXIST,
         '.id', 'exists'),
        ('set of none', 'group-set', {'id': 8, 'member': [MEMBER]}, errno.ENOENT,
         '.id', 'no such group'),
        ('in use', 'group-del', {'id': 7}, errno.EBUSY, '.id', 'routes lead'),
        ('reply attribute', 'group-new', {'id': 8, 'member': [MEMBER], 'refs': 1},
         errno.EINVAL, None, ''),
    ])


def refused_at(message):
    """The errno of a request of any size, and the offset of the attribute at fault."""
    with socket.socket(socket.AF_NETLINK, socket.SOCK_RAW, 16) as sock:
        for option in (Netlink.NETLINK_CAP_ACK, Netlink.NETLINK_EXT_ACK):
            sock.setsockopt(Netlink.SOL_NETLINK, option, 1)
        sock.setsockopt(socket.SOL_SOCKET, SO_SNDBUFFORCE, 2 * len(message))
        sock.send(message)
        ack = sock.recv(65536)
    at, offset = 36, None
    while at < len(ack):
        size, kind = struct.unpack_from('HH', ack, at)
        if kind == Netlink.NLMSGERR_ATTR_OFFS:
            offset, = struct.unpack_from('I', ack, at + 4)
        at += (size + 3) & ~3
    return -struct.unpack_from('i', ack, 16)[0], offset


@claim('70,000 members: the first one that is too many is named, and nothing changed')
def crowd():
    before = state()
    start = ynl._encode_message(ynl.ops['group-new'], {**DEV, 'id': 8}, [], 1)[4:]
    member = ynl.attr_sets['group']['member'].value | 1 << 15
    protocol = ynl.attr_sets['member']['protocol'].value
    nests = [struct.pack('HHHH4s', 12, member, 8, protocol, m['protocol'])
             for m in members(70000)]
    size = 4 + len(start) + 12 * len(nests)
    code, offset = refused_at(struct.pack('I', size) + start + b''.join(nests))
    equal('error', errno.errorcode[errno.EINVAL], errno.errorcode.get(code, code))
    equal('offset of member 256', 4 + len(start) + 256 * 12, offset)
    equal('nothing changed', before, state())


@claim('routes: prefixes, targets and owners that cannot be')
def routes():
    table([
        ('no prefix', 'route-new', {'group': 7}, errno.EINVAL, 'missing prefix', ''),
        ('no length', 'route-new', {'prefix': ip('10.1.0.0'), 'group': 7},
         errno.EINVAL, 'missing prefix-len', ''),
        ('no target', 'route-new', PREFIX, errno.EINVAL, 'missing peer',
         'leads nowhere', CREATE),
        ('two targets', 'route-new', {**PREFIX, 'group': 7, 'peer': ip('10.0.0.2')},
         errno.EINVAL, '.peer', 'not to both', CREATE),
        ('host bits', 'route-new', {**prefix('10.1.2.3/16'), 'group': 7},
         errno.EINVAL, '.prefix', 'host bits', CREATE),
        ('33 bits', 'route-new', {**PREFIX, 'prefix-len': 33, 'group': 7},
         errno.EINVAL, '.prefix-len', 'above 32', CREATE),
        ('129 bits', 'route-new',
         {'prefix': ip('2001:db8::'), 'prefix-len': 129, 'group': 7},
         errno.ERANGE, '.prefix-len', '', CREATE),
        ('no such group', 'route-new', {**PREFIX, 'group': 8}, errno.ENOENT,
         '.group', 'no such group', CREATE),
        ('no such peer', 'route-new', {**PREFIX, 'peer': ip('10.0.0.9')},
         errno.ENOENT, '.peer', 'no such peer', CREATE),
        ('owner 0', 'route-new', {**PREFIX, 'group': 7, 'owner': 0}, errno.ERANGE,
         '.owner', '', CREATE),
        ('not there, no create', 'route-new', {**PREFIX, 'group': 7}, errno.ENOENT,
         '.prefix', 'no such route'),
        ('there, exclusive', 'route-new', {**prefix('10.7.0.0/16'), 'group': 7},
         errno.EEXIST, '.prefix', 'exists', CREATE, EXCL),
        ("another's", 'route-new', {**prefix('10.3.0.0/16'), 'group': 7},
         errno.EPERM, '.prefix', 'another owner', CREATE, REPLACE),
        ("deleting another's", 'route-del', prefix('10.3.0.0/16'), errno.EPERM,
         '.prefix', 'another owner'),
        ('deleting none', 'route-del', PREFIX, errno.ENOENT, '.prefix',
         'no such route'),
        ('deleting by nothing', 'route-del', {}, errno.EINVAL, 'missing prefix', ''),
        ('batch and prefix', 'route-new',
         {**PREFIX, 'entry': [{**PREFIX, 'group': 7}]}, errno.EINVAL, '.prefix',
         'in place of', CREATE),
        ('flush and prefix', 'route-del', {**PREFIX, 'flush': True}, errno.EINVAL,
         '.prefix', 'take no prefix'),
        ('flush and sweep', 'route-del',
         {'flush': True, 'sweep': True, 'generation': 1}, errno.EINVAL, '.sweep',
         'exclude'),
        ('flush of a generation', 'route-del', {'flush': True, 'generation': 1},
         errno.EINVAL, '.generation', 'sweep does'),
        ('sweep without generation', 'route-del', {'sweep': True}, errno.EINVAL,
         'missing generation', ''),
        ('flush and entries', 'route-del', {'flush': True, 'entry': [PREFIX]},
         errno.EINVAL, '.entry', 'no entries'),
        ('deletion with a target', 'route-del', {'entry': [{**PREFIX, 'group': 7}]},
         errno.EINVAL, '.entry.group', 'prefix alone'),
        ('deletion with a generation', 'route-del', {**PREFIX, 'generation': 1},
         errno.EINVAL, '.generation', 'sweep only'),
        ('contradicting flags', 'route-new', {**PREFIX, 'group': 7},
         errno.EOPNOTSUPP, None, '', CREATE, EXCL, REPLACE),
        ('prefix and flow', 'route-get', {**PREFIX, 'flow': {'dst': ip('10.1.0.1')}},
         errno.EINVAL, '.prefix', 'exclude'),
        ('flow to nowhere', 'route-get', {'flow': {'sport': 1}}, errno.EINVAL, None,
         ''),
        ('flow of two families', 'route-get',
         {'flow': {'dst': ip('10.1.0.1'), 'src': ip('2001:db8::1')}}, errno.EINVAL,
         '.flow.src', 'two families'),
        ('ports of no protocol', 'route-get',
         {'flow': {'dst': ip('10.1.0.1'), 'dport': 80}}, errno.EINVAL,
         '.flow.dport', 'ip-proto'),
        ('label of IPv4', 'route-get',
         {'flow': {'dst': ip('10.1.0.1'), 'flowlabel': 1}}, errno.EINVAL,
         '.flow.flowlabel', 'IPv6'),
        ('label of 21 bits', 'route-get',
         {'flow': {'dst': ip('2001:db8::1'), 'flowlabel': 1 << 20}}, errno.ERANGE,
         '.flow.flowlabel', '20 bits'),
        ('inside of a tunnel to nowhere', 'route-get',
         {'flow': {'dst': ip('10.1.0.1'), 'inner-ip-proto': 17}}, errno.EINVAL,
         None, ''),
        ('ports of no protocol inside', 'route-get',
         {'flow': {'dst': ip('10.1.0.1'), 'inner-dst': ip('10.2.0.1'),
                   'inner-sport': 80}}, errno.EINVAL, '.flow.inner-sport',
         'ip-proto'),
    ])


def entries(n):
    return [{'prefix': ip(f'172.16.{i >> 8}.{i & 255}'), 'prefix-len': 32,
             'peer': ip('10.0.0.2')} for i in range(n)]


@claim('a batch with one wrong entry applies nothing and names that entry')
def batches():
    wrong_peer = entries(1000)
    wrong_peer[899]['peer'] = ip('10.0.0.99')
    host_bits = entries(1000)
    host_bits[899]['prefix-len'] = 8
    deletion = [prefix('10.7.0.0/16'), prefix('10.8.0.0/16')]
    # Older kernels have no room for a text that is not a constant.
    release = tuple(int(n) for n in platform.release().split('.')[:2])
    at = '(entry 899)' if release >= (6, 3) else ''
    table([
        ('no such peer', 'route-new', {'entry': wrong_peer}, errno.ENOENT,
         '.entry.peer', at, CREATE),
        ('host bits', 'route-new', {'entry': host_bits}, errno.EINVAL,
         '.entry.prefix', 'host bits', CREATE),
        ('deletion of one that is not there', 'route-del', {'entry': deletion},
         errno.ENOENT, '.entry.prefix', 'no such route'),
    ])


@claim('next-hop servers and shortcuts: too little, doubtful, not there')
def servers():
    do('nhs-new', {'nbma': ip('192.0.2.9')})
    table([
        ('no address', 'nhs-new', {}, errno.EINVAL, 'missing nbma', ''),
        ('multicast', 'nhs-new', {'nbma': ip('224.0.0.1')}, errno.EINVAL, '.nbma',
         'multicast'),
        ('IPv6 multicast', 'nhs-new', {'nbma': ip('ff02::1')}, errno.EINVAL, '.nbma',
         'multicast'),
        ('zero protocol address', 'nhs-new',
         {'nbma': ip('192.0.2.8'), 'protocol': ip('0.0.0.0')}, errno.EINVAL,
         '.protocol', 'zero'),
        ('owner 0', 'nhs-new', {'nbma': ip('192.0.2.8'), 'owner': 0}, errno.ERANGE,
         '.owner', ''),
        ('deletion with a priority', 'nhs-del',
         {'nbma': ip('192.0.2.9'), 'priority': 1}, errno.EINVAL, None, ''),
        ('there already', 'nhs-new', {'nbma': ip('192.0.2.9')}, errno.EEXIST,
         '.nbma', 'there already'),
        ('replaced', 'nhs-new', {'nbma': ip('192.0.2.9')}, errno.EOPNOTSUPP, None,
         'not replaced', REPLACE),
        ('not there', 'nhs-del', {'nbma': ip('192.0.2.8')}, errno.ENOENT, '.nbma',
         'no such'),
        ('no such shortcut', 'shortcut-del', PREFIX, errno.ENOENT, '.prefix',
         'no such shortcut'),
        ('flush and prefix', 'shortcut-del', {**PREFIX, 'flush': True},
         errno.EINVAL, '.prefix', 'no prefix'),
        ('by nothing', 'shortcut-del', {}, errno.EINVAL, 'missing prefix', ''),
    ])
    do('nhs-del', {'nbma': ip('192.0.2.9')})


def raw(op, attrs):
    """The errno of a request made of octets."""
    message = ynl._encode_message(ynl.ops[op], dict(DEV), [], 1)[4:] + attrs
    message = struct.pack('I', len(message) + 4) + message
    with socket.socket(socket.AF_NETLINK, socket.SOCK_RAW, 16) as sock:
        sock.send(message)
        return -struct.unpack_from('i', sock.recv(65536), 16)[0]


@claim('unknown attributes and truncated ones are refused')
def malformed():
    before = state()
    equal('unknown', errno.EINVAL, raw('peer-get', struct.pack('HHI', 8, 99, 1)))
    equal('no length', errno.EINVAL, raw('peer-get', struct.pack('HH', 0, 3)))
    equal('too long', errno.EINVAL, raw('peer-get', struct.pack('HHI', 200, 3, 1)))
    equal('short number', errno.EINVAL, raw('group-get', struct.pack('HHHH', 6, 3, 1, 0)))
    server = struct.pack('HH4s', 8, ynl.attr_sets['nhs']['nbma'].value,
                         ip('192.0.2.8'))
    for op, words, name, others in (('dev-set', 'dev', 'register-rate', b''),
                                    ('nhs-new', 'nhs', 'priority', server),
                                    ('nhs-new', 'nhs', 'owner', server)):
        number = ynl.attr_sets[words][name].value
        equal(f'{name} of no octet', errno.EINVAL,
              raw(op, others + struct.pack('HH', 4, number)))
    nest = struct.pack('HH', 4, 4)
    equal('nest without its flag', errno.EINVAL,
          raw('peer-new', struct.pack('HHI', 8, 3, 1) + nest))
    equal('nothing changed', before, state())


CHILD = '''
import errno, os, sys
sys.path.insert(0, sys.argv[1])
from netlink_lib import family, NlError, open_socket
y = family()
if sys.argv[2] == "nobody":
    os.setgid(65534)
    os.setuid(65534)
    open_socket(y)
try:
    y.do("dev-set", {"ifname": "mesh0", "ttl": 9})
    print("done")
except NlError as e:
    print(errno.errorcode[-e.nl_msg.error])
print(len(y.dump("dev-get", {})))
'''


def child(*command, role='root'):
    run = subprocess.run([*command, sys.executable, '-c', CHILD,
                          os.path.dirname(__file__), role],
                         capture_output=True, text=True, check=False)
    if run.returncode:
        raise Wrong(f'{command}: {run.stderr}')
    return run.stdout.split()


@claim('only an administrator of the device\'s user namespace may change it')
def capabilities():
    before = state()
    equal('unprivileged user: refused, but sees', ['EPERM', '2'],
          child(role='nobody'))
    equal('administrator of another user namespace', ['EPERM', '2'],
          child('unshare', '--user', '--map-root-user'))
    equal('nothing changed', before, state())
    equal('administrator of his own', ['done', '1'],
          child('unshare', '--user', '--map-root-user', '--net', 'sh', '-c',
                'ip link add mesh0 type mesh && exec "$@"', 'sh'))


main()
