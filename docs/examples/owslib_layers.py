#!/usr/bin/env python3
"""用 OWSLib 查询要素。Features with OWSLib (Debian: python3-owslib)."""

import os

from owslib.ogcapi.features import Features

YIPING = os.environ.get("YIPING_URL", "http://127.0.0.1:8080")

service = Features(f"{YIPING}/ogc")
print(service.feature_collections())

# 能过滤什么。What filters may name.
print(sorted(service.collection_queryables("pipeline")["properties"]))

# 外滩一带的燃气管线。Gas pipelines around the Bund.
page = service.collection_items(
    "pipeline",
    bbox=[121.47, 31.22, 121.51, 31.25],
    filter="medium = 'gas'",
    limit=100,
)
print(page["numberReturned"], "pipelines 管线")
for feature in page["features"][:3]:
    print(feature["id"], feature["geometry"]["type"], feature["properties"])
