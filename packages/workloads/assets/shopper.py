"""
Looks at orders, one after another over one connection, and logs each answer.

shopper.py PORT PREFIX RATE_PER_SECOND SECONDS LOG
"""
import http.client
import json
import sys
import time

PORT, PREFIX, RATE, SECONDS = int(sys.argv[1]), sys.argv[2], float(sys.argv[3]), float(sys.argv[4])
MAX_REQUESTS = 1_000_000


def main():
    connection = http.client.HTTPConnection("127.0.0.1", PORT)
    started = time.monotonic()
    with open(sys.argv[5], "a", buffering=1) as log:
        for index in range(MAX_REQUESTS):
            due = started + index / RATE
            if due - started >= SECONDS:
                break
            time.sleep(max(0.0, due - time.monotonic()))
            nonce = "%s%d" % (PREFIX, index)
            target = "/orders/%d?n=%s" % (1000 + index * 37 % 9000, nonce)
            connection.request("GET", target, headers={"User-Agent": "shopper"})
            answer = connection.getresponse()
            answer.read()
            log.write(json.dumps({
                "scheme": "http", "method": "GET", "target": target, "status": answer.status, "nonce": nonce,
            }) + "\n")


main()
