import {expect, it} from 'vitest';
import {collection} from '../testdata';
import {groupLayers, legendOf} from './layer-groups';
import {attributionsOf, cutOf, shownLayers} from './shown';

const collections = [
  collection({id: 'district', asOf: '2026-11-21T13:00:00Z'}),
  collection({id: 'component', minZoom: 15, asOf: '2026-11-21T12:00:00Z'}),
  collection({id: 'road'}),
  collection({id: 'heritage', features: 0, asOf: '2026-01-01T00:00:00Z'}),
  collection({id: 'bench_test'}),
];

it('counts a layer as shown when it is on, close enough and not empty', () => {
  expect(shownLayers(collections, new Set(['road']), 12)).toEqual(new Set(['district', 'bench_test']));
  expect(shownLayers(collections, new Set(), 15)).toEqual(new Set(['district', 'component', 'road', 'bench_test']));
});

it('attributes what is shown, each source once', () => {
  expect(attributionsOf(collections, new Set(['district', 'road']))).toEqual(['© district', '© demo', '© road']);
});

it('names the earliest moment of the layers that have features', () => {
  expect(cutOf(collections)).toBe('2026-11-21T12:00:00Z');
  expect(cutOf([])).toBe('');
});

it('puts layers of its own making last', () => {
  const groups = groupLayers(collections, 'zh').map(({title, collections: members}) => [
    title,
    ...members.map(({id}) => id),
  ]);
  expect(groups).toEqual([
    ['行政', 'district'],
    ['交通', 'road'],
    ['建筑', 'heritage'],
    ['部件', 'component'],
    ['其他', 'bench_test'],
  ]);
});

it('explains components by group only where they are drawn one by one', () => {
  const shown = new Set(['component', 'pipeline']);
  const labels = (zoom: number) => legendOf(shown, zoom, 'zh').map(([first]) => first?.label);
  expect(labels(11)).toEqual(['给水']);
  expect(labels(15)).toEqual(['市政公用', '给水']);
});
