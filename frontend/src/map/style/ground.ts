// Land, water and the administrative borders.

import type {LayerSpecification} from 'maplibre-gl';
import {border, ground, text} from '../palette';
import {part, type StyleContext} from './part';
import {byZoom, halo, nameIn, regular, semiBold} from './text';

/** The source of the regions' label points, which the page computes itself: see region-labels.ts. */
export const regionLabelSource = 'region-labels';

export function landAndWater(context: StyleContext): LayerSpecification[] {
  return [
    {id: 'outside', type: 'background', paint: {'background-color': ground.outside}},
    ...part(
      context,
      'district',
      {id: 'land', type: 'fill', paint: {'fill-color': ground.land}},
      {role: 'hit', pick: true},
    ),
    ...part(
      context,
      'street',
      {id: 'street-hit', type: 'fill', paint: {'fill-color': ground.land, 'fill-opacity': 0}},
      {role: 'hit', pick: true},
    ),
    ...part(
      context,
      'water',
      {
        id: 'water',
        type: 'fill',
        paint: {'fill-color': ['match', ['get', 'kind'], 'sea', ground.sea, ground.water]},
      },
      {pick: true},
    ),
    ...part(context, 'water', {
      id: 'water-line',
      type: 'line',
      // Seas meet each other at lines that nobody can see.
      filter: ['!=', ['get', 'kind'], 'sea'],
      paint: {
        'line-color': ground.waterLine,
        'line-opacity': byZoom([8, 0.45], [14, 0.8]),
        'line-width': byZoom([8, 0.6], [14, 1.2], [18, 2]),
      },
    }),
  ];
}

export function borders(context: StyleContext): LayerSpecification[] {
  return [
    ...part(context, 'village', {
      id: 'village-border',
      type: 'line',
      minzoom: 13,
      paint: {'line-color': border.village, 'line-width': 0.8, 'line-dasharray': [2, 3], 'line-opacity': 0.7},
    }),
    ...part(context, 'street', {
      id: 'street-border',
      type: 'line',
      minzoom: 9,
      paint: {
        'line-color': border.street,
        'line-width': byZoom([9, 0.5], [14, 1.3]),
        'line-opacity': byZoom([9, 0.18], [11, 0.5], [15, 0.6]),
        'line-dasharray': [4, 3],
      },
    }),
    ...part(context, 'district', {
      id: 'district-glow',
      type: 'line',
      paint: {
        'line-color': border.district,
        'line-width': byZoom([7, 4], [12, 10]),
        'line-blur': byZoom([7, 4], [12, 10]),
        'line-opacity': 0.22,
      },
    }),
    ...part(context, 'district', {
      id: 'district-border',
      type: 'line',
      paint: {
        'line-color': border.district,
        'line-width': byZoom([7, 0.7], [12, 1.6], [16, 2.2]),
        'line-opacity': byZoom([7, 0.65], [12, 0.8]),
      },
    }),
  ];
}

export function waterNames(context: StyleContext): LayerSpecification[] {
  return part(
    context,
    'water',
    {
      id: 'water-name',
      type: 'symbol',
      minzoom: 9,
      filter: [
        'all',
        ['has', 'name'],
        ['any', ['in', ['get', 'kind'], ['literal', ['sea', 'lake', 'river']]], ['>=', ['zoom'], 13]],
      ],
      layout: {
        'text-field': nameIn(context.language),
        'text-font': regular,
        'text-size': byZoom([9, 12], [15, 15]),
        'text-letter-spacing': 0.25,
        'text-padding': 60,
        'text-max-width': 6,
      },
      paint: {'text-color': text.water, ...halo},
    },
    {role: 'label'},
  );
}

export function regionNames(context: StyleContext): LayerSpecification[] {
  const all: LayerSpecification[] = [
    {
      id: 'street-name',
      type: 'symbol',
      source: regionLabelSource,
      filter: ['==', ['get', 'level'], 'street'],
      minzoom: 11,
      maxzoom: 16,
      metadata: {layer: 'street', role: 'label', pick: false},
      layout: {
        'text-field': nameIn(context.language),
        'text-font': regular,
        'text-size': byZoom([11, 11.5], [14, 15]),
        'text-letter-spacing': 0.06,
        'text-padding': 6,
        'text-max-width': 10,
      },
      paint: {'text-color': text.plain, ...halo},
    },
    {
      id: 'district-name',
      type: 'symbol',
      source: regionLabelSource,
      filter: ['==', ['get', 'level'], 'district'],
      minzoom: 7,
      maxzoom: 14,
      metadata: {layer: 'district', role: 'label', pick: false},
      layout: {
        'text-field': nameIn(context.language),
        'text-font': semiBold,
        'text-size': byZoom([7, 11], [9, 15], [13, 24]),
        'text-letter-spacing': context.language === 'zh' ? 0.28 : 0.08,
        'text-padding': 4,
        'text-max-width': 7,
      },
      paint: {
        'text-color': text.strong,
        'text-opacity': byZoom([11, 1], [14, 0.55]),
        'text-halo-color': text.halo,
        'text-halo-width': 1.8,
        'text-halo-blur': 0.6,
      },
    },
  ];
  return all.filter((spec) => context.sourceOf((spec.metadata as {layer: string}).layer) !== undefined);
}
