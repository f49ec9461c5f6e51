// The look of the bar under the map.

import {css} from 'lit';
import {base} from '../ui/base';
import {plotInset} from './curve-plot';

export const eveningBarStyles = [
  base,
  css`
      :host {
        display: block;
      }
      .bar {
        display: grid;
        grid-template-columns: calc(218 * var(--u)) minmax(0, 1fr);
        height: calc(222 * var(--u));
      }
      .time {
        display: flex;
        flex-direction: column;
        gap: calc(3 * var(--u));
        padding: calc(8 * var(--u)) calc(12 * var(--u)) calc(8 * var(--u)) calc(16 * var(--u));
        border-right: 1px solid var(--line);
        font-size: calc(14 * var(--u));
        color: var(--text-plain);
      }
      .mode {
        align-self: start;
        padding: 0 calc(8 * var(--u));
        border: 1px solid var(--accent);
        color: var(--accent);
        font-weight: 600;
      }
      [data-mode='past'] .mode {
        background: var(--accent);
        color: var(--navy);
      }
      time {
        font-size: calc(40 * var(--u));
        font-weight: 600;
        line-height: 1.1;
        color: #eefaff;
      }
      .buttons {
        display: flex;
        flex-wrap: wrap;
        gap: calc(4 * var(--u));
        margin-top: auto;
      }
      .buttons button {
        min-height: calc(26 * var(--u));
        padding: 0 calc(7 * var(--u));
        border: 1px solid var(--line);
        color: var(--text-plain);
        white-space: nowrap;
      }
      .buttons button:hover {
        background: rgb(70 211 234 / 10%);
      }
      .buttons [aria-pressed='true'],
      .buttons .live:not(:disabled) {
        border-color: var(--accent);
        color: var(--text);
      }
      .buttons button:disabled {
        opacity: 0.45;
        cursor: default;
      }
      .icon {
        width: calc(15 * var(--u));
        vertical-align: calc(-2 * var(--u));
        fill: none;
        stroke: currentcolor;
        stroke-width: 2.4;
        stroke-linejoin: round;
      }
      .over-time {
        display: grid;
        grid-template-rows: auto minmax(0, 1fr) auto;
        min-width: 0;
        padding-top: calc(5 * var(--u));
      }
      .caption {
        display: flex;
      flex-wrap: wrap;
      /* One line: what does not fit is left out. */
      height: calc(22 * var(--u));
        gap: calc(4 * var(--u)) calc(16 * var(--u));
        padding: 0 calc(${plotInset.right} * var(--u)) 0 calc(14 * var(--u));
        font-size: calc(14 * var(--u));
        color: var(--text-plain);
        white-space: nowrap;
        overflow: hidden;
      }
      .caption b {
        font-weight: 600;
        color: var(--text);
      }
      .key::before {
        content: '';
        display: inline-block;
        width: calc(20 * var(--u));
        margin-right: calc(6 * var(--u));
        vertical-align: calc(4 * var(--u));
        border-top: calc(2 * var(--u)) var(--stroke, solid) var(--colour);
      }
      .key.area::before {
        height: calc(10 * var(--u));
        vertical-align: calc(-1 * var(--u));
        border: 0;
        background: var(--colour);
      }
      .score {
        margin-left: auto;
      }
      yp-time-slider {
        margin: 0 calc(${plotInset.right} * var(--u)) calc(5 * var(--u)) calc(${plotInset.left} * var(--u));
      }
      .waiting {
        align-self: center;
        justify-self: center;
        color: var(--text-faint);
      }
      @media (max-width: 760px) {
        .caption .key,
        .score {
          display: none;
        }
        .bar {
          grid-template-columns: 132px minmax(0, 1fr);
          height: 150px;
        }
      }
    `,
];
