// What is wrong, across the top of the map, for as long as it is wrong.

import {css, html, LitElement} from 'lit';
import {customElement, property} from 'lit/decorators.js';
import {base} from '../ui/base';

export interface Fault {
  readonly text: string;
  /** The technical words behind it, or empty. */
  readonly detail: string;
}

@customElement('yp-faults')
export class FaultBand extends LitElement {
  @property({attribute: false}) faults: readonly Fault[] = [];

  static override styles = [
    base,
    css`
      :host {
        display: grid;
        gap: calc(4 * var(--u));
      }
      p {
        margin: 0;
        padding: calc(8 * var(--u)) calc(16 * var(--u));
        background: rgb(72 12 22 / 94%);
        border: 1px solid var(--fault);
        color: #ffe3e5;
        font-size: calc(16 * var(--u));
        text-align: center;
      }
      small {
        display: block;
        color: #f3b4b9;
        font-size: calc(14 * var(--u));
        overflow-wrap: anywhere;
      }
    `,
  ];

  protected override render() {
    return html`<div role="alert">
      ${this.faults.map(({text, detail}) => html`<p>${text}${detail ? html`<small>${detail}</small>` : ''}</p>`)}
    </div>`;
  }
}
