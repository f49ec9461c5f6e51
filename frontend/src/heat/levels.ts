// The names of the ladder's levels.

import type {Word} from '../i18n';
import type {Level} from './api';

/** From calm up. */
export const levels: readonly Level[] = ['calm', 'watch', 'warn', 'alarm', 'critical'];

export const levelWords: Readonly<Record<Level, Word>> = {
  calm: 'levelCalm',
  watch: 'levelWatch',
  warn: 'levelWarn',
  alarm: 'levelAlarm',
  critical: 'levelCritical',
};
