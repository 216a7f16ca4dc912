"""The paths that the edge keeps, as CloudFront's patterns; all others are passed on to the balancer."""

NOW_SERVING_PATH = "/queue/now-serving.json"
WAITING_PAGE_PATHS = "/wait/*"
# the pages inside, and what they share: the same files for everybody
PAGE_PATHS = ("/book/*", "/draw/*", "/shared/*")
STATIC_PATHS = "/static/*"
