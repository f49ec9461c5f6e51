// The signs of a place: its level as a word in its colour, and the lamp of its open alarm.

import {css, html, nothing} from 'lit';
import {type Language, translate} from '../i18n';
import {heatLevels} from '../map/palette';
import type {Alarm} from './alarm-api';
import type {Level} from './api';
import {levelWords} from './levels';

export function levelBadge(level: Level, language: Language) {
  return html`<span class="level" style="--level:${heatLevels[level]}">${translate(language, levelWords[level])}</span>`;
}

/** The lamp of an open alarm, which blinks until somebody has seen to it. */
export function alarmLamp(place: string, alarms: readonly Alarm[], language: Language) {
  const alarm = alarms.find((one) => one.place === place && one.state === 'open');
  if (!alarm) return nothing;
  const words = translate(language, alarm.acknowledged ? 'alarmSeen' : 'alarmUnseen');
  return html`<span
    class="lamp"
    role="img"
    aria-label=${words}
    title=${words}
    data-seen=${alarm.acknowledged !== null}
    style="--level:${heatLevels[alarm.level]}"
  ></span>`;
}

export const placeMarkStyles = css`
  .level {
    padding: 0 calc(6 * var(--u));
    border: 1px solid var(--level);
    color: var(--level);
    font-size: calc(14 * var(--u));
    text-align: center;
    white-space: nowrap;
  }
  .lamp {
    display: inline-block;
    width: calc(11 * var(--u));
    height: calc(11 * var(--u));
    margin-right: calc(6 * var(--u));
    vertical-align: calc(-1 * var(--u));
    border-radius: 50%;
    background: var(--level);
    animation: lamp 1.4s steps(1) infinite;
  }
  .lamp[data-seen='true'] {
    animation: none;
    opacity: 0.7;
  }
  @keyframes lamp {
    50% {
      opacity: 0.15;
    }
  }
  @media (prefers-reduced-motion: reduce) {
    .lamp {
      animation: none;
    }
  }
`;
