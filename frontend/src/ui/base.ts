// Styles that every element of the wall shares.

import {css} from 'lit';

export const base = css`
  :host {
    box-sizing: border-box;
  }
  :host([hidden]) {
    display: none;
  }
  *,
  *::before,
  *::after {
    box-sizing: inherit;
  }
  button {
    font: inherit;
    color: inherit;
    background: none;
    border: 0;
    padding: 0;
    cursor: pointer;
    text-align: inherit;
  }
  :focus-visible {
    outline: calc(2 * var(--u)) solid var(--accent);
    outline-offset: calc(1 * var(--u));
    border-radius: calc(2 * var(--u));
  }
  .scroll {
    overflow-y: auto;
    overscroll-behavior: contain;
    scrollbar-width: thin;
    scrollbar-color: rgb(94 196 224 / 30%) transparent;
  }
`;
