# SPDX-License-Identifier: GPL-2.0
"""What the mesh family does; run on a host with the devices mesh0 and mesh1."""

import contextlib
import io
import json
import os
import signal
import socket
import struct
import subprocess
import sys

from netlink_lib import (CREATE, DUMP_INTR, EXCL, REPLACE, SPEC, YNL, Wrong,
                         claim, equal, family, ip, main, prefix, refused)
import errno

ynl = family()
DEV = {'ifname': 'mesh0'}
INDEX = socket.if_nametoindex('mesh0')
OTHER = socket.if_nametoindex('mesh1')


def do(op, flags=(), **attrs):
    attrs = {name.replace('_', '-'): value for name, value in attrs.items()}
    return ynl.do(op, {**DEV, **attrs}, list(flags))


def dump(op, **attrs):
    return ynl.dump(op, {**DEV, **attrs})


def add_peer(protocol, *nbma):
    do('peer-new', protocol=ip(protocol),
       endpoint=[{'nbma': ip(a)} for a in nbma])


def prefixes(routes):
    return [f"{r['prefix']}/{r['prefix-len']}" for r in routes]


@claim('dev-set changes what it names and nothing else')
def dev_set():
    before = do('dev-get')
    equal('ifindex', INDEX, before['ifindex'])
    equal('flags', {'shortcut'}, before['nhrp-flags'])
    equal('key', None, before.get('key'))
    do('dev-set', local=ip('192.0.2.1'), key=42, ttl=33)
    after = do('dev-get')
    equal('what differs', {'local', 'key', 'ttl'},
          {name for name in after if after[name] != before.get(name)})
    equal('local', '192.0.2.1', after['local'])
    equal('key', 42, after['key'])
    do('dev-set', no_key=True, nhrp_flags=['server', 'redirect'])
    after = do('dev-get')
    equal('key', None, after.get('key'))
    equal('flags', {'server', 'redirect'}, after['nhrp-flags'])
    do('dev-set', nhrp_flags=['shortcut'])


@claim('dumps show all devices of the namespace, or the one that is named')
def devices():
    equal('all', ['mesh0', 'mesh1'],
          [d['ifname'] for d in ynl.dump('dev-get', {})])
    equal('by name', ['mesh1'],
          [d['ifname'] for d in ynl.dump('dev-get', {'ifname': 'mesh1'})])
    equal('by index', ['mesh1'],
          [d['ifname'] for d in ynl.dump('stats-get', {'ifindex': OTHER})])


@claim('an authentication string is never shown')
def secret():
    do('dev-set', auth='sesame')
    for reply in (do('dev-get'), *ynl.dump('dev-get', {})):
        if 'auth' in reply or 'sesame' in str(reply):
            raise Wrong(f'the secret is in {reply}')
    equal('auth-set', 1, do('dev-get')['auth-set'])
    do('dev-set', auth='')
    equal('auth-set', 0, do('dev-get')['auth-set'])


@claim('keys: two at most, counted, and their secrets never shown')
def keys():
    octets = b'a secret of nobody'
    do('key-new', id=1, secret=octets)
    do('key-new', id=65535, secret=octets * 3, accept_only=1)
    refused('a third', lambda: do('key-new', id=3, secret=octets),
            errno.ENOSPC, '.id', 'at most 2 keys')
    shown = dump('key-get')
    equal('ids', [1, 65535], [k['id'] for k in shown])
    equal('the one that signs', [1], [k['id'] for k in shown if 'signs' in k])
    if any('secret' in k for k in shown) or 'nobody' in str(shown):
        raise Wrong(f'the secret is in {shown}')
    do('key-set', id=65535, accept_only=0)
    if 'signs' not in do('key-get', id=65535):
        raise Wrong('the newer key does not sign')
    do('key-del', id=65535)
    if 'signs' not in do('key-get', id=1):
        raise Wrong('the only key does not sign')
    do('key-del', id=1)
    equal('keys', [], dump('key-get'))


@claim('a flush of peers is one request; what is in use stays and is counted')
def peer_flush():
    other = {'ifname': 'mesh1'}
    ynl.do('peer-new', {**other, 'protocol': ip('10.0.0.2'),
                        'endpoint': [{'nbma': ip('192.0.2.2')}]})
    for n in range(10):
        add_peer(f'10.3.0.{n + 1}', '192.0.2.4')
    add_peer('2001:db8::9', '192.0.2.9')
    do('group-new', id=9, member=[{'protocol': ip('10.3.0.4')}])
    do('route-new', [CREATE], **prefix('10.4.0.0/16'), peer=ip('10.3.0.6'))
    equal('of no origin that is there', {'deleted': 0, 'kept': 0},
          counts(do('peer-del', flush=True, origin=['registered', 'resolved'])))
    listener = family()
    listener.ntf_subscribe('events')
    with contextlib.redirect_stdout(io.StringIO()) as said:
        equal('flushed', {'deleted': 9, 'kept': 2},
              counts(do('peer-del', flush=True, origin=['static'])))
    if 'stays' not in said.getvalue():
        raise Wrong(f'expected a warning that some stay, saw {said.getvalue()!r}')
    listener.check_ntf()
    equal('events', ['peer-del-ntf'] * 9,
          [n['name'] for n in listener.async_msg_queue])
    equal('left', ['10.3.0.4', '10.3.0.6'],
          [p['protocol'] for p in dump('peer-get')])
    equal('of the other device', 1, len(ynl.dump('peer-get', other)))
    do('group-del', id=9)
    do('route-del', flush=True)
    equal('the rest', {'deleted': 2, 'kept': 0}, counts(do('peer-del', flush=True)))
    ynl.do('peer-del', {**other, 'protocol': ip('10.0.0.2')})


def counts(reply):
    return {name: reply[name] for name in ('deleted', 'kept')}


def killed_in_flush():
    """A process that asks for it and dies a moment later."""
    request = ynl._encode_message(ynl.ops['peer-del'], {**DEV, 'flush': True}, [], 1)
    child = os.fork()
    if not child:
        with socket.socket(socket.AF_NETLINK, socket.SOCK_RAW, 16) as sock:
            signal.setitimer(signal.ITIMER_REAL, 0.001)
            sock.send(request)
            os._exit(0)
    equal('how it ends', -signal.SIGALRM,
          os.waitstatus_to_exitcode(os.waitpid(child, 0)[1]))


@claim('a flush ends with who asks for it; the next one does the rest')
def flush_interrupted():
    n = left = 4096
    lines = ''.join(f'peer add 10.3.{i >> 8}.{i & 255} dev mesh0 nbma 192.0.2.4\n'
                    for i in range(1, n + 1))
    subprocess.run(['meshctl', '-batch', '-'], input=lines, text=True, check=True)
    # It may die before it could ask.
    while left == n:
        killed_in_flush()
        left = do('dev-get')['peers']
    if not left:
        raise Wrong('nobody is left, though it was killed')
    equal('the rest', left, do('peer-del', flush=True)['deleted'])


@claim('static peers: made, replaced, shown, deleted')
def peers():
    add_peer('10.0.0.2', '192.0.2.2')
    do('peer-new', protocol=ip('10.0.0.3'),
       endpoint=[{'nbma': ip('192.0.2.3'), 'weight': 3},
                 {'nbma': ip('192.0.2.4'), 'tier': 1}])
    add_peer('2001:db8::3', '192.0.2.3')
    saw = do('peer-get', protocol=ip('10.0.0.3'))
    equal('endpoints', [{'nbma': '192.0.2.3', 'weight': 3, 'tier': 0, 'state': 'up',
                         'encap': 'gre'},
                        {'nbma': '192.0.2.4', 'weight': 1, 'tier': 1, 'state': 'up',
                         'encap': 'gre'}],
          saw['endpoint'])
    equal('origin', {'static'}, saw['origin'])
    equal('expires', None, saw.get('expires'))
    equal('counters', {'rx-packets', 'rx-bytes', 'tx-packets', 'tx-bytes'},
          set(saw['counters']))
    equal('dump', ['10.0.0.2', '10.0.0.3', '2001:db8::3'],
          [p['protocol'] for p in dump('peer-get')])
    equal('other device', [], ynl.dump('peer-get', {'ifname': 'mesh1'}))
    do('peer-set', protocol=ip('10.0.0.3'), endpoint=[{'nbma': ip('192.0.2.5')}])
    equal('replaced', ['192.0.2.5'],
          [e['nbma'] for e in do('peer-get', protocol=ip('10.0.0.3'))['endpoint']])
    do('peer-new', [REPLACE], protocol=ip('10.0.0.3'),
       endpoint=[{'nbma': ip('192.0.2.3')}])
    do('peer-del', protocol=ip('2001:db8::3'))
    equal('left', 2, do('dev-get')['peers'])


@claim('a dump of peers is narrowed by origin')
def peer_filter():
    equal('static', 2, len(dump('peer-get', origin=['static'])))
    equal('registered', 0, len(dump('peer-get', origin=['registered'])))
    equal('either', 2, len(dump('peer-get', origin=['nhs', 'static'])))


@claim('groups: buckets by weight, members replaced in one step')
def groups():
    members = [{'protocol': ip('10.0.0.2'), 'weight': 3},
               {'protocol': ip('10.0.0.3'), 'weight': 1}]
    do('group-new', id=7, member=members)
    saw = do('group-get', id=7)
    share = {m['protocol']: m['buckets'] / saw['buckets'] for m in saw['member']}
    if abs(share['10.0.0.2'] - 0.75) > 0.02:
        raise Wrong(f'expected three quarters of the buckets, saw {saw}')
    do('group-set', id=7, member=members[:1])
    saw = do('group-get', id=7)
    equal('members', ['10.0.0.2'], [m['protocol'] for m in saw['member']])
    equal('buckets', saw['buckets'], saw['member'][0]['buckets'])
    equal('dump', [7], [g['id'] for g in dump('group-get')])


@claim('routes: created, replaced, refused as the flags say')
def routes():
    way = {**prefix('10.1.0.0/16'), 'peer': ip('10.0.0.2')}
    name = {k.replace('-', '_'): v for k, v in way.items()}
    refused('without create', lambda: do('route-new', **name), errno.ENOENT, '.prefix')
    do('route-new', [CREATE, EXCL], **name)
    refused('exclusively', lambda: do('route-new', [CREATE, EXCL], **name),
            errno.EEXIST, '.prefix')
    name.pop('peer')
    do('route-new', [CREATE, REPLACE], **name, group=7, generation=5)
    saw = do('route-get', **name)
    equal('group', 7, saw.get('group'))
    equal('peer', None, saw.get('peer'))
    equal('owner', 4, saw['owner'])
    equal('generation', 5, saw['generation'])
    equal('references', 1, do('group-get', id=7)['refs'])
    do('route-del', **name)
    equal('left', [], dump('route-get'))


def batch(n, first=0):
    return [{'prefix': ip(f'172.16.{i >> 8}.{i & 255}'), 'prefix-len': 32,
             'peer': ip('10.0.0.2')} for i in range(first, first + n)]


@claim('a batch is applied whole; sweep and flush keep to their owner')
def batches():
    do('route-new', [CREATE], owner=186, generation=1, entry=batch(1000))
    do('route-new', [CREATE], owner=11, entry=batch(10, 1000))
    equal('routes', 1010, do('dev-get')['routes'])
    equal('of one owner', 10, len(dump('route-get', owner=11)))
    do('route-new', [CREATE], owner=186, generation=2, entry=batch(600))
    equal('swept', 400, do('route-del', owner=186, generation=2, sweep=True)['deleted'])
    do('route-del', owner=186, entry=[{k: e[k] for k in ('prefix', 'prefix-len')}
                                      for e in batch(100)])
    equal('routes', 510, do('dev-get')['routes'])
    equal('flushed', 500, do('route-del', owner=186, flush=True)['deleted'])
    equal('left', 10, len(dump('route-get')))
    do('route-del', owner=11, flush=True)


@claim('a large dump comes in order and complete through a small buffer')
def large_dump():
    n = 3000
    do('route-new', [CREATE], entry=batch(n))
    saw = family(recv_size=8192).dump('route-get', dict(DEV))
    equal('routes', [f'172.16.{i >> 8}.{i & 255}/32' for i in range(n)], prefixes(saw))


def raw_dump(op, between):
    """Flags of all messages of a dump; between() runs after the first read."""
    spec = ynl.ops[op]
    request = ynl._encode_message(spec, dict(DEV), [0x300], 1)
    flags, done, first = 0, False, True
    with socket.socket(socket.AF_NETLINK, socket.SOCK_RAW, 16) as sock:
        sock.send(request)
        while not done:
            data = sock.recv(65536)
            if first:
                between()
            first = False
            while data:
                length, kind, bits = struct.unpack('IHH', data[:8])
                flags |= bits
                done |= kind in (2, 3)
                data = data[length:]
    return flags


@claim('a dump that a change interrupts says so')
def interrupted():
    equal('quiet dump', 0, raw_dump('route-get', lambda: None) & DUMP_INTR)
    flags = raw_dump('route-get', lambda: do('route-del', **{
        'prefix': ip('172.16.0.1'), 'prefix-len': 32}))
    equal('interrupted dump', DUMP_INTR, flags & DUMP_INTR)
    do('route-del', flush=True)


@claim('a group of 256 members is shown, alone and in a dump')
def large_group():
    protocols = [f'10.9.{i >> 7}.{1 + (i & 127)}' for i in range(256)]
    for protocol in protocols:
        add_peer(protocol, '192.0.2.9')
    do('group-new', id=1, member=[{'protocol': ip(p)} for p in protocols])
    equal('alone', 256, len(do('group-get', id=1)['member']))
    equal('dump', [256, 1], [len(g['member']) for g in dump('group-get')])
    do('group-del', id=1)
    for protocol in protocols:
        do('peer-del', protocol=ip(protocol))


@claim('route-get tells where a flow goes, and by which member')
def flow():
    do('route-new', [CREATE], **prefix('10.1.0.0/16'), group=7)
    key = {'src': ip('10.5.0.1'), 'ip-proto': 17, 'sport': 1000, 'dport': 2000}
    saw = do('route-get', flow={**key, 'dst': ip('10.1.2.3')})
    equal('entry', ('10.1.0.0', 16, 7),
          (saw['prefix'], saw['prefix-len'], saw['group']))
    path = saw['path']
    equal('kind', 'route', path['kind'])
    equal('path', ('10.0.0.2', '192.0.2.2', '192.0.2.1'),
          (path['peer'], path['nbma'], path['source']))
    equal('oif', socket.if_nametoindex('eth0'), path['oif'])
    equal('same flow again', path,
          do('route-get', flow={**key, 'dst': ip('10.1.2.3')})['path'])
    host = do('route-get', flow={'dst': ip('10.0.0.3')})['path']
    equal('host', ('host', '192.0.2.3'), (host['kind'], host['nbma']))
    nowhere = do('route-get', flow={'dst': ip('203.0.113.1')})['path']
    equal('nowhere', 'none', nowhere['kind'])
    do('route-del', flush=True)


@claim('next-hop servers: made, shown, deleted')
def servers():
    do('nhs-new', nbma=ip('192.0.2.2'))
    do('nhs-new', nbma=ip('192.0.2.3'), protocol=ip('10.0.0.9'))
    saw = do('nhs-get', nbma=ip('192.0.2.3'))
    equal('protocol', '10.0.0.9', saw['protocol'])
    if saw['registration'][0]['state'] not in ('probing', 'idle'):
        raise Wrong(f'nobody answers, but saw {saw}')
    equal('dump', ['192.0.2.2', '192.0.2.3'], [n['nbma'] for n in dump('nhs-get')])
    do('nhs-del', nbma=ip('192.0.2.2'))
    do('nhs-del', nbma=ip('192.0.2.3'))
    equal('left', [], dump('nhs-get'))


@claim('stats-get shows every counter of the schema')
def stats():
    saw = do('stats-get')
    equal('counters', set(ynl.attr_sets['stats']), set(saw))


@claim('shortcuts can be flushed where there are none')
def shortcuts():
    equal('dump', [], dump('shortcut-get'))
    equal('flushed', 0, do('shortcut-del', flush=True)['deleted'])


@claim('changes are told to who listens')
def events():
    listener = family()
    listener.ntf_subscribe('events')
    add_peer('10.0.0.8', '192.0.2.8')
    do('peer-set', protocol=ip('10.0.0.8'), endpoint=[{'nbma': ip('192.0.2.7')}])
    do('route-new', [CREATE], **prefix('10.8.0.0/16'), peer=ip('10.0.0.8'))
    do('route-new', [CREATE], **prefix('10.8.0.0/16'), peer=ip('10.0.0.2'))
    do('route-del', **prefix('10.8.0.0/16'))
    do('peer-del', protocol=ip('10.0.0.8'))
    do('nhs-new', nbma=ip('192.0.2.6'))
    do('nhs-del', nbma=ip('192.0.2.6'))
    listener.check_ntf()
    # How far a registration comes in this time is not for this test to say.
    saw = [(n['name'], n['msg']) for n in listener.async_msg_queue
           if n['name'] != 'nhs-change-ntf']
    equal('events', ['peer-add-ntf', 'peer-change-ntf', 'route-add-ntf',
                     'route-change-ntf', 'route-del-ntf', 'peer-del-ntf',
                     'nhs-add-ntf', 'nhs-del-ntf'], [name for name, _ in saw])
    equal('device', {INDEX}, {msg['ifindex'] for _, msg in saw})
    equal('endpoint', '192.0.2.7', saw[1][1]['endpoint'][0]['nbma'])
    equal('target', '10.0.0.2', saw[3][1]['peer'])


@claim("the kernel's cli.py drives the family with the schema")
def cli():
    schema = YNL.parents[2] / 'Documentation/netlink/genetlink-legacy.yaml'
    run = subprocess.run([sys.executable, YNL / 'cli.py', '--spec', SPEC,
                          '--schema', schema, '--output-json', '--do', 'peer-get', '--json',
                          json.dumps({**DEV, 'protocol': '0a000002'})],
                         capture_output=True, text=True, check=False)
    if run.returncode:
        raise Wrong(f'cli.py: {run.stdout} {run.stderr}')
    equal('peer', '10.0.0.2', json.loads(run.stdout)['protocol'])


main()
