import socket
import subprocess as sp
from collections import namedtuple

import dpkt
from scapy.all import IP, TCP, UDP, rdpcap, sniff

__all__ = ["Packet", "packets", "live", "tshark", "hosts"]

Packet = namedtuple("Packet", "time src dst sport dport size proto")


def packets(path):
    with open(path, "rb") as file:
        for time, raw in dpkt.pcap.Reader(file):
            frame = dpkt.ethernet.Ethernet(raw)
            if not isinstance(frame.data, dpkt.ip.IP):
                continue
            ip = frame.data
            ports = getattr(ip.data, "sport", 0), getattr(ip.data, "dport", 0)
            yield Packet(time, socket.inet_ntoa(ip.src), socket.inet_ntoa(ip.dst), *ports, ip.len, ip.p)


def _packet(one):
    layer = TCP if TCP in one else UDP
    return Packet(float(one.time), one[IP].src, one[IP].dst, one[layer].sport, one[layer].dport, len(one), one[IP].proto)


def live(interface="eth0", count=1000):
    return [_packet(one) for one in sniff(iface=interface, count=count, filter="tcp or udp")]


def small(path):
    return [_packet(one) for one in rdpcap(path) if IP in one]


def tshark(path, display="tls.handshake"):
    done = sp.run(["tshark", "-r", path, "-Y", display, "-T", "json"], stdout=sp.PIPE, check=True)
    return done.stdout


def hosts(rows):
    return {row.src for row in rows} | {row.dst for row in rows}
