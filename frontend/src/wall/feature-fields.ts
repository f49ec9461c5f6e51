// Every field of a feature in words: what the card shows and the tests read.

import type {Collection, ComponentClass, Item, PropertySchema, Region} from '../api';
import {codeName} from '../codes';
import {formatMoment, formatUnit} from '../format';
import {type Language, translate} from '../i18n';

/** One field, ready to show. An empty value means that the data has none. */
export interface Field {
  readonly key: string;
  readonly label: string;
  readonly value: string;
  readonly unit: string;
}

export interface FeatureFile {
  readonly title: string;
  readonly subtitle: string;
  readonly synthetic: boolean;
  readonly attributes: readonly Field[];
  readonly regions: readonly Field[];
  readonly lineage: readonly Field[];
}

/** What a feature's file is written from. */
export interface FeatureInput {
  readonly item: Item;
  readonly collection: Collection;
  readonly classes: ReadonlyMap<string, ComponentClass>;
  readonly language: Language;
}

export function featureFile(input: FeatureInput): FeatureFile {
  const {item, collection, language} = input;
  const attributes = attributeFields(input);
  const className = classOf(input)?.name;
  const name = language === 'en' ? item.attributes.name_en || item.attributes.name : item.attributes.name;
  const kind = collection.titles[language];
  return {
    title: typeof name === 'string' && name !== '' ? name : (className ?? `${kind} ${item.code}`),
    subtitle: kind,
    synthetic: item.synthetic,
    attributes,
    regions: [
      regionField('district', item.district, language),
      regionField('street', item.street, language),
      regionField('village', item.village, language),
    ],
    lineage: lineageFields(input),
  };
}

/** The layer's own properties in the order of its schema, each even when it has no value. */
function attributeFields(input: FeatureInput): Field[] {
  const {collection, item, language} = input;
  const schemas = Object.entries(collection.properties).toSorted(
    ([, a], [, b]) => (a['x-ogc-propertySeq'] ?? 1e6) - (b['x-ogc-propertySeq'] ?? 1e6),
  );
  return schemas
    .filter(([key]) => key !== 'min_zoom')
    .map(([key, schema]) => {
      const raw = item.attributes[key];
      const value = raw === null || raw === undefined ? '' : valueText(input, key, schema, raw);
      const unit = value !== '' && schema['x-ogc-unit'] ? formatUnit(schema['x-ogc-unit'], language) : '';
      return {key, label: schema['x-title']?.[language] ?? schema.title ?? key, value, unit};
    });
}

function valueText(input: FeatureInput, key: string, schema: PropertySchema, raw: unknown): string {
  const {language} = input;
  if (typeof raw === 'boolean') return translate(language, raw ? 'yes' : 'no');
  if (typeof raw === 'number') {
    // A year or a code is not grouped in thousands.
    const grouped = !/year/.test(key) && (schema.type === 'integer' || schema.type === 'number');
    return grouped ? raw.toLocaleString('en-US', {maximumFractionDigits: 2}) : String(raw);
  }
  const text = String(raw);
  if (schema.format === 'date-time') return formatMoment(text);
  if (schema.enum) return codeName(key, text, language);
  if (key === 'class') {
    const found = input.classes.get(text);
    return found ? `${text} ${found.class} / ${found.name}` : text;
  }
  return text;
}

function classOf({item, collection, classes}: FeatureInput): ComponentClass | undefined {
  return collection.id === 'component' ? classes.get(String(item.attributes.class)) : undefined;
}

function regionField(key: 'district' | 'street' | 'village', region: Region | null, language: Language): Field {
  const value = region ? `${region.name} ${region.code}`.trim() : '';
  return {key, label: translate(language, key), value, unit: ''};
}

function lineageFields({item, collection, language}: FeatureInput): Field[] {
  const source = collection.sources.find(({name}) => name === item.source);
  const metres = formatUnit('m', language);
  const rows: readonly (readonly [key: string, label: string, value: unknown, unit?: string])[] = [
    ['code', translate(language, 'code'), item.code],
    ['id', translate(language, 'id'), item.id],
    ['nature', translate(language, 'nature'), translate(language, item.synthetic ? 'synthetic' : 'surveyed')],
    ['source', translate(language, 'source'), source?.title ?? item.source],
    ['sourceId', translate(language, 'sourceId'), item.sourceId],
    ['licence', translate(language, 'licence'), source?.licence ?? collection.licence],
    ['datum', translate(language, 'datum'), source?.datum || collection.datum],
    [
      'accuracyMetres',
      translate(language, 'accuracy'),
      collection.accuracyMetres ? `±${collection.accuracyMetres}` : '',
      metres,
    ],
    ['layerOwner', translate(language, 'owner'), collection.owner],
    ['version', translate(language, 'version'), item.version],
    ['updatedAt', translate(language, 'updated'), item.updatedAt ? formatMoment(item.updatedAt) : ''],
  ];
  return rows.map(([key, label, value, unit]) => {
    const text = value === null || value === undefined ? '' : String(value);
    return {key, label, value: text, unit: text === '' ? '' : (unit ?? '')};
  });
}
