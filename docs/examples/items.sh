#!/usr/bin/env bash
# 用 curl 查询要素、统计和区划。Features, statistics and regions with curl.
set -euo pipefail
yiping=${YIPING_URL:-http://127.0.0.1:8080}
get() { curl --silent --show-error --fail --get "$@"; }

# 外滩一带 12 层以上的建筑，最高的在前，只要三个属性。
# Buildings of 12 floors and more around the Bund, the highest first, three properties.
get "$yiping/ogc/collections/building/items" \
  --data-urlencode "bbox=121.47,31.22,121.51,31.25" \
  --data-urlencode "filter=floors >= 12" \
  --data-urlencode "sortby=-floors" \
  --data-urlencode "properties=name,floors,district" \
  --data-urlencode "limit=5" --data-urlencode "count=exact"
echo

# 所有破损的部件，一行一个，整层流式输出。
# All broken components, one a line; the whole layer as a stream.
get "$yiping/ogc/collections/component/items" \
  --data-urlencode "filter=state = '破损'" \
  --data-urlencode "f=csv" --output broken.csv
wc -l broken.csv

# 各区各状态的部件数，每平方公里的密度，同一个数据时刻。
# Components by district and state, with their density, all at one cut.
get "$yiping/stats/component" --data "by=district,state&per=km2&f=csv"

# 一个点在哪个区、街道、居村。
# The district, street and village at a point.
get "$yiping/regions" --data "point=121.49,31.24"
echo
