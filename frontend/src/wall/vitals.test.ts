import {describe, expect, it} from 'vitest';
import type {Summary} from '../api';
import {catalogOf, collection} from '../testdata';
import {vitalsOf} from './vitals';

function withSummary(id: string, summary: Partial<Summary>) {
  const base = collection({id});
  return {...base, summary: {...(base.summary as Summary), ...summary}};
}

const city = catalogOf(
  withSummary('component', {features: 14_950_000}),
  withSummary('pipeline', {features: 412_000, lengthMetres: 26_800_000}),
  withSummary('building', {features: 1_003_214, sums: {floor_area_m2: 1.3e9}}),
  withSummary('curtain_wall', {features: 13_000, sums: {high_rise: 8_600, panes: 91_000_000}}),
  withSummary('compound', {features: 0}),
  withSummary('district', {features: 16, sums: {}}),
);

describe('vitalsOf', () => {
  const vitals = new Map(vitalsOf(city, 'zh').map((vital) => [vital.layer, vital]));

  it.each([
    ['component', {value: '14,950,000', unit: '件'}],
    ['pipeline', {value: '26,800', unit: '公里'}],
    ['building', {value: '13.00', unit: '亿平方米'}],
    ['curtain_wall', {value: '13,000', unit: '幢'}],
  ])('shows the figure of %s as the catalog has it', (layer, want) => {
    expect(vitals.get(layer)?.figure).toEqual(want);
  });

  it.each([
    ['an empty layer', 'compound'],
    ['a layer that is not there', 'heritage'],
    ['a sum that the server does not give', 'district'],
  ])('shows no figure for %s', (_, layer) => {
    expect(vitals.get(layer)?.figure).toBeNull();
  });

  it('names high-rise walls as a part of all', () => {
    expect(vitals.get('curtain_wall')?.detail).toBe('高层 8,600 幢');
  });

  it('says what is synthetic, from where and when', () => {
    expect(vitals.get('component')).toMatchObject({synthetic: true, sources: '示范数据', asOf: '2026-11-21T13:00:00Z'});
  });

  it('counts floor area in billions in English', () => {
    expect(vitalsOf(city, 'en').find(({layer}) => layer === 'building')?.figure).toEqual({
      value: '1.30',
      unit: 'bn m²',
    });
  });
});
