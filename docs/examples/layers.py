#!/usr/bin/env python3
"""列出图层，按页取要素。Lists the layers and reads features page by page.

只用标准库。Needs nothing but the standard library.
"""

import json
import os
from urllib.error import HTTPError
from urllib.parse import urlencode
from urllib.request import urlopen

YIPING = os.environ.get("YIPING_URL", "http://127.0.0.1:8080")


def get(url, **parameters):
    if parameters:
        url += "?" + urlencode(parameters)
    with urlopen(url) as answer:
        return json.load(answer)


def items(layer, **parameters):
    """All features of a query: follows the next links as they are."""
    page = get(f"{YIPING}/ogc/collections/{layer}/items", limit=1000, **parameters)
    while True:
        yield from page["features"]
        following = [link["href"] for link in page["links"] if link["rel"] == "next"]
        if not following:
            return
        page = get(following[0])


catalog = get(f"{YIPING}/ogc/collections")
for collection in catalog["collections"]:
    print(f"{collection['id']:18} {collection['titles']['zh']} {collection['titles']['en']}")
print(catalog["mark"])

high = sorted(
    items("building", filter="floors >= 30", properties="name,floors"),
    key=lambda feature: -feature["properties"]["floors"],
)
print(len(high), "buildings of 30 floors and more 三十层及以上的建筑")
for feature in high[:3]:
    print(feature["id"], feature["properties"])

# 错误指出有误的参数。A fault names the parameter.
try:
    get(f"{YIPING}/ogc/collections/building/items", filter="flors > 3")
except HTTPError as error:
    problem = json.load(error)
    print(problem["status"], problem["detail"])
