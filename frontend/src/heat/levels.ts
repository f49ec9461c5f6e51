// The ladder's levels: their names, and where they begin.

import type {Word} from '../i18n';
import type {Level, PlaceProperties} from './api';

/** From calm up. */
export const levels: readonly Level[] = ['calm', 'watch', 'warn', 'alarm', 'critical'];

export const levelWords: Readonly<Record<Level, Word>> = {
  calm: 'levelCalm',
  watch: 'levelWatch',
  warn: 'levelWarn',
  alarm: 'levelAlarm',
  critical: 'levelCritical',
};

/** How many devices make a level at a place. */
export interface Threshold {
  readonly level: Level;
  readonly devices: number;
}

/** The ladder of a place, by the densities of heatmap/ladder.go and the area that people can use. */
export function thresholdsOf({flow, area_m2}: Pick<PlaceProperties, 'flow' | 'area_m2'>): Threshold[] {
  const densities = {watch: 2, warn: flow === 'standing' ? 4 : 3.5, alarm: 5, critical: 6.5};
  return Object.entries(densities).map(([level, density]) => ({level: level as Level, devices: density * area_m2}));
}
