import {describe, expect, it} from 'vitest';
import {collection} from '../testdata';
import {boundsOf, boundsOfCity} from './bounds';
import {sortPicks} from './picking';
import {contains, placeLabels, tilesOf} from './region-labels';
import {tileSources} from './sources';
import {metresPerPixel, scaleBar} from './view';

describe('tileSources', () => {
  it('asks for present layers together, and for unknown ones alone', () => {
    const present = ['component', 'bench', 'water', 'district'].map((id) => collection({id}));
    expect(tileSources(present).map(({id}) => id)).toEqual(['district,water', 'component', 'bench']);
  });
});

describe('the scale', () => {
  it.each([
    ['at the equator', 0, 0, 78_271.517],
    ['in Shanghai', 31.23, 15, 2.0426],
  ])('knows the ground resolution %s', (_, lat, zoom, want) => {
    expect(metresPerPixel(lat, zoom)).toBeCloseTo(want, 3);
  });
  it.each([
    [1, 120, 100],
    [0.5, 120, 50],
    [30, 120, 2000],
    [0.01, 120, 1],
  ])('at %f m a pixel and %i pixels is %i m long', (resolution, pixels, metres) => {
    const bar = scaleBar(resolution, pixels);
    expect(bar.metres).toBe(metres);
    expect(bar.pixels).toBeCloseTo(metres / resolution);
    expect(bar.pixels).toBeLessThanOrEqual(pixels);
  });
});

describe('sortPicks', () => {
  const pick = (layer: string, id = 1) => ({layer, id});
  it('puts small things first and drops regions and doubles', () => {
    const found = [
      pick('district'),
      pick('road'),
      pick('building'),
      pick('component', 2),
      pick('component', 2),
      pick('street'),
    ];
    expect(sortPicks(found)).toEqual([pick('component', 2), pick('building'), pick('road')]);
  });
  it('answers with the region where nothing else is', () => {
    expect(sortPicks([pick('district'), pick('street')])).toEqual([pick('street'), pick('district')]);
  });
  it('finds layers that it has no rank for', () => {
    expect(sortPicks([pick('bench_test')])).toEqual([pick('bench_test')]);
  });
});

describe('bounds', () => {
  it.each([
    ['a point', {type: 'Point', coordinates: [1, 2]}, [1, 2, 1, 2]],
    [
      'a line',
      {
        type: 'LineString',
        coordinates: [
          [0, 5],
          [3, -1],
        ],
      },
      [0, -1, 3, 5],
    ],
    [
      'polygons',
      {
        type: 'MultiPolygon',
        coordinates: [
          [
            [
              [0, 0],
              [1, 0],
              [1, 1],
              [0, 0],
            ],
          ],
          [
            [
              [5, 5],
              [6, 5],
              [6, 7],
              [5, 5],
            ],
          ],
        ],
      },
      [0, 0, 6, 7],
    ],
    [
      'a collection',
      {
        type: 'GeometryCollection',
        geometries: [
          {type: 'Point', coordinates: [1, 2]},
          {type: 'Point', coordinates: [3, 4]},
        ],
      },
      [1, 2, 3, 4],
    ],
  ] as [string, GeoJSON.Geometry, number[]][])('fit %s', (_, geometry, want) => {
    expect(boundsOf(geometry)).toEqual(want);
  });
  it('of the city are those of its districts', () => {
    const district = {...collection({id: 'district'}), boxes: [[121, 30, 122, 32]]};
    const road = {...collection({id: 'road'}), boxes: [[0, 0, 1, 1]]};
    expect(boundsOfCity([road, district])).toEqual([121, 30, 122, 32]);
    expect(boundsOfCity([road])).toEqual([0, 0, 1, 1]);
  });
});

describe('region labels', () => {
  const square = (x: number, y: number, side: number): [number, number][] => [
    [x, y],
    [x + side, y],
    [x + side, y + side],
    [x, y + side],
    [x, y],
  ];
  const region = (level: string, name: string, ring: [number, number][]) => ({
    level,
    name,
    nameEnglish: '',
    rings: [ring],
    area: 1,
  });

  it('covers the city with tiles of zoom 8', () => {
    expect(tilesOf([[120.95, 30.8, 122.3, 31.9]])).toEqual([[214, 104]]);
    expect(tilesOf([[-500, -90, 500, 90]]).length).toBe(36);
    expect(tilesOf([])).toEqual([]);
  });
  it('names a district in the middle of its streets, and not in its sea', () => {
    const labels = placeLabels([
      region('district', '浦东新区', square(0, 0, 10)),
      region('street', '甲', square(0, 0, 1)),
      region('street', '乙', square(0, 2, 1)),
      region('street', '别区', square(20, 20, 1)),
    ]);
    const district = labels.find(({level}) => level === 'district');
    expect([district?.lon, district?.lat]).toEqual([0.5, 1.5]);
  });
  it('names a district without streets inside itself', () => {
    const [label] = placeLabels([region('district', '崇明区', square(0, 0, 10))]);
    expect(label && contains([square(0, 0, 10)], label.lon, label.lat)).toBe(true);
  });
  it('counts a hole as outside', () => {
    const rings = [square(0, 0, 10), square(4, 4, 2)];
    expect([contains(rings, 1, 1), contains(rings, 5, 5), contains(rings, 11, 1)]).toEqual([true, false, false]);
  });
});
