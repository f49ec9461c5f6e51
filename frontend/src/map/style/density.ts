// Components of a city seen from afar: a field of light, whose colour is how many stand on a hectare.
//
// A tile of low zoom has one point for each cell of a grid, with the number of components that it
// stands for. Cells shrink to a quarter with every zoom, so the colour is of the density and not of
// the number: it stays the same while one zooms, and one legend holds for all zooms.

import type {ExpressionSpecification, LayerSpecification} from 'maplibre-gl';
import {componentDensity, damagedDensity, intact, type Ramp} from '../palette';
import {metresPerPixel, tilePixels} from '../view';
import {part, type Role, type StyleContext} from './part';

/** Tiles have so many cells a side. */
const cellsPerTile = 128;

/** From this zoom on components begin to be drawn one by one, and from the last one only so. */
export const fieldFades = [13.4, 14.4] as const;

const squareMetresPerHectare = 10_000;

/** Zooms of tiles that show the field. */
const tileZooms = Array.from({length: Math.ceil(fieldFades[1])}, (_, zoom) => zoom);

const standsFor: ExpressionSpecification = ['get', 'point_count'];

/** How many of the components that a point stands for are damaged or missing. */
export const damagedCount: ExpressionSpecification = [
  'case',
  ['>', standsFor, 1],
  ['+', ['coalesce', ['get', 'state:破损'], 0], ['coalesce', ['get', 'state:丢失'], 0]],
  ['in', ['get', 'state'], ['literal', ['破损', '丢失']]],
  1,
  0,
];

/** Hectares that a cell of a tile covers. */
export function cellHectares(latitude: number, tileZoom: number): number {
  const side = (metresPerPixel(latitude, tileZoom) * tilePixels) / cellsPerTile;
  return side ** 2 / squareMetresPerHectare;
}

/** The field in both its looks; the map shows one of them. */
export function componentField(context: StyleContext): LayerSpecification[] {
  return [
    ...field(context, 'density', standsFor, byDensity(context, componentDensity, standsFor)),
    ...field(context, 'damage', damagedCount, byDensity(context, damagedDensity, damagedCount, intact)),
  ];
}

function field(
  context: StyleContext,
  role: Role,
  count: ExpressionSpecification,
  colour: ExpressionSpecification,
): LayerSpecification[] {
  return part(
    context,
    'component',
    {
      id: `component-${role}`,
      type: 'circle',
      maxzoom: fieldFades[1],
      // Where cells overlap, the one with more lies on top.
      layout: {'circle-sort-key': count},
      paint: {
        'circle-color': colour,
        // A cell is 4 to 8 pixels wide: cells meet where the city is one field, and part as one comes near.
        'circle-radius': ['interpolate', ['linear'], ['zoom'], 11, 4.2, 13, 2],
        'circle-blur': 0.35,
        'circle-opacity': [
          'interpolate',
          ['linear'],
          ['zoom'],
          9,
          0.85,
          11,
          0.65,
          fieldFades[0],
          0.7,
          fieldFades[1],
          0,
        ],
        'circle-pitch-alignment': 'map',
      },
    },
    {role},
  );
}

/** Colours a number of each cell by how many that is on a hectare; none has a colour of its own where one is given. */
function byDensity(
  {latitude}: StyleContext,
  ramp: Ramp,
  count: ExpressionSpecification,
  none?: string,
): ExpressionSpecification {
  const at = (tileZoom: number): unknown => {
    const hectares = cellHectares(latitude, tileZoom);
    const stops = ramp.flatMap(([from, colour]) => [Math.log10(from * hectares), colour]);
    const colour = ['interpolate-lab', ['linear'], ['log10', count], ...stops];
    return none === undefined ? colour : ['case', ['==', count, 0], none, colour];
  };
  const [first, ...others] = tileZooms;
  // Steps of the zoom are taken at the zoom of the tile, where the cells have this size.
  return ['step', ['zoom'], at(first ?? 0), ...others.flatMap((zoom) => [zoom, at(zoom)])] as ExpressionSpecification;
}
