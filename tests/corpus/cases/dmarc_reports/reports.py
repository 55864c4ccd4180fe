"""Reports on forged mail: fetched from a mailbox, unpacked, placed on the map, and kept for searching."""
import gzip
import io
import os
import zipfile

import dateparser
import dns.resolver
import geoip2.database
import mailparser
import tldextract
import xmltodict
from elasticsearch_dsl import Date, Document, Integer, Keyword, connections
from icalendar import Calendar
from imap_tools import AND, MailBox
from kafka import KafkaProducer
from msgspec import json as fast

PLACES = "GeoLite2-Country.mmdb"


class Row(Document):
    source = Keyword()
    country = Keyword()
    count = Integer()
    begin = Date()

    class Index:
        name = "dmarc"


def unread(folder="INBOX"):
    with MailBox(os.environ["IMAP"]).login(os.environ["USER"], os.environ["PASSWORD"], folder) as box:
        return [one.obj.as_bytes() for one in box.fetch(AND(seen=False))]


def parsed(content):
    return mailparser.parse_from_bytes(content)


def attachments(mail):
    return [(one["filename"], one["payload"]) for one in mail.attachments]


def sender(mail):
    return mail.from_[0][1]


def domain(address):
    return tldextract.extract(address.partition("@")[2])


def registered(found):
    return found.registered_domain


def unpacked(name, content):
    if name.endswith(".zip"):
        with zipfile.ZipFile(io.BytesIO(content)) as box:
            return box.read(box.namelist()[0])
    return gzip.decompress(content)


def report(text):
    return xmltodict.parse(text)["feedback"]


def rows(found):
    for one in found["record"]:
        yield one["row"]["source_ip"], int(one["row"]["count"])


def begins(found):
    return dateparser.parse(found["report_metadata"]["date_range"]["begin"], settings={"TIMEZONE": "UTC"})


def country(reader, address):
    return reader.country(address).country.iso_code


def places():
    return geoip2.database.Reader(PLACES)


def pointer(address):
    return [str(one) for one in dns.resolver.resolve_address(address)]


def labelled(hosts, trusted):
    return {host: host.rstrip(".").endswith(trusted) for host in hosts}


def kept(source, count, code, begin):
    Row(source=source, count=count, country=code, begin=begin).save()


def sent(row):
    producer = KafkaProducer(bootstrap_servers=os.environ["KAFKA"])
    producer.send("dmarc", fast.encode(row)).get(timeout=10)


def holidays(text):
    return [one.decoded("dtstart") for one in Calendar.from_ical(text).walk("vevent")]


def quiet(begin, days):
    return begin.date() in days


def main():
    connections.create_connection(hosts=[os.environ["ELASTIC"]])
    reader = places()
    with open("holidays.ics") as file:
        days = holidays(file.read())
    for content in unread():
        mail = parsed(content)
        trusted = registered(domain(sender(mail)))
        for name, payload in attachments(mail):
            found = report(unpacked(name, payload))
            begin = begins(found)
            if quiet(begin, days):
                continue
            for source, count in rows(found):
                print(labelled(pointer(source), trusted))
                code = country(reader, source)
                kept(source, count, code, begin)
                sent({"source": source, "count": count, "country": code})


if __name__ == "__main__":
    main()
