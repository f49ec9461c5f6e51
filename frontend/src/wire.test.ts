import {describe, expect, it} from 'vitest';
import {catalogOfWire, itemOfWire} from './wire';

describe('catalogOfWire', () => {
  it('renames what the server writes, and fills what it leaves out', () => {
    const {collections, mark} = catalogOfWire({
      mark: '示意',
      collections: [
        {
          id: 'road',
          titles: {zh: '道路', en: 'Roads'},
          geometry_type: 'LineString',
          zoom: {min: 7, max: 22},
          owner: '市交通委',
          licence: 'unknown',
          datum: 'WGS84',
          accuracy_metres: 10,
          schema: {},
          extent: null,
          summary: {features: 3, synthetic: 1, length_metres: 1200.5, as_of: '2026-11-21T13:00:00Z'},
        },
      ],
    });
    expect(mark).toBe('示意');
    expect(collections[0]).toEqual({
      id: 'road',
      titles: {zh: '道路', en: 'Roads'},
      geometryType: 'LineString',
      zoom: {min: 7, max: 22},
      owner: '市交通委',
      licence: 'unknown',
      attributions: [],
      datum: 'WGS84',
      accuracyMetres: 10,
      properties: {},
      boxes: [],
      sources: [],
      summary: {features: 3, synthetic: 1, lengthMetres: 1200.5, sums: {}, asOf: '2026-11-21T13:00:00Z'},
    });
  });
});

describe('itemOfWire', () => {
  it('tells the columns of all layers from those of one', () => {
    const item = itemOfWire({
      type: 'Feature',
      id: 5,
      geometry: {type: 'Point', coordinates: [121, 31]},
      properties: {
        class: '01037',
        name: null,
        code: 'c',
        source: 'demo',
        source_id: 's',
        synthetic: true,
        version: 1,
        updated_at: '2026-11-21T12:58:00Z',
        district: '310101',
      },
      regions: {district: {code: '310101', name: '黄浦区'}, street: null},
    });
    expect(item.attributes).toEqual({class: '01037', name: null});
    expect(item).toMatchObject({id: 5, sourceId: 's', district: {name: '黄浦区'}, street: null, village: null});
  });
});
