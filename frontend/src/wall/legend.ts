// The legend of what is on the screen.

import {css, html, LitElement, nothing} from 'lit';
import {customElement, property} from 'lit/decorators.js';
import {type Language, translate} from '../i18n';
import {base} from '../ui/base';
import {swatch} from '../ui/swatch';
import {heightStops, legendOf} from './layer-groups';

@customElement('yp-legend')
export class Legend extends LitElement {
  @property({attribute: false}) language: Language = 'zh';
  /** Layers that are switched on and drawn at this zoom. */
  @property({attribute: false}) shown: ReadonlySet<string> = new Set();

  static override styles = [
    base,
    css`
      :host {
        display: flex;
        flex-wrap: wrap;
        gap: calc(6 * var(--u)) calc(10 * var(--u));
        pointer-events: none;
        font-size: calc(14 * var(--u));
        color: var(--text-plain);
      }
      ul {
        display: flex;
        flex-wrap: wrap;
        justify-content: center;
        gap: 0 calc(13 * var(--u));
        list-style: none;
        margin: 0;
        padding: calc(4 * var(--u)) calc(12 * var(--u));
        background: rgb(8 19 36 / 84%);
        border: 1px solid var(--line);
      }
      li {
        display: flex;
        align-items: center;
        gap: calc(4 * var(--u));
        white-space: nowrap;
      }
      .swatch {
        width: calc(20 * var(--u));
        height: calc(12 * var(--u));
      }
      .step {
        display: inline-block;
        width: calc(20 * var(--u));
        height: calc(10 * var(--u));
      }
    `,
  ];

  protected override render() {
    const {language, shown} = this;
    return html`
      ${legendOf(shown, language).map(
        (entries) => html`<ul aria-label=${translate(language, 'legend')}>
          ${entries.map((entry) => html`<li>${swatch(entry)}${entry.label}</li>`)}
        </ul>`,
      )}
      ${
        shown.has('building')
          ? html`<ul>
            <li>${translate(language, 'heightLegend')}</li>
            ${heightStops.map(([metres, colour]) => html`<li><span class="step" style="background:${colour}"></span>${metres}</li>`)}
          </ul>`
          : nothing
      }
    `;
  }
}
