// The frame and the fields of the cards.

import {css} from 'lit';

export const cardStyles = css`
  :host {
    display: flex;
    flex-direction: column;
    min-height: 0;
    background: var(--panel-solid);
    border: 1px solid var(--line-strong);
    box-shadow: 0 0 calc(24 * var(--u)) rgb(2 8 18 / 60%);
  }
  header {
    flex: none;
    padding: calc(12 * var(--u)) calc(16 * var(--u)) calc(10 * var(--u));
    border-bottom: 1px solid var(--line);
    background: linear-gradient(90deg, rgb(70 211 234 / 18%), transparent 75%);
  }
  .kind {
    display: flex;
    align-items: center;
    gap: calc(8 * var(--u));
    font-size: calc(14 * var(--u));
    color: var(--text-plain);
  }
  .badge {
    border: 1px solid var(--line-strong);
    color: var(--accent);
    padding: 0 calc(6 * var(--u));
    font-size: calc(14 * var(--u));
  }
  h2 {
    margin: calc(2 * var(--u)) 0 0;
    font-size: calc(22 * var(--u));
    line-height: 1.3;
    font-weight: 600;
    overflow-wrap: anywhere;
  }
  .close {
    margin-left: auto;
    width: calc(26 * var(--u));
    height: calc(26 * var(--u));
    display: grid;
    place-content: center;
  }
  .icon {
    width: calc(18 * var(--u));
    height: calc(18 * var(--u));
    fill: none;
    stroke: currentColor;
    stroke-width: 1.6;
    stroke-linecap: round;
    stroke-linejoin: round;
  }
  .verbs {
    display: flex;
    gap: calc(8 * var(--u));
    margin-top: calc(9 * var(--u));
    align-items: center;
    font-size: calc(14 * var(--u));
  }
  .verbs button {
    display: flex;
    align-items: center;
    gap: calc(5 * var(--u));
    padding: calc(4 * var(--u)) calc(9 * var(--u));
    border: 1px solid var(--line);
    white-space: nowrap;
  }
  .verbs button:hover,
  .verbs button[aria-pressed='true'] {
    border-color: var(--line-strong);
    color: var(--accent);
  }
  .here {
    margin-left: auto;
    color: var(--text-faint);
    font-size: calc(14 * var(--u));
    white-space: nowrap;
  }
  .step {
    padding: calc(4 * var(--u)) calc(6 * var(--u)) !important;
  }
  .body {
    flex: 1;
    min-height: 0;
    padding: calc(4 * var(--u)) calc(16 * var(--u)) calc(12 * var(--u));
  }
  h3 {
    margin: calc(10 * var(--u)) 0 calc(3 * var(--u));
    font-size: calc(14 * var(--u));
    font-weight: 400;
    letter-spacing: 0.16em;
    color: var(--accent);
  }
  dl {
    margin: 0;
    display: grid;
    grid-template-columns: minmax(calc(92 * var(--u)), auto) 1fr;
  }
  dt,
  dd {
    margin: 0;
    padding: calc(3.5 * var(--u)) 0;
    border-bottom: 1px solid rgb(94 196 224 / 8%);
    font-size: calc(14.5 * var(--u));
    line-height: 1.4;
  }
  dt {
    color: var(--text-faint);
    padding-right: calc(12 * var(--u));
  }
  dd {
    overflow-wrap: anywhere;
  }
  .none {
    color: var(--text-faint);
  }
  .unit {
    color: var(--text-plain);
    margin-left: calc(4 * var(--u));
    font-size: calc(14 * var(--u));
  }
  .fault {
    color: var(--fault);
  }
`;
