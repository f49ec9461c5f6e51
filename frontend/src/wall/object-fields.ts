// Every field of an object of a stream in words: what its card shows and the tests read.

import {formatDecimal, formatMoment, formatPosition, formatSpan, formatUnit} from '../format';
import {type Language, translate} from '../i18n';
import type {StreamDefinition, StreamObject} from '../streams';
import type {Field} from './feature-fields';

export interface ObjectInput {
  readonly object: StreamObject;
  readonly definition: StreamDefinition | undefined;
  readonly track: GeoJSON.FeatureCollection | null;
  readonly now: Date;
  readonly language: Language;
}

/** What an object is called: by its plate, if it has one. */
export function objectTitle({key, fields}: StreamObject): string {
  return typeof fields.plate === 'string' && fields.plate !== '' ? fields.plate : key;
}

export function objectFields({object, definition, track, now, language}: ObjectInput): Field[] {
  const {fields, time, lon, lat} = object;
  const state = definition?.states.get(Number(fields.st))?.[language];
  const shown: Field[] = [];
  const add = (key: string, label: string, value: unknown, unit = '') =>
    value === undefined || value === null || shown.push({key, label, value: String(value), unit});
  add('age', translate(language, 'lastFix'), formatSpan(now.getTime() - Date.parse(time), language));
  if (definition?.mover) {
    add('st', definition.fields.find(({name}) => name === 'st')?.title[language] ?? 'st', state ?? fields.st);
    if (typeof fields.s === 'number') {
      add('s', translate(language, 'speed'), formatDecimal(fields.s * 3.6, 0), 'km/h');
    }
    if (typeof fields.h === 'number') add('h', translate(language, 'heading'), formatDecimal(fields.h, 0), '°');
  }
  for (const {name, title, type, unit} of definition?.fields ?? []) {
    if (known.has(name)) continue;
    const value = fields[name];
    const text = type === 'boolean' && value !== undefined ? translate(language, value ? 'yes' : 'no') : value;
    add(name, title[language], text, unit ? formatUnit(unit, language) : '');
  }
  add('position', translate(language, 'position'), formatPosition(lon, lat));
  add('time', translate(language, 'fixTime'), formatMoment(time));
  add('key', translate(language, 'code'), object.key);
  if (track) add('track', translate(language, 'trackHour'), trackText(track, language));
  return shown;
}

/** Fields that stand elsewhere on the card. */
const known: ReadonlySet<string> = new Set(['s', 'h', 'st', 'synthetic', 'stale']);

function trackText(track: GeoJSON.FeatureCollection, language: Language): string {
  const lines = track.features.flatMap(({geometry}) => (geometry.type === 'LineString' ? [geometry.coordinates] : []));
  if (lines.length === 0) return translate(language, 'trackNone');
  const metres = lines.reduce((sum, line) => sum + lengthMetres(line), 0);
  const fixes = lines.reduce((sum, line) => sum + line.length, 0);
  return translate(language, 'trackLength', {km: formatDecimal(metres / 1000, 1), n: fixes});
}

/** Mean radius of the earth (IUGG), in metres. */
const earthMetres = 6_371_008.8;
const degrees = Math.PI / 180;

/** The length of a line of lon and lat, on a sphere. */
export function lengthMetres(line: readonly (readonly number[])[]): number {
  let sum = 0;
  for (let i = 1; i < line.length; i++) {
    const [lon0 = 0, lat0 = 0] = line[i - 1] ?? [];
    const [lon1 = 0, lat1 = 0] = line[i] ?? [];
    const half = (angle: number) => Math.sin((angle * degrees) / 2) ** 2;
    const part = half(lat1 - lat0) + Math.cos(lat0 * degrees) * Math.cos(lat1 * degrees) * half(lon1 - lon0);
    sum += 2 * earthMetres * Math.asin(Math.sqrt(part));
  }
  return sum;
}
