// How the layers are grouped in the list, and the swatch and legend that stand for each.

import type {Collection} from '../api';
import {codeName, componentGroupName} from '../codes';
import {type Language, translate, type Word} from '../i18n';
import * as palette from '../map/palette';
import {fieldFades} from '../map/style/density';

export type SwatchShape = 'line' | 'dashed' | 'area' | 'outline' | 'hatch' | 'dot' | 'ring' | 'block' | 'icon';

export interface Swatch {
  readonly shape: SwatchShape;
  readonly colour: string;
}

export interface LegendEntry extends Swatch {
  readonly label: string;
}

interface Group {
  readonly title: Word;
  readonly layers: readonly string[];
}

const groups: readonly Group[] = [
  {title: 'groupAdmin', layers: ['district', 'street', 'village']},
  {title: 'groupGround', layers: ['water', 'place']},
  {title: 'groupTransport', layers: ['road', 'metro_line', 'metro_station']},
  {title: 'groupPipelines', layers: ['pipeline']},
  {title: 'groupBuildings', layers: ['building', 'curtain_wall', 'heritage', 'compound', 'construction_site']},
  {title: 'groupComponents', layers: ['component']},
];

export interface LayerGroup {
  readonly title: string;
  readonly collections: readonly Collection[];
}

/** The collections in their groups, layers that we have no group for last. */
export function groupLayers(collections: readonly Collection[], language: Language): LayerGroup[] {
  const grouped = groups.map(({title, layers}) => ({
    title: translate(language, title),
    collections: layers.flatMap((layer) => collections.filter(({id}) => id === layer)),
  }));
  const known = new Set(groups.flatMap(({layers}) => layers));
  const others = {title: translate(language, 'groupOther'), collections: collections.filter(({id}) => !known.has(id))};
  return [...grouped, others].filter((group) => group.collections.length > 0);
}

const swatches: Readonly<Record<string, Swatch>> = {
  district: {shape: 'outline', colour: palette.border.district},
  street: {shape: 'dashed', colour: palette.border.street},
  village: {shape: 'dashed', colour: palette.border.village},
  water: {shape: 'area', colour: palette.ground.waterLine},
  place: {shape: 'icon', colour: '#8fd3ea'},
  road: {shape: 'line', colour: palette.road.motorway},
  metro_line: {shape: 'line', colour: palette.metroFallback},
  metro_station: {shape: 'dot', colour: '#eaf6fc'},
  pipeline: {shape: 'line', colour: palette.medium.water ?? palette.custom},
  building: {shape: 'block', colour: '#3d86b0'},
  curtain_wall: {shape: 'block', colour: palette.curtainWall},
  heritage: {shape: 'icon', colour: palette.heritage},
  compound: {shape: 'outline', colour: palette.compound},
  construction_site: {shape: 'hatch', colour: palette.site},
  component: {shape: 'dot', colour: palette.componentGroup['01'] ?? palette.custom},
};

export function swatchOf(layer: string): Swatch {
  return swatches[layer] ?? {shape: 'area', colour: palette.custom};
}

/** The legend of the layers on the screen, in groups that stay together; components only where they are drawn one by one. */
export function legendOf(shown: ReadonlySet<string>, zoom: number, language: Language): LegendEntry[][] {
  const entries: LegendEntry[][] = [];
  if (shown.has('component') && zoom >= fieldFades[0]) {
    const names = {'01': '市政公用', '02': '交通', '03': '市容环卫', '04': '园林绿化', '05': '其他'};
    entries.push([
      ...Object.entries(names).map(([group, chinese]) => ({
        shape: 'dot' as const,
        colour: palette.componentGroup[group] ?? palette.custom,
        label: componentGroupName(group, chinese, language),
      })),
      {shape: 'ring', colour: palette.damaged, label: translate(language, 'damaged')},
    ]);
  }
  if (shown.has('pipeline')) {
    entries.push(
      Object.entries(palette.medium).map(([medium, colour]) => ({
        shape: 'line' as const,
        colour,
        label: codeName('medium', medium, language),
      })),
    );
  }
  return entries;
}

/** Stops of the height legend: the first colour of each step and the metres it starts at. */
export const heightStops = palette.heights;
