# SPDX-License-Identifier: GPL-2.0
"""Sends what no well-behaved program would, and files over TCP.

  raw.py gre SOURCE DESTINATION HEX...
      GRE packets with this content (from the GRE header on)
  raw.py gre6 SOURCE DESTINATION OPTIONS HEX
      a GRE packet in IPv6 behind these six octets of destination options
  raw.py cut SOURCE DESTINATION HEX FROM
      GRE packets with this content, from its first FROM octets to all but one
  raw.py marks SOURCE DESTINATION KEY
      for every congestion mark of the outer header (times 4) and of an inner one
      (plus that) a packet of each family to 10.0.0.2 and fd00::2, with their number
      as identification and flow label
  raw.py redirect DEVICE ROUTER SOURCE DESTINATION BETTER KEY
      tells the owner of SOURCE's GRE packet to DESTINATION of a better router
  raw.py udp SOURCE DESTINATION PORT SIZE SPORT COUNT
      datagrams of SIZE octets, one from each of COUNT source ports of each SOURCE
      (with commas between them)
  raw.py label SOURCE DESTINATION PORT LABEL...
      a datagram with each of these IPv6 flow labels
  raw.py register DESTINATION KEY RATE SECONDS
      so many NHRP registrations a second, each from a made-up source
  raw.py frame DEVICE ETHERTYPE HEX
      a packet straight to a device
  raw.py hold DEVICE
      keeps a copy of each packet there, and reads none
  raw.py again CAPTURE DEVICE
      the IPv4 packets of a capture once more, out of a device of Ethernet
  raw.py take PORT FILE
      what one TCP connection brings
  raw.py serve PORT NAME
      answers each TCP connection with NAME and 100,000 octets
  raw.py fetch ADDRESS PORT SOURCE,SPORT...
      from each of these sources who answers, and with how many octets
  raw.py give ADDRESS PORT FILE
      a file over TCP; done when the other side has all of it
"""
import random
import socket
import struct
import sys
import threading
import time

IPPROTO_GRE = 47
IPV6_FLOWINFO_SEND = 33


def gre(source, destination, *packets):
    with socket.socket(socket.AF_INET, socket.SOCK_RAW, IPPROTO_GRE) as s:
        s.bind((source, 0))
        for packet in packets:
            s.sendto(bytes.fromhex(packet), (destination, 0))


def gre6(source, destination, options, content):
    header = bytes([IPPROTO_GRE, 0]) + bytes.fromhex(options)
    with socket.socket(socket.AF_INET6, socket.SOCK_RAW, socket.IPPROTO_DSTOPTS) as s:
        s.bind((source, 0))
        s.sendto(header + bytes.fromhex(content), (destination, 0))


def cut(source, destination, packet, first):
    gre(source, destination, *(packet[:2 * n] for n in range(int(first), len(packet) // 2)))


def marks(source, destination, key):
    def checksum(data):
        total = sum(struct.unpack(f'>{len(data) // 2}H', data))
        return ~((total & 0xffff) + (total >> 16)) & 0xffff

    def ip4(mark, number):
        head = struct.pack('>BBHHHBBH4s4s', 0x45, mark, 20, number, 0, 64, 253, 0,
                           socket.inet_aton('10.0.0.1'), socket.inet_aton('10.0.0.2'))
        return head[:10] + struct.pack('>H', checksum(head)) + head[12:]

    def ip6(mark, number):
        return struct.pack('>IHBB', 6 << 28 | mark << 20 | number, 0, 59, 64) + \
            socket.inet_pton(socket.AF_INET6, 'fd00::1') + \
            socket.inet_pton(socket.AF_INET6, 'fd00::2')

    v6 = ':' in destination
    with socket.socket(socket.AF_INET6 if v6 else socket.AF_INET, socket.SOCK_RAW,
                       IPPROTO_GRE) as s:
        s.bind((source, 0))
        for number in range(16):
            if v6:
                s.setsockopt(socket.IPPROTO_IPV6, socket.IPV6_TCLASS, number >> 2)
            else:
                s.setsockopt(socket.IPPROTO_IP, socket.IP_TOS, number >> 2)
            for proto, inner in ((0x0800, ip4), (0x86dd, ip6)):
                s.sendto(struct.pack('>HHI', 0x2000, proto, int(key)) +
                         inner(number & 3, number), (destination, 0))


def redirect(device, router, source, destination, better, key):
    def ip(address):
        return socket.inet_pton(socket.AF_INET6, address)

    payload = struct.pack('!HHI', 0x2000, 0x0800, int(key)) + bytes(16)
    quoted = struct.pack('!IHBB', 6 << 28, len(payload), IPPROTO_GRE, 64)
    quoted += ip(source) + ip(destination) + payload
    option = struct.pack('!BBHI', 4, 1 + len(quoted) // 8, 0, 0) + quoted
    message = struct.pack('!BBHI', 137, 0, 0, 0) + ip(better) + ip(destination) + option
    scope = socket.if_nametoindex(device)
    with socket.socket(socket.AF_INET6, socket.SOCK_RAW, socket.IPPROTO_ICMPV6) as s:
        s.setsockopt(socket.IPPROTO_IPV6, socket.IPV6_UNICAST_HOPS, 255)
        s.bind((router, 0, 0, scope))
        s.sendto(message, (source, 0, 0, scope))


def udp(source, destination, port, size, sport, count):
    family = socket.AF_INET6 if ':' in destination else socket.AF_INET
    for one in source.split(','):
        for own in range(int(sport), int(sport) + int(count)):
            with socket.socket(family, socket.SOCK_DGRAM) as s:
                s.bind((one, own))
                s.sendto(bytes(int(size)), (destination, int(port)))


def label(source, destination, port, *labels):
    with socket.socket(socket.AF_INET6, socket.SOCK_DGRAM) as s:
        s.setsockopt(socket.IPPROTO_IPV6, IPV6_FLOWINFO_SEND, 1)
        s.bind((source, 0))
        for one in labels:
            s.sendto(b'', (destination, int(port), int(one), 0))


def register(destination, key, rate, seconds):
    def checksum(data):
        total = sum(struct.unpack(f'>{len(data) // 2}H', data))
        total = (total & 0xffff) + (total >> 16)
        return ~((total & 0xffff) + (total >> 16)) & 0xffff

    def packet():
        nbma = bytes([198, 18 | random.getrandbits(1)]) + random.randbytes(2)
        own = bytes([10, 128 | random.getrandbits(6)]) + random.randbytes(2)
        body = (struct.pack('>BBHI', 4, 4, 0, random.getrandbits(32)) + nbma + own + own +
                struct.pack('>BBHHHBBBB', 0, 32, 0, 0, 7200, 0, 0, 0, 0))
        head = struct.pack('>HHIBBHHHBBBB', 1, 0x0800, 0, 0, 255, 20 + len(body), 0, 0,
                           1, 3, 4, 0)
        nhrp = head[:12] + struct.pack('>H', checksum(head + body)) + head[14:] + body
        gre = struct.pack('>HHI', 0x2000, 0x2001, int(key)) + nhrp
        ip = struct.pack('>BBHHHBBH', 0x45, 0, 20 + len(gre), 0, 0, 64, IPPROTO_GRE, 0)
        return ip + nbma + socket.inet_aton(destination) + gre

    start = time.monotonic()
    sent = 0
    with socket.socket(socket.AF_INET, socket.SOCK_RAW, socket.IPPROTO_RAW) as s:
        while (now := time.monotonic() - start) < float(seconds):
            while sent < now * int(rate):
                s.sendto(packet(), (destination, 0))
                sent += 1
            time.sleep(0.002)
    print(sent)


def frame(device, ethertype, content):
    with socket.socket(socket.AF_PACKET, socket.SOCK_DGRAM) as s:
        s.sendto(bytes.fromhex(content), (device, int(ethertype, 0)))


def hold(device):
    with socket.socket(socket.AF_PACKET, socket.SOCK_RAW, socket.htons(3)) as s:
        s.bind((device, 3))
        print('holds', flush=True)
        threading.Event().wait()


def again(capture, device):
    with open(capture, 'rb') as f, \
            socket.socket(socket.AF_INET, socket.SOCK_RAW, socket.IPPROTO_RAW) as s:
        s.setsockopt(socket.SOL_SOCKET, socket.SO_BINDTODEVICE, device.encode())
        f.read(24)
        while header := f.read(16):
            frame = f.read(struct.unpack('=8xI4x', header)[0])
            packet = frame[14:]
            if frame[12:14] == b'\x08\x00':
                s.sendto(packet, (socket.inet_ntoa(packet[16:20]), 0))


def take(port, path):
    with socket.create_server(('', int(port))) as listener, open(path, 'wb') as out:
        connection, _ = listener.accept()
        with connection:
            while data := connection.recv(1 << 16):
                out.write(data)


def serve(port, name):
    answer = name.encode() + b'\n' + bytes(100000)
    with socket.create_server(('', int(port)), family=socket.AF_INET6,
                              dualstack_ipv6=True) as listener:
        print('ready', flush=True)
        while True:
            connection, _ = listener.accept()
            # Not waited for: one whose path is too narrow would hold up the others.
            threading.Thread(target=send_and_close, args=(connection, answer)).start()


def send_and_close(connection, answer):
    with connection:
        connection.sendall(answer)


def fetch(address, port, *sources):
    for text in sources:
        source, own = text.split(',')
        with socket.create_connection((address, int(port)), timeout=30,
                                      source_address=(source, int(own))) as s:
            data = bytearray()
            while more := s.recv(1 << 16):
                data += more
        print(text, data.split(b'\n')[0].decode(), len(data), flush=True)


def give(address, port, path):
    with socket.create_connection((address, int(port)), timeout=60) as s:
        with open(path, 'rb') as source:
            s.sendfile(source)
        s.shutdown(socket.SHUT_WR)
        s.recv(1)


{'gre': gre, 'gre6': gre6, 'cut': cut, 'marks': marks, 'redirect': redirect, 'udp': udp, 'label': label,
 'register': register, 'frame': frame, 'hold': hold, 'again': again, 'take': take, 'give': give,
 'serve': serve, 'fetch': fetch}[sys.argv[1]](*sys.argv[2:])
