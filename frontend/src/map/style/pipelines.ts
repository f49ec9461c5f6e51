// Underground pipelines: colour by medium, width by diameter. They lie over the roads, as if one
// saw through the ground, and under the buildings.

import type {ExpressionSpecification, LayerSpecification} from 'maplibre-gl';
import {medium} from '../palette';
import {part, type StyleContext} from './part';

export const mediumColour = [
  'match',
  ['get', 'medium'],
  ...Object.entries(medium).flat(),
  '#9fb4c6',
] as unknown as ExpressionSpecification;

/** Width in pixels: from the diameter in millimetres, 100 to 2,000, at each zoom. */
function width(zoomScale: number): ExpressionSpecification {
  return [
    'interpolate',
    ['linear'],
    ['coalesce', ['get', 'diameter_mm'], 200],
    100,
    0.6 * zoomScale,
    600,
    1.3 * zoomScale,
    2000,
    2.6 * zoomScale,
  ];
}

export function pipelines(context: StyleContext): LayerSpecification[] {
  return part(
    context,
    'pipeline',
    {
      id: 'pipeline',
      type: 'line',
      layout: {'line-cap': 'round', 'line-join': 'round'},
      paint: {
        'line-color': mediumColour,
        'line-width': [
          'interpolate',
          ['exponential', 1.5],
          ['zoom'],
          9,
          width(0.5),
          13,
          width(0.6),
          16,
          width(1.4),
          19,
          width(4),
        ],
        'line-opacity': ['interpolate', ['linear'], ['zoom'], 9, 0.35, 13, 0.45, 15, 0.7, 17, 0.9],
      },
    },
    {pick: true},
  );
}
