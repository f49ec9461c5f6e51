// The look of the card of a place.

import {css} from 'lit';
import {base} from '../ui/base';
import {placeMarkStyles} from './place-marks';

export const placeCardStyles = [
  base,
  placeMarkStyles,
  css`
    :host {
      display: block;
    }
    section {
      padding: calc(8 * var(--u)) calc(16 * var(--u));
    }
    header {
      display: flex;
      gap: calc(8 * var(--u));
      align-items: baseline;
      font-size: calc(16 * var(--u));
    }
    .name {
      font-weight: 600;
    }
    .name:hover {
      color: var(--accent);
    }
    .marks {
      margin-left: auto;
      white-space: nowrap;
    }
    abbr {
      width: calc(17 * var(--u));
      border: 1px solid var(--text-faint);
      border-radius: 50%;
      font-size: calc(13 * var(--u));
      line-height: calc(15 * var(--u));
      text-align: center;
      text-decoration: none;
      color: var(--text-plain);
      cursor: help;
    }
    p,
    dl,
    dd {
      margin: 0;
    }
    .figure {
      font-size: calc(14 * var(--u));
      color: var(--text-plain);
      white-space: nowrap;
    }
    .figure strong {
      font-size: calc(46 * var(--u));
      font-weight: 600;
      line-height: 1.15;
      color: #eefaff;
    }
    .figure strong.band {
      font-size: calc(32 * var(--u));
      line-height: 1.5;
    }
    .plain,
    .foreseen {
      font-size: calc(14 * var(--u));
      color: var(--text-plain);
    }
    dl {
      font-size: calc(14 * var(--u));
      white-space: nowrap;
    }
    dt {
      color: var(--text-faint);
    }
    .plain {
      padding-bottom: calc(4 * var(--u));
    }
    .facts {
      display: grid;
      grid-template-columns: auto auto auto;
      justify-content: space-between;
    }
    .figures {
      display: grid;
      grid-template-columns: auto 1fr;
      gap: calc(1 * var(--u)) calc(10 * var(--u));
      margin: calc(5 * var(--u)) 0;
      padding: calc(5 * var(--u)) 0;
      border: solid rgb(94 196 224 / 12%);
      border-width: 1px 0;
    }
    .figures:not(:has(dt)) {
      display: none;
    }
    .figures dd {
      text-align: right;
    }
    .foreseen:empty {
      display: none;
    }
  `,
];
