// A place in words: its name, its people, and what is foreseen of it.

import {formatDecimal, formatInteger, formatSpan} from '../format';
import {type Language, translate, type Word} from '../i18n';
import type {People, PlaceProperties, Visitors, WindowName} from './api';
import type {Crossing} from './history-api';
import {levels, levelWords} from './levels';

export function nameOf({name, name_en}: Pick<PlaceProperties, 'name' | 'name_en'>, language: Language): string {
  return language === 'zh' ? name : name_en || name;
}

/** 77,000, or 61,000–84,000 where the sources do not agree. */
export function peopleOf({people, devices}: PlaceProperties): string {
  if (!people) return formatInteger(devices);
  return people.mid === null ? bandOf(people) : formatInteger(people.mid);
}

/** 69,000–84,000 */
export function bandOf({low, high}: People): string {
  return `${formatInteger(low)}–${formatInteger(high)}`;
}

const sourceWords: Readonly<Record<string, Word>> = {devices: 'sourceDevices', counters: 'sourceCounters'};

/** What the people are known from, in words. */
export function sourcesOf({sources, agree, factor, synthetic}: People, language: Language): string {
  const names = sources.map((source) => {
    const word = sourceWords[source];
    const name = word ? translate(language, word) : source;
    return synthetic && source === 'counters' ? `${name} (${translate(language, 'synthetic')})` : name;
  });
  if (!agree) return translate(language, 'sourcesDiffer', {sources: names.join(language === 'zh' ? '、' : ', ')});
  const [low, high] = [formatDecimal(factor.low, 2), formatDecimal(factor.high, 2)];
  const times = translate(language, factor.measured ? 'factorMeasured' : 'factorAssumed', {low, high});
  return `${names.join(' + ')} · ${times}`;
}

/** The level above the present one that comes first, with its time if there is one, in words; or empty. */
export function foreseenOf(
  {level, next, next_after_s: after}: PlaceProperties,
  crossings: readonly Crossing[],
  now: number,
  language: Language,
): string {
  const words = (to: PlaceProperties['next'], ms: number) =>
    translate(language, 'heatForeseen', {n: formatSpan(ms, language), level: translate(language, levelWords[to])});
  if (after !== null && levels.indexOf(next) > levels.indexOf(level)) return words(next, after * 1000);
  const crossing = crossings
    .filter((one) => one.t > now && levels.indexOf(one.level) > levels.indexOf(level))
    .toSorted((a, b) => a.t - b.t)[0];
  if (!crossing) return '';
  const sure = crossing.probability === null ? '' : ` (${formatInteger(crossing.probability * 100)}%)`;
  return words(crossing.level, crossing.t - now) + sure;
}

const windowWords: readonly (readonly [WindowName, Word])[] = [
  ['hour', 'windowHour'],
  ['evening', 'windowEvening'],
  ['day', 'windowDay'],
];

/** The distinct visitors of the spans that are counted, each with twice its standard error. */
export function windowsOf(
  {windows}: PlaceProperties,
  language: Language,
): {key: WindowName; name: string; value: string}[] {
  return windowWords.flatMap(([name, word]) => {
    const counted = windows?.[name];
    return counted ? [{key: name, name: translate(language, word), value: visitorsOf(counted)}] : [];
  });
}

function visitorsOf({visitors, error}: Visitors): string {
  const spread = error > 0 ? ` ±${formatDecimal(error * 200, 1)}%` : '';
  return formatInteger(visitors) + spread;
}
