import {validateStyleMin} from '@maplibre/maplibre-gl-style-spec';
import {describe, expect, it} from 'vitest';
import {catalogOf, collection} from '../../testdata';
import {partOf} from './part';
import {scaleValue} from './scale';
import {cityStyle} from './style';

const standard = [
  'district',
  'street',
  'village',
  'water',
  'road',
  'metro_line',
  'metro_station',
  'place',
  'heritage',
  'building',
  'curtain_wall',
  'compound',
  'construction_site',
  'pipeline',
  'component',
];

function style(layers: readonly string[], factor = 1, language: 'zh' | 'en' = 'zh') {
  const catalog = catalogOf(...layers.map((id) => collection({id})));
  return cityStyle({catalog, language, factor, origin: 'http://localhost'});
}

describe('the style', () => {
  it.each([
    ['of the whole city', style(standard)],
    ['in English', style(standard, 1, 'en')],
    ['on a wall of twice the size', style(standard, 2)],
    ['of a city without layers', style([])],
    ['with a layer that someone added', style(['district', 'noise_sensor'])],
  ])('%s is valid', (_, checked) => {
    expect(validateStyleMin(checked)).toEqual([]);
  });

  it('draws every standard layer, and an added one', () => {
    const drawn = new Set(style([...standard, 'noise_sensor']).layers.map((layer) => partOf(layer)?.layer));
    expect([...standard, 'noise_sensor'].filter((layer) => !drawn.has(layer))).toEqual([]);
  });

  it('lets a click find every layer', () => {
    const found = new Set(
      style(standard).layers.flatMap((layer) => (partOf(layer)?.pick ? [partOf(layer)?.layer] : [])),
    );
    expect(standard.filter((layer) => !found.has(layer) && layer !== 'village')).toEqual([]);
  });

  it('asks nobody but its own server', () => {
    const addresses = JSON.stringify(style(standard)).match(/[a-z]+:\/\/[^"]*/g) ?? [];
    expect(addresses.filter((address) => !address.startsWith('http://localhost/'))).toEqual([]);
  });

  it('ends with the mark, over everything', () => {
    expect(style(standard).layers.at(-1)?.id).toBe('mark');
    const surveyed = cityStyle({catalog: {...catalogOf(), mark: ''}, language: 'zh', factor: 1, origin: ''});
    expect(surveyed.layers.map(({id}) => id)).not.toContain('mark');
  });
});

describe('scaleValue', () => {
  it.each([
    ['a number', 4, 8],
    [
      'the outputs of a zoom curve',
      ['interpolate', ['linear'], ['zoom'], 10, 1, 12, ['get', 'w']],
      ['interpolate', ['linear'], ['zoom'], 10, 2, 12, ['*', 2, ['get', 'w']]],
    ],
    ['the outputs of steps', ['step', ['zoom'], 1, 10, 3], ['step', ['zoom'], 2, 10, 6]],
    ['any other expression as a whole', ['case', true, 1, 2], ['*', 2, ['case', true, 1, 2]]],
  ])('multiplies %s', (_, value, want) => {
    expect(scaleValue(value, 2)).toEqual(want);
  });
});
