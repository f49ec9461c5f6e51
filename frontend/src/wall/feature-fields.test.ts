import {describe, expect, it} from 'vitest';
import type {ComponentClass} from '../api';
import {collection, item} from '../testdata';
import {type Field, featureFile} from './feature-fields';

const component = collection({
  id: 'component',
  properties: {
    state: {type: 'string', enum: ['完好', '破损'], 'x-title': {zh: '状态', en: 'State'}, 'x-ogc-propertySeq': 2},
    class: {type: 'string', 'x-title': {zh: '类别代码', en: 'Class code'}, 'x-ogc-propertySeq': 1},
    depth_metres: {type: 'number', 'x-title': {zh: '埋深', en: 'Depth'}, 'x-ogc-unit': 'm', 'x-ogc-propertySeq': 3},
    built_year: {type: 'integer', 'x-title': {zh: '建成年份', en: 'Year built'}, 'x-ogc-propertySeq': 4},
    households: {type: 'integer', title: '户数', 'x-ogc-propertySeq': 5},
    checked: {type: 'boolean', 'x-ogc-propertySeq': 6},
    min_zoom: {type: 'integer', 'x-ogc-propertySeq': 7},
  },
});
const classes: ReadonlyMap<string, ComponentClass> = new Map([
  ['01037', {code: '01037', class: '市政公用设施', name: '路灯'}],
]);
const lamp = item({
  class: '01037',
  state: '破损',
  depth_metres: 1.25,
  built_year: 1999,
  households: 12_345,
  checked: true,
  min_zoom: 15,
});

function texts(fields: readonly Field[]): string[] {
  return fields.map(({label, value, unit}) => `${label}=${value}${unit}`);
}

describe('featureFile', () => {
  it('lists every property of the schema in its order, with titles, units and code names', () => {
    expect(texts(featureFile({item: lamp, collection: component, classes, language: 'zh'}).attributes)).toEqual([
      '类别代码=01037 市政公用设施 / 路灯',
      '状态=破损',
      '埋深=1.25米',
      '建成年份=1999',
      '户数=12,345',
      'checked=是',
    ]);
  });

  it('speaks English where the data has English', () => {
    const file = featureFile({item: lamp, collection: component, classes, language: 'en'});
    expect(texts(file.attributes).slice(0, 3)).toEqual([
      'Class code=01037 市政公用设施 / 路灯',
      'State=Damaged',
      'Depth=1.25m',
    ]);
  });

  it('keeps fields without a value', () => {
    const file = featureFile({item: item({class: null}), collection: component, classes, language: 'zh'});
    expect(file.attributes.map(({value}) => value)).toEqual(['', '', '', '', '', '']);
  });

  it('is titled by name, else by class, else by code', () => {
    const title = (properties: Record<string, unknown>) =>
      featureFile({item: item(properties), collection: component, classes, language: 'zh'}).title;
    expect([title({name: '老灯', class: '01037'}), title({class: '01037'}), title({class: '99999'})]).toEqual([
      '老灯',
      '路灯',
      '图层component 31010101037000042',
    ]);
  });

  it('tells the regions by name and code', () => {
    const {regions} = featureFile({item: lamp, collection: component, classes, language: 'zh'});
    expect(texts(regions)).toEqual(['区=黄浦区 310101', '街镇=南京东路街道 310101002', '居村=']);
  });

  it('tells where the data comes from', () => {
    const {lineage} = featureFile({item: lamp, collection: component, classes, language: 'zh'});
    const byKey = new Map(lineage.map(({key, value, unit}) => [key, value + unit]));
    expect([...byKey.keys()]).toEqual([
      'code',
      'id',
      'nature',
      'source',
      'sourceId',
      'licence',
      'datum',
      'accuracyMetres',
      'layerOwner',
      'version',
      'updatedAt',
    ]);
    expect(byKey.get('source')).toBe('示范数据');
    expect(byKey.get('datum')).toBe('WGS84');
    expect(byKey.get('accuracyMetres')).toBe('±1米');
    expect(byKey.get('nature')).toBe('合成');
  });
});
