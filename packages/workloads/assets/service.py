"""A plain threaded HTTP/1.1 service: answers slowly, wrongly, in chunks or by echo, and logs each request."""
import json
import time

from logged_server import LoggedHandler, serve


class Handler(LoggedHandler):
    def respond(self, url, query, payload):
        if url.path.endswith("/chunked"):
            return 200, None
        if url.path.endswith("/slow"):
            time.sleep(float(query.get("ms", ["50"])[0]) / 1000)
        status = 503 if url.path.endswith("/fail") else 200
        return status, payload or json.dumps({"path": url.path, "at": time.time()}).encode()


serve(Handler)
