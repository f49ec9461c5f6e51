// Boxes around the city and around features.

import type {Collection} from '../api';

/** West, south, east, north in degrees. */
export type Bounds = [number, number, number, number];

const world: Bounds = [-170, -70, 170, 75];

/** The box of the districts, or of all layers where there are none. */
export function boundsOfCity(collections: readonly Collection[]): Bounds {
  const districts = collections.filter(({id}) => id === 'district');
  for (const candidates of [districts, collections]) {
    const boxes = candidates.flatMap(({boxes: own}) => own);
    const bounds = union(boxes);
    if (bounds) return bounds;
  }
  return world;
}

/** The box of a geometry of any type. */
export function boundsOf(geometry: GeoJSON.Geometry): Bounds {
  return union([...positions(geometry)].map(([x = 0, y = 0]) => [x, y, x, y])) ?? world;
}

function union(boxes: readonly (readonly number[])[]): Bounds | null {
  let all: Bounds | null = null;
  for (const [west, south, east, north] of boxes) {
    if (west === undefined || south === undefined || east === undefined || north === undefined) continue;
    all = all
      ? [Math.min(all[0], west), Math.min(all[1], south), Math.max(all[2], east), Math.max(all[3], north)]
      : [west, south, east, north];
  }
  return all;
}

function* positions(geometry: GeoJSON.Geometry): Generator<readonly number[]> {
  if (geometry.type === 'GeometryCollection') {
    for (const member of geometry.geometries) yield* positions(member);
    return;
  }
  yield* flatten(geometry.coordinates);
}

function* flatten(coordinates: readonly unknown[]): Generator<readonly number[]> {
  if (typeof coordinates[0] === 'number') {
    yield coordinates as readonly number[];
    return;
  }
  for (const inner of coordinates) yield* flatten(inner as readonly unknown[]);
}
