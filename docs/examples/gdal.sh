#!/usr/bin/env bash
# GDAL 与 QGIS：图层清单；外滩一带的建筑存成 GeoPackage，QGIS 可直接打开。
# GDAL and QGIS: what layers there are; the buildings around the Bund as a GeoPackage for QGIS.
set -euo pipefail
yiping=${YIPING_URL:-http://127.0.0.1:8080}

ogrinfo -ro -q "OAPIF:$yiping/ogc"

ogr2ogr -overwrite bund.gpkg "OAPIF:$yiping/ogc" building \
  -oo PAGE_SIZE=1000 -spat 121.47 31.22 121.51 31.25 -where "floors >= 6"
ogrinfo -ro -so bund.gpkg building
