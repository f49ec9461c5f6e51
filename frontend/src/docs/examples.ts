// The examples, from the files that the end-to-end tests run.

import gdal from '../../../docs/examples/gdal.sh?raw';
import curl from '../../../docs/examples/items.sh?raw';
import python from '../../../docs/examples/layers.py?raw';
import maplibre from '../../../docs/examples/maplibre.html?raw';
import owslib from '../../../docs/examples/owslib_layers.py?raw';

export interface Example {
  readonly id: string;
  readonly title: string;
  readonly note: string;
  readonly text: string;
}

/** The address that the files name; readers see the one that they came by. */
const written = 'http://127.0.0.1:8080';

export function examples(origin: string): Example[] {
  return [
    {id: 'curl', title: 'curl', note: '要素、统计、区划。Features, statistics, regions.', text: curl},
    {id: 'python', title: 'Python', note: '只用标准库。The standard library alone.', text: python},
    {
      id: 'owslib',
      title: 'OWSLib',
      note: '需要 OWSLib（Debian：python3-owslib）。Needs OWSLib.',
      text: owslib,
    },
    {
      id: 'qgis',
      title: 'QGIS · GDAL',
      note: `QGIS：图层 → 添加图层 → WFS / OGC API - Features → 新建，URL 填 ${origin}/ogc，版本选 OGC API - Features，连接。矢量瓦片：${origin}/tiles/building/{z}/{x}/{y}.mvt。In QGIS: Layer → Add Layer → WFS / OGC API - Features → New, this URL, version OGC API - Features. QGIS reads through GDAL; these commands do the same.`,
      text: gdal,
    },
    {
      id: 'maplibre',
      title: 'MapLibre',
      note: '瓦片和要素在同一张地图上。Tiles and features on one map.',
      text: maplibre,
    },
  ].map((example) => ({...example, text: example.text.replaceAll(written, origin)}));
}

export function quickStart(origin: string): string {
  return [
    `curl '${origin}/ogc/collections'`,
    `curl '${origin}/ogc/collections/building/items?sortby=-floors&limit=5'`,
    `curl '${origin}/stats/component?by=district'`,
  ].join('\n');
}
