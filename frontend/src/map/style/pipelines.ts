// Underground pipelines: colour by medium, width by diameter. They lie over the roads, as if one
// saw through the ground, and under the buildings.

import type {ExpressionSpecification, LayerSpecification} from 'maplibre-gl';
import {medium, road} from '../palette';
import {part, type StyleContext} from './part';

export const mediumColour = [
  'match',
  ['get', 'medium'],
  ...Object.entries(medium).flat(),
  '#9fb4c6',
] as unknown as ExpressionSpecification;

/** Width in pixels: from the diameter in millimetres, 100 to 2,000, at each zoom; extra widens all. */
function widthAt(zoomScale: number, extra: number): ExpressionSpecification {
  return [
    'interpolate',
    ['linear'],
    ['coalesce', ['get', 'diameter_mm'], 200],
    100,
    0.6 * zoomScale + extra,
    600,
    1.3 * zoomScale + extra,
    2000,
    2.6 * zoomScale + extra,
  ];
}

function width(extra: number): ExpressionSpecification {
  return [
    'interpolate',
    ['exponential', 1.5],
    ['zoom'],
    // Below zoom 14 a line is many joined, with the diameter of the widest.
    9,
    widthAt(0.9, extra),
    13,
    widthAt(0.8, extra),
    16,
    widthAt(1.4, extra),
    19,
    widthAt(4, extra),
  ];
}

export function pipelines(context: StyleContext): LayerSpecification[] {
  const layout = {'line-cap': 'round', 'line-join': 'round'} as const;
  return [
    // Mains are told from the field of components under them by a dark rim.
    ...part(context, 'pipeline', {
      id: 'pipeline-casing',
      type: 'line',
      maxzoom: 14,
      layout,
      paint: {
        'line-color': road.casing,
        'line-width': width(1.8),
        'line-opacity': ['interpolate', ['linear'], ['zoom'], 12, 0.7, 14, 0],
      },
    }),
    ...part(
      context,
      'pipeline',
      {
        id: 'pipeline',
        type: 'line',
        layout,
        paint: {
          'line-color': mediumColour,
          'line-width': width(0),
          'line-opacity': ['interpolate', ['linear'], ['zoom'], 9, 0.85, 12, 0.85, 13, 0.6, 15, 0.7, 17, 0.9],
        },
      },
      {pick: true},
    ),
  ];
}
