import os

from simple_salesforce import Salesforce


def bsna():
    return Salesforce(username=os.getenv("SF_USER"), password=os.getenv("SF_WORD"), security_token=os.getenv("SF_TOKEN"))
