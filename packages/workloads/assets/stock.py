"""
What is left of an item. From a time on, items of one shelf take long: somebody holds its lock.

stock.py PORT LOG SLOW_FROM_EPOCH_SECONDS
"""
import json
import sys
import time

from logged_server import LoggedHandler, serve

SLOW_FROM = float(sys.argv[3])
SLOW_ITEMS = ("3", "7")
HELD_SECONDS = 0.6


class Handler(LoggedHandler):
    def respond(self, url, query, payload):
        item = url.path.rsplit("/", 1)[-1]
        time.sleep(HELD_SECONDS if item in SLOW_ITEMS and time.time() >= SLOW_FROM else 0.004)
        return 200, json.dumps({"item": item, "left": 7}).encode()


serve(Handler)
