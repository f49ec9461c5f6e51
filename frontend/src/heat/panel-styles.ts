// The look of the panel of the heat.

import {css} from 'lit';
import {base} from '../ui/base';
import {placeMarkStyles} from './place-marks';

export const heatPanelStyles = [
  base,
  placeMarkStyles,
  css`
    :host {
      display: flex;
      min-height: 0;
    }
    yp-panel {
      flex: 1;
      min-width: 0;
    }
    .evening {
      padding: calc(9 * var(--u)) calc(16 * var(--u));
    }
    h3,
    p {
      margin: 0;
      font: inherit;
    }
    h3 {
      font-size: calc(15 * var(--u));
    }
    .buttons {
      display: flex;
      flex-wrap: wrap;
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
    header {
      display: flex;
      gap: calc(8 * var(--u));
      align-items: baseline;
      justify-content: space-between;
    }
    .switch {
      padding: 0 calc(6 * var(--u));
      border: 1px solid var(--line);
      font-size: calc(14 * var(--u));
      color: var(--text-plain);
      white-space: nowrap;
    }
    yp-place-card {
      border-top: 1px solid var(--line);
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
      color: var(--text-plain);
    }
    .fault {
      padding: 0 calc(16 * var(--u)) calc(6 * var(--u));
      font-size: calc(14 * var(--u));
      color: var(--fault);
    }
  `,
];
