// Buildings, curtain walls, heritage, compounds and construction sites.

import type {ExpressionSpecification, LayerSpecification} from 'maplibre-gl';
import * as palette from '../palette';
import {part, type StyleContext} from './part';
import {byZoom, halo, nameIn, regular} from './text';

const height: ExpressionSpecification = ['coalesce', ['get', 'height_metres'], 9];

const heightTint = ['interpolate', ['linear'], height, ...palette.heights.flat()] as unknown as ExpressionSpecification;

/** Buildings rise out of the ground while one zooms in. */
const rising: ExpressionSpecification = ['interpolate', ['linear'], ['zoom'], 13.4, 0, 14.4, height];

const polygon: ExpressionSpecification = ['==', ['geometry-type'], 'Polygon'];

export function estates(context: StyleContext): LayerSpecification[] {
  return [
    ...part(
      context,
      'compound',
      {
        id: 'compound',
        type: 'fill',
        minzoom: 12,
        paint: {'fill-color': palette.compound, 'fill-opacity': byZoom([12, 0.1], [16, 0.05])},
      },
      {pick: true},
    ),
    ...part(context, 'compound', {
      id: 'compound-line',
      type: 'line',
      minzoom: 13,
      paint: {
        'line-color': palette.compound,
        'line-width': byZoom([13, 0.6], [17, 1.6]),
        'line-opacity': ['case', ['to-boolean', ['get', 'smart_security']], 0.85, 0.45],
      },
    }),
    ...part(
      context,
      'construction_site',
      {id: 'site', type: 'fill', minzoom: 12, paint: {'fill-pattern': 'hatch', 'fill-opacity': 0.75}},
      {pick: true},
    ),
    ...part(context, 'construction_site', {
      id: 'site-line',
      type: 'line',
      minzoom: 12,
      paint: {'line-color': palette.site, 'line-width': byZoom([12, 0.7], [17, 1.6]), 'line-dasharray': [3, 1.5]},
    }),
    ...part(
      context,
      'heritage',
      {
        id: 'heritage-area',
        type: 'fill',
        minzoom: 13,
        filter: polygon,
        paint: {'fill-color': palette.heritage, 'fill-opacity': 0.3, 'fill-outline-color': palette.heritage},
      },
      {pick: true},
    ),
  ];
}

export function buildings(context: StyleContext): LayerSpecification[] {
  return [
    ...part(
      context,
      'building',
      {
        id: 'building-flat',
        type: 'fill',
        minzoom: 13,
        paint: {
          'fill-color': heightTint,
          'fill-outline-color': '#3a6d95',
          'fill-opacity': byZoom([13, 0.65], [15, 0.9]),
        },
      },
      {role: 'flat', pick: true},
    ),
    ...part(
      context,
      'building',
      {
        id: 'building-solid',
        type: 'fill-extrusion',
        minzoom: 13,
        paint: {
          'fill-extrusion-color': heightTint,
          'fill-extrusion-height': rising,
          'fill-extrusion-opacity': 0.92,
          'fill-extrusion-vertical-gradient': true,
        },
      },
      {role: 'solid', pick: true},
    ),
    ...part(
      context,
      'curtain_wall',
      {
        id: 'curtain-wall-flat',
        type: 'fill',
        minzoom: 12,
        paint: {'fill-color': palette.curtainWall, 'fill-opacity': 0.55, 'fill-outline-color': '#b9f5ff'},
      },
      {role: 'flat', pick: true},
    ),
    ...part(
      context,
      'curtain_wall',
      {
        id: 'curtain-wall-solid',
        type: 'fill-extrusion',
        minzoom: 12,
        paint: {
          'fill-extrusion-color': ['case', ['to-boolean', ['get', 'high_rise']], palette.curtainWall, '#37b9d6'],
          // Exactly as high as the building of the same outline: equal faces do not flicker, near ones do.
          'fill-extrusion-height': rising,
          'fill-extrusion-opacity': 0.55,
        },
      },
      {role: 'solid', pick: true},
    ),
  ];
}

export function heritageMarks(context: StyleContext): LayerSpecification[] {
  return part(
    context,
    'heritage',
    {
      id: 'heritage',
      type: 'symbol',
      minzoom: 12,
      layout: {
        'icon-image': 'heritage',
        'icon-size': byZoom([12, 0.45], [15, 0.6], [17, 0.95]),
        'icon-allow-overlap': ['step', ['zoom'], false, 16.5, true],
        'icon-padding': 1,
        'text-field': ['step', ['zoom'], '', 15.5, nameIn(context.language)],
        'text-font': regular,
        'text-size': 12,
        'text-offset': [0, 1],
        'text-anchor': 'top',
        'text-max-width': 9,
        'text-optional': true,
      },
      paint: {'text-color': palette.heritage, ...halo},
    },
    {pick: true},
  );
}

export function estateNames(context: StyleContext): LayerSpecification[] {
  const name = (layer: string, colour: string, minzoom: number): LayerSpecification[] =>
    part(
      context,
      layer,
      {
        id: `${layer}-name`,
        type: 'symbol',
        minzoom,
        layout: {
          'text-field': nameIn(context.language),
          'text-font': regular,
          'text-size': byZoom([14, 11], [18, 13]),
          'text-padding': 12,
          'text-max-width': 8,
        },
        paint: {'text-color': colour, ...halo},
      },
      {role: 'label'},
    );
  return [
    ...name('compound', '#9fdccf', 15.5),
    ...name('construction_site', palette.site, 15),
    ...name('curtain_wall', '#b9f3ff', 15),
  ];
}
