// 城市体征: the headline figures of the city, straight from the catalog's summaries.
//
// A figure that the server does not give is shown as missing; none is computed from another.

import type {Catalog, Collection, Summary} from '../api';
import {formatCompact, formatDecimal, formatInteger} from '../format';
import {type Language, translate, type Word} from '../i18n';

/** One headline figure, ready to show. */
export interface Vital {
  readonly key: string;
  readonly title: string;
  /** The layer that the figure opens. */
  readonly layer: string;
  readonly icon: string;
  /** Null when the layer is missing or empty. */
  readonly figure: {readonly value: string; readonly unit: string} | null;
  /** A second figure in words, or empty. */
  readonly detail: string;
  readonly sources: string;
  readonly synthetic: boolean;
  readonly asOf: string;
}

interface Definition {
  readonly layer: string;
  readonly title: Word;
  readonly icon: string;
  readonly figure: (summary: Summary, language: Language) => {readonly value: string; readonly unit: Word} | null;
  readonly detail?: (summary: Summary, others: Others, language: Language) => string;
}
type Others = (layer: string) => Summary | null;

const definitions: readonly Definition[] = [
  {
    layer: 'component',
    title: 'vitalComponents',
    icon: 'M8 21V8a4 4 0 0 1 4-4h2.5a3 3 0 0 1 3 3M15 8h5M5 21h6M16 21a2.5 2.5 0 1 0-.01 0',
    figure: ({features}) => ({value: formatInteger(features), unit: 'unitPieces'}),
  },
  {
    layer: 'pipeline',
    title: 'vitalPipelines',
    icon: 'M3 8h7a3 3 0 0 1 3 3v2a3 3 0 0 0 3 3h5M3 5v6M21 13v6',
    figure: ({lengthMetres}) => kilometres(lengthMetres),
    detail: ({features}, _, language) => translate(language, 'segments', {n: formatCompact(features, language)}),
  },
  {
    layer: 'building',
    title: 'vitalFloorArea',
    icon: 'M5 20V6l7-3v17M12 9h7v11M3 20h18M8 8v.01M8 12v.01M8 16v.01M15.5 13v.01M15.5 16.5v.01',
    figure: ({sums}, language) => {
      const area = sums.floor_area_m2;
      return area === undefined
        ? null
        : {value: formatDecimal(area / (language === 'zh' ? 1e8 : 1e9), 2), unit: 'unitFloorArea'};
    },
    detail: ({features}, _, language) => translate(language, 'buildingsCount', {n: formatInteger(features)}),
  },
  {
    layer: 'curtain_wall',
    title: 'vitalCurtainWalls',
    icon: 'M6 21V3h12v18M6 9h12M6 15h12M12 3v18M3 21h18',
    figure: ({features}) => ({value: formatInteger(features), unit: 'unitBuildings'}),
    detail: ({sums}, _, language) =>
      part(sums.high_rise, (n) => translate(language, 'highRise', {n: formatInteger(n)})) ||
      part(sums.panes, (n) => translate(language, 'panes', {n: formatCompact(n, language)})),
  },
  {
    layer: 'heritage',
    title: 'vitalHeritage',
    icon: 'M3 10q6-1 9-6 3 5 9 6M6 10v10M18 10v10M10 20v-6h4v6M3 20h18',
    figure: ({features}) => ({value: formatInteger(features), unit: 'unitPlaces'}),
  },
  {
    layer: 'compound',
    title: 'vitalCompounds',
    icon: 'M3 20h18M5 20V9l4-3 4 3v11M13 20v-8h6v8M8 12v.01M8 16v.01M16 15.5v.01',
    figure: ({features}) => ({value: formatInteger(features), unit: 'unitCompounds'}),
    detail: ({sums}, _, language) =>
      part(sums.households, (n) => translate(language, 'households', {n: formatCompact(n, language)})),
  },
  {
    layer: 'construction_site',
    title: 'vitalSites',
    icon: 'M8 21V4M5 21h6M4 7h16M8 4l12 3M18 7v4M16.5 11h3v3h-3z',
    figure: ({features}) => ({value: formatInteger(features), unit: 'unitPlaces'}),
    detail: ({sums}, _, language) => part(sums.cranes, (n) => translate(language, 'cranes', {n: formatInteger(n)})),
  },
  {
    layer: 'metro_line',
    title: 'vitalMetro',
    icon: 'M7 4h10a2 2 0 0 1 2 2v9a2 2 0 0 1-2 2H7a2 2 0 0 1-2-2V6a2 2 0 0 1 2-2zM5 11h14M8.5 14.2v.01M15.5 14.2v.01M8 17l-2 4M16 17l2 4',
    figure: ({lengthMetres}) => kilometres(lengthMetres),
    detail: (_, others, language) =>
      part(others('metro_station')?.features, (n) => translate(language, 'stations', {n: formatInteger(n)})),
  },
  {
    layer: 'district',
    title: 'vitalPopulation',
    icon: 'M9 11a3.5 3.5 0 1 0-.01 0M2.5 20a6.5 6.5 0 0 1 13 0M16 4.5a3.2 3.2 0 0 1 0 6.2M17.5 14a6 6 0 0 1 4 6',
    figure: ({sums}, language) => {
      const people = sums.population;
      if (people === undefined || people === 0) return null;
      return {
        value: formatDecimal(people / (language === 'zh' ? 1e4 : 1e6), language === 'zh' ? 0 : 2),
        unit: 'unitTenThousandPeople',
      };
    },
    detail: ({features}, others, language) =>
      part(others('street')?.features, (streets) =>
        translate(language, 'regionsCount', {districts: features, streets}),
      ),
  },
];

/** The headline figures in their order. */
export function vitalsOf(catalog: Catalog, language: Language): Vital[] {
  const byId = new Map(catalog.collections.map((collection) => [collection.id, collection]));
  const others: Others = (layer) => byId.get(layer)?.summary ?? null;
  return definitions.map((definition) => vitalOf(definition, byId.get(definition.layer), others, language));
}

function vitalOf(
  {layer, title, icon, figure, detail}: Definition,
  collection: Collection | undefined,
  others: Others,
  language: Language,
): Vital {
  const summary = collection?.summary;
  const present = summary && summary.features > 0 ? figure(summary, language) : null;
  return {
    key: `${layer}-${title}`,
    title: translate(language, title),
    layer,
    icon,
    figure: present && {value: present.value, unit: translate(language, present.unit)},
    detail: summary && present ? (detail?.(summary, others, language) ?? '') : '',
    sources: collection?.sources.map((source) => source.title).join(language === 'zh' ? '、' : ', ') ?? '',
    synthetic: (summary?.synthetic ?? 0) > 0,
    asOf: summary?.asOf ?? '',
  };
}

function kilometres(metres: number | null): {value: string; unit: Word} | null {
  return metres === null ? null : {value: formatInteger(metres / 1000), unit: 'unitKilometres'};
}

function part(value: number | undefined, write: (value: number) => string): string {
  return value === undefined || value === 0 ? '' : write(value);
}
