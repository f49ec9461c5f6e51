// Roads by class, and the metro.

import type {ExpressionSpecification, LayerSpecification} from 'maplibre-gl';
import {metroFallback, road, text} from '../palette';
import {part, type StyleContext} from './part';
import {byZoom, halo, nameIn, regular, semiBold} from './text';

const roadClass: ExpressionSpecification = ['get', 'class'];

const roadColour: ExpressionSpecification = [
  'match',
  roadClass,
  'motorway',
  road.motorway,
  'trunk',
  road.trunk,
  'primary',
  road.primary,
  'secondary',
  road.secondary,
  road.minor,
];

/** Road widths in pixels by zoom and class; extra widens all, for the casing. */
function roadWidth(extra: number): ExpressionSpecification {
  const at = (motorway: number, primary: number, secondary: number, minor: number): ExpressionSpecification => [
    'match',
    roadClass,
    ['motorway', 'trunk'],
    motorway + extra,
    'primary',
    primary + extra,
    ['secondary', 'tertiary'],
    secondary + extra,
    ['pedestrian', 'path', 'service'],
    minor * 0.6 + extra,
    minor + extra,
  ];
  return [
    'interpolate',
    ['exponential', 1.5],
    ['zoom'],
    8,
    at(0.9, 0.5, 0.3, 0.2),
    12,
    at(2.4, 1.7, 1.1, 0.6),
    15,
    at(6, 5, 3.6, 2.2),
    18,
    at(24, 20, 16, 10),
  ];
}

export function roads(context: StyleContext): LayerSpecification[] {
  const onGround: ExpressionSpecification = ['!', ['to-boolean', ['get', 'tunnel']]];
  const byRank = {'line-cap': 'round', 'line-join': 'round'} as const;
  return [
    ...part(context, 'road', {
      id: 'road-tunnel',
      type: 'line',
      minzoom: 11,
      filter: ['to-boolean', ['get', 'tunnel']],
      paint: {'line-color': roadColour, 'line-width': roadWidth(0), 'line-dasharray': [1.2, 0.8], 'line-opacity': 0.45},
    }),
    ...part(context, 'road', {
      id: 'road-casing',
      type: 'line',
      minzoom: 12,
      filter: onGround,
      layout: byRank,
      paint: {'line-color': road.casing, 'line-width': roadWidth(1.6)},
    }),
    ...part(
      context,
      'road',
      {
        id: 'road',
        type: 'line',
        filter: onGround,
        layout: {
          ...byRank,
          'line-sort-key': [
            'match',
            roadClass,
            'motorway',
            5,
            'trunk',
            4,
            'primary',
            3,
            'secondary',
            2,
            'tertiary',
            1,
            0,
          ],
        },
        paint: {'line-color': roadColour, 'line-width': roadWidth(0), 'line-opacity': byZoom([8, 0.6], [12, 0.95])},
      },
      {pick: true},
    ),
    ...part(context, 'road', {
      id: 'road-bridge',
      type: 'line',
      minzoom: 14,
      filter: ['to-boolean', ['get', 'bridge']],
      paint: {'line-color': '#5f97c4', 'line-gap-width': roadWidth(0), 'line-width': 0.9, 'line-opacity': 0.8},
    }),
  ];
}

export function metroLines(context: StyleContext): LayerSpecification[] {
  const layout = {'line-cap': 'round', 'line-join': 'round'} as const;
  return [
    ...part(context, 'metro_line', {
      id: 'metro-casing',
      type: 'line',
      layout,
      paint: {'line-color': road.casing, 'line-width': byZoom([8, 1.6], [12, 4.2], [16, 7]), 'line-opacity': 0.8},
    }),
    ...part(
      context,
      'metro_line',
      {
        id: 'metro-line',
        type: 'line',
        layout,
        paint: {
          'line-color': ['to-color', ['get', 'colour'], metroFallback],
          'line-width': byZoom([8, 0.9], [12, 2.4], [16, 4.5]),
          'line-opacity': byZoom([8, 0.7], [12, 0.85], [16, 0.7]),
        },
      },
      {pick: true},
    ),
  ];
}

export function metroStations(context: StyleContext): LayerSpecification[] {
  const interchange: ExpressionSpecification = ['>=', ['length', ['coalesce', ['get', 'lines'], '']], 3];
  const open: ExpressionSpecification = ['==', ['coalesce', ['get', 'status'], 'open'], 'open'];
  return part(
    context,
    'metro_station',
    {
      id: 'metro-station',
      type: 'circle',
      minzoom: 10,
      paint: {
        'circle-radius': [
          'interpolate',
          ['linear'],
          ['zoom'],
          10,
          ['case', interchange, 2.2, 1.5],
          13,
          ['case', interchange, 5, 3.6],
          17,
          ['case', interchange, 9, 7],
        ],
        'circle-color': ['case', open, '#eaf6fc', '#0d1d35'],
        'circle-stroke-color': ['case', open, '#14304f', '#8aa7bd'],
        'circle-stroke-width': ['interpolate', ['linear'], ['zoom'], 10, 0.8, 14, 2],
      },
    },
    {pick: true},
  );
}

export function transportNames(context: StyleContext): LayerSpecification[] {
  return [
    ...part(
      context,
      'road',
      {
        id: 'road-name',
        type: 'symbol',
        minzoom: 13,
        filter: [
          'all',
          ['has', 'name'],
          ['any', ['>=', ['zoom'], 15], ['in', roadClass, ['literal', ['motorway', 'trunk', 'primary']]]],
        ],
        layout: {
          'symbol-placement': 'line',
          'text-field': nameIn(context.language),
          'text-font': regular,
          'text-size': byZoom([13, 10.5], [18, 14]),
          'text-letter-spacing': 0.12,
          'text-padding': 10,
          'symbol-spacing': 320,
          'text-max-angle': 35,
        },
        paint: {'text-color': text.plain, ...halo},
      },
      {role: 'label'},
    ),
    ...part(
      context,
      'metro_station',
      {
        id: 'metro-station-name',
        type: 'symbol',
        minzoom: 12,
        layout: {
          'text-field': nameIn(context.language),
          'text-font': semiBold,
          'text-size': byZoom([12, 10.5], [16, 14]),
          'text-variable-anchor': ['left', 'right', 'top', 'bottom'],
          'text-radial-offset': 0.7,
          'text-justify': 'auto',
          'text-max-width': 8,
          'text-optional': true,
        },
        paint: {'text-color': '#d5ecf8', ...halo},
      },
      {role: 'label'},
    ),
  ];
}
