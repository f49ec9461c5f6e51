// The look of the panel of the heat.

import {css} from 'lit';
import {base} from '../ui/base';

export const heatPanelStyles = [
  base,
  css`
    :host {
      display: flex;
      min-height: 0;
    }
    yp-panel {
      flex: 1;
      min-width: 0;
    }
    section {
      padding: calc(9 * var(--u)) calc(16 * var(--u));
    }
    h3,
    p,
    dl,
    dd {
      margin: 0;
      font: inherit;
    }
    h3 {
      font-size: calc(15 * var(--u));
    }
    .clock {
      display: flex;
      align-items: baseline;
      justify-content: space-between;
      font-size: calc(14 * var(--u));
      color: var(--text-plain);
    }
    .clock time {
      font-size: calc(34 * var(--u));
      font-weight: 600;
      line-height: 1.25;
      color: #eefaff;
    }
    .buttons {
      display: flex;
      gap: calc(4 * var(--u));
      margin-top: calc(5 * var(--u));
      font-size: calc(14 * var(--u));
    }
    .buttons button {
      padding: calc(1 * var(--u)) calc(5 * var(--u));
      border: 1px solid var(--line);
      color: var(--text-plain);
      white-space: nowrap;
    }
    .buttons button:hover {
      background: rgb(70 211 234 / 10%);
    }
    .buttons .play,
    .buttons [aria-pressed='true'] {
      border-color: var(--accent);
      color: var(--text);
    }
    .buttons .switch {
      margin-left: auto;
    }
    .core {
      border-top: 1px solid var(--line);
    }
    .core .name {
      display: flex;
      justify-content: space-between;
      width: 100%;
      font-size: calc(15 * var(--u));
    }
    .figure {
      font-size: calc(14 * var(--u));
      color: var(--text-plain);
    }
    .figure strong {
      font-size: calc(38 * var(--u));
      font-weight: 600;
      line-height: 1.2;
      color: #eefaff;
    }
    dl {
      display: grid;
      grid-template-columns: auto auto auto;
      justify-content: space-between;
      font-size: calc(14 * var(--u));
      white-space: nowrap;
    }
    dt {
      color: var(--text-faint);
    }
    .foreseen {
      font-size: calc(14 * var(--u));
      color: var(--text-plain);
    }
    .level {
      padding: 0 calc(6 * var(--u));
      border: 1px solid var(--level);
      color: var(--level);
      font-size: calc(14 * var(--u));
      text-align: center;
      white-space: nowrap;
    }
    yp-curve {
      margin: 0 calc(10 * var(--u)) calc(4 * var(--u)) calc(6 * var(--u));
    }
    ul {
      list-style: none;
      margin: 0;
      padding: calc(2 * var(--u)) 0 calc(5 * var(--u));
      border-top: 1px solid var(--line);
    }
    .place {
      display: grid;
      grid-template-columns: minmax(0, 1fr) auto calc(62 * var(--u)) auto;
      column-gap: calc(8 * var(--u));
      align-items: center;
      width: 100%;
      padding: calc(3 * var(--u)) calc(16 * var(--u));
      font-size: calc(14 * var(--u));
      text-align: right;
    }
    .place:hover {
      background: rgb(70 211 234 / 7%);
    }
    .place .name {
      overflow: hidden;
      text-align: left;
      text-overflow: ellipsis;
      white-space: nowrap;
    }
    .place .foreseen {
      grid-column: 1 / -1;
    }
    .fault {
      padding: 0 calc(16 * var(--u)) calc(6 * var(--u));
      font-size: calc(14 * var(--u));
      color: var(--fault);
    }
  `,
];
