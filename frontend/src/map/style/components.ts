// City components near by: dots by class group when they are many, symbols by class when one can
// tell them apart; damaged and missing ones carry a ring. From afar they are a field: see density.ts.

import type {ExpressionSpecification, LayerSpecification} from 'maplibre-gl';
import {componentGroup, damaged} from '../palette';
import {damagedCount, fieldFades} from './density';
import {part, type StyleContext} from './part';

const code: ExpressionSpecification = ['to-string', ['get', 'class']];
const group: ExpressionSpecification = ['slice', code, 0, 2];

export const groupColour = [
  'match',
  group,
  ...Object.entries(componentGroup).flat(),
  componentGroup['05'],
] as unknown as ExpressionSpecification;

/** Glyph of a component symbol by class code (GB/T 47678.5); other classes take their group's. */
const glyphs: Readonly<Record<string, readonly string[]>> = {
  cover: [
    '01001',
    '01002',
    '01003',
    '01005',
    '01006',
    '01007',
    '01008',
    '01009',
    '01010',
    '01011',
    '01012',
    '01014',
    '01015',
    '01017',
    '01018',
    '01019',
    '01020',
    '01021',
    '01022',
    '01023',
  ],
  grate: ['01004', '01026'],
  hydrant: ['01013'],
  lamp: ['01037', '01038', '01039', '01077'],
  cabinet: ['01027', '01048', '01049', '01060'],
  camera: ['01050'],
  charger: ['01054', '05003'],
  pole: ['01030', '01031', '01032', '01033', '01034', '01047'],
  stop: ['02004', '02005'],
  signal: ['02014', '02015'],
  sign: ['02010', '02011', '02012', '02013', '02030', '02035', '02036', '02037', '02038', '02039', '02040', '03002'],
  parking: ['02001', '02002', '02003', '02025', '02026'],
  bin: ['03004', '03005', '03014'],
  board: ['03006', '03007', '03008', '02023', '02041'],
  tree: ['04001', '04002', '04003', '04014'],
  seat: ['04007'],
};

/** The image of a component, "component-GROUP-GLYPH": see images.ts. */
const image: ExpressionSpecification = [
  'concat',
  'component-',
  group,
  '-',
  [
    'match',
    code,
    ...Object.entries(glyphs).flatMap(([glyph, codes]) => [codes, glyph]),
    'dot',
  ] as unknown as ExpressionSpecification,
];

export function components(context: StyleContext): LayerSpecification[] {
  return [
    ...part(
      context,
      'component',
      {
        id: 'component-dot',
        type: 'circle',
        minzoom: fieldFades[0],
        maxzoom: 16.5,
        paint: {
          'circle-color': groupColour,
          'circle-radius': ['interpolate', ['linear'], ['zoom'], 14, 1.3, 15, 1.9, 16.5, 3.2],
          'circle-opacity': ['interpolate', ['linear'], ['zoom'], fieldFades[0], 0, fieldFades[1], 0.9],
          'circle-stroke-color': '#06101e',
          'circle-stroke-width': ['interpolate', ['linear'], ['zoom'], 15, 0.3, 16.5, 0.8],
        },
      },
      {pick: true},
    ),
    ...part(context, 'component', {
      id: 'component-damaged',
      type: 'circle',
      minzoom: fieldFades[1],
      // A point may be intact itself and stand for one that is not.
      filter: ['>', damagedCount, 0],
      paint: {
        'circle-color': damaged,
        'circle-opacity': 0.12,
        'circle-radius': ['interpolate', ['linear'], ['zoom'], 14, 2.2, 15, 2.8, 16.4, 5, 16.5, 7.5, 19, 18],
        'circle-stroke-color': damaged,
        'circle-stroke-width': ['interpolate', ['linear'], ['zoom'], 14, 0.6, 15, 0.8, 16.5, 1.4, 19, 2.2],
      },
    }),
    ...part(
      context,
      'component',
      {
        id: 'component',
        type: 'symbol',
        minzoom: 16.5,
        layout: {
          'icon-image': image,
          'icon-size': ['interpolate', ['linear'], ['zoom'], 16.5, 0.42, 18, 0.8, 20, 1.15],
          'icon-allow-overlap': true,
          'icon-ignore-placement': true,
        },
      },
      {pick: true},
    ),
  ];
}
