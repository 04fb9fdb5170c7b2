"""
Orders: asks the stock before it answers, over one connection a thread.

orders.py PORT LOG STOCK_PORT
"""
import http.client
import json
import sys
import threading

from logged_server import LoggedHandler, serve

LOCAL = threading.local()


def ask_stock(item, nonce):
    if getattr(LOCAL, "stock", None) is None:
        LOCAL.stock = http.client.HTTPConnection("127.0.0.1", int(sys.argv[3]))
    LOCAL.stock.request("GET", "/stock/%s?n=%s" % (item, nonce))
    return json.loads(LOCAL.stock.getresponse().read())


class Handler(LoggedHandler):
    def respond(self, url, query, payload):
        order = url.path.rsplit("/", 1)[-1]
        # A nonce of its own, for the stock's log.
        left = ask_stock(int(order) % 10, query.get("n", [""])[0] + "s")
        return 200, json.dumps({"order": order, "left": left["left"]}).encode()


serve(Handler)
