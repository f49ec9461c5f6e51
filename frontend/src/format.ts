// Numbers, times and units as the screens write them.

import type {Language} from './i18n';

/** 14,950,000 */
export function formatInteger(value: number): string {
  return Math.round(value).toLocaleString('en-US');
}

/** A count in at most five characters: 1,495万 in Chinese, 14.95M in English. */
export function formatCompact(value: number, language: Language): string {
  const steps: readonly (readonly [number, string])[] =
    language === 'zh'
      ? [
          [1e8, '亿'],
          [1e4, '万'],
        ]
      : [
          [1e9, 'B'],
          [1e6, 'M'],
          [1e3, 'k'],
        ];
  for (const [size, suffix] of steps) {
    if (value >= size) return significant(value / size) + suffix;
  }
  return formatInteger(value);
}

/** Four significant digits at most, grouped, without trailing zeros. */
function significant(value: number): string {
  const digits = Math.max(0, 3 - Math.floor(Math.log10(value)));
  return Number(value.toFixed(Math.min(digits, 2))).toLocaleString('en-US', {maximumFractionDigits: 2});
}

/** A decimal with a fixed number of places: 13.00 */
export function formatDecimal(value: number, places: number): string {
  return value.toLocaleString('en-US', {minimumFractionDigits: places, maximumFractionDigits: places});
}

const unitNames: Readonly<Record<string, Text2>> = {
  m: ['米', 'm'],
  mm: ['毫米', 'mm'],
  km: ['公里', 'km'],
  m2: ['平方米', 'm²'],
  d: ['天', 'days'],
};
type Text2 = readonly [zh: string, en: string];

/** The name of a UCUM unit, or the symbol itself when we have no word for it. */
export function formatUnit(unit: string, language: Language): string {
  return unitNames[unit]?.[language === 'zh' ? 0 : 1] ?? unit;
}

/** 21:07:33 in the viewer's zone. */
export function formatClock(time: Date): string {
  return [time.getHours(), time.getMinutes(), time.getSeconds()].map(twoDigits).join(':');
}

/** 2026-11-21 in the viewer's zone. */
export function formatDay(time: Date): string {
  return [time.getFullYear(), twoDigits(time.getMonth() + 1), twoDigits(time.getDate())].join('-');
}

/** 2026-11-21 21:07 in the viewer's zone, or the text itself when it is no time. */
export function formatMoment(time: string): string {
  const date = new Date(time);
  if (Number.isNaN(date.getTime())) return time;
  return `${formatDay(date)} ${formatClock(date).slice(0, 5)}`;
}

export function formatWeekday(time: Date, language: Language): string {
  return time.toLocaleDateString(language === 'zh' ? 'zh-CN' : 'en-GB', {weekday: 'long'});
}

/** How old a moment is, in the largest whole unit. */
export function formatAge(time: string, now: Date, language: Language): string {
  const ms = now.getTime() - Date.parse(time);
  if (Number.isNaN(ms)) return time;
  if (ms < 60_000) return language === 'zh' ? '刚刚' : 'just now';
  return `${formatSpan(ms, language)}${language === 'zh' ? '前' : ' ago'}`;
}

const spans: readonly (readonly [seconds: number, zh: string, en: string])[] = [
  [86400, '天', 'd'],
  [3600, '小时', 'h'],
  [60, '分钟', 'min'],
];

/** A span of time in the largest whole unit, from seconds. */
export function formatSpan(ms: number, language: Language): string {
  const seconds = Math.max(0, ms / 1000);
  const [size, zh, en] = spans.find(([least]) => seconds >= least) ?? [1, '秒', 's'];
  return `${Math.floor(seconds / size)} ${language === 'zh' ? zh : en}`;
}

/** Degrees with the five places that are worth a metre. */
export function formatPosition(lon: number, lat: number): string {
  return `${lon.toFixed(5)}, ${lat.toFixed(5)}`;
}

function twoDigits(value: number): string {
  return String(value).padStart(2, '0');
}
