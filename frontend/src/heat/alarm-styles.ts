// The look of the list of alarms.

import {css} from 'lit';
import {base} from '../ui/base';

export const alarmPanelStyles = [
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
    ul {
      list-style: none;
      margin: 0;
      padding: calc(4 * var(--u)) 0;
    }
    li {
      display: grid;
      grid-template-columns: minmax(0, 1fr) auto;
      align-items: center;
      row-gap: calc(2 * var(--u));
      padding: calc(5 * var(--u)) calc(16 * var(--u));
    }
    li + li {
      border-top: 1px solid rgb(94 196 224 / 9%);
    }
    [data-state='closed'] {
      opacity: 0.62;
    }
    .row {
      display: grid;
      grid-column: 1 / -1;
      grid-template-columns: auto minmax(0, 1fr) auto;
      column-gap: calc(8 * var(--u));
      align-items: center;
      font-size: calc(14 * var(--u));
    }
    .level {
      padding: 0 calc(6 * var(--u));
      background: var(--level);
      color: #06101e;
      font-weight: 600;
      white-space: nowrap;
    }
    .level[data-predicted] {
      background: none;
      border: 1px dashed var(--level);
      color: var(--level);
    }
    .name {
      overflow: hidden;
      text-overflow: ellipsis;
      white-space: nowrap;
    }
    time {
      color: var(--text-plain);
    }
    .detail {
      font-size: calc(14 * var(--u));
      color: var(--text-faint);
    }
    .seen {
      grid-column: 1 / -1;
      margin: 0;
      font-size: calc(14 * var(--u));
      color: var(--text-plain);
      overflow-wrap: anywhere;
    }
    .answer,
    .cancel {
      justify-self: start;
      padding: 0 calc(8 * var(--u));
      border: 1px solid var(--accent);
      font-size: calc(14 * var(--u));
    }
    .cancel {
      border-color: var(--line);
      color: var(--text-plain);
    }
    form {
      display: grid;
      grid-column: 1 / -1;
      grid-template-columns: 1fr 1fr;
      gap: calc(4 * var(--u));
      padding-top: calc(3 * var(--u));
    }
    input {
      min-width: 0;
      padding: calc(2 * var(--u)) calc(6 * var(--u));
      border: 1px solid var(--line-strong);
      background: var(--navy);
      color: inherit;
      font: inherit;
      font-size: calc(14 * var(--u));
    }
    form button {
      justify-self: stretch;
      text-align: center;
    }
    .fault {
      margin: 0;
      padding: calc(4 * var(--u)) calc(16 * var(--u));
      font-size: calc(14 * var(--u));
      color: var(--fault);
    }
  `,
];
