// A framed panel with a heading that folds it.

import {css, html, LitElement} from 'lit';
import {customElement, property} from 'lit/decorators.js';
import {type Language, translate} from '../i18n';
import {base} from './base';

@customElement('yp-panel')
export class Panel extends LitElement {
  @property() heading = '';
  /** A few words beside the heading. */
  @property() note = '';
  @property({attribute: false}) language: Language = 'zh';
  @property({type: Boolean, reflect: true}) folded = false;

  static override styles = [
    base,
    css`
      :host {
        display: flex;
        flex-direction: column;
        min-height: 0;
        position: relative;
        background: var(--panel);
        border: 1px solid var(--line);
      }
      /* The corners of the frame are drawn stronger, as on an instrument. */
      :host::before,
      :host::after {
        content: '';
        position: absolute;
        inset: -1px;
        pointer-events: none;
        background:
          linear-gradient(var(--line-strong), var(--line-strong)) 0 0 / calc(14 * var(--u)) 1px,
          linear-gradient(var(--line-strong), var(--line-strong)) 0 0 / 1px calc(14 * var(--u)),
          linear-gradient(var(--line-strong), var(--line-strong)) 100% 0 / calc(14 * var(--u)) 1px,
          linear-gradient(var(--line-strong), var(--line-strong)) 100% 0 / 1px calc(14 * var(--u));
        background-repeat: no-repeat;
      }
      :host::after {
        transform: scaleY(-1);
      }
      header {
        flex: none;
        background: linear-gradient(90deg, rgb(70 211 234 / 14%), transparent 70%);
        border-bottom: 1px solid var(--line);
      }
      h2 {
        margin: 0;
        font: inherit;
      }
      button {
        display: flex;
        align-items: baseline;
        gap: calc(10 * var(--u));
        width: 100%;
        padding: calc(9 * var(--u)) calc(16 * var(--u));
      }
      .heading {
        font-weight: 600;
        font-size: calc(17 * var(--u));
        letter-spacing: 0.14em;
      }
      .heading::before {
        content: '';
        display: inline-block;
        width: calc(3 * var(--u));
        height: calc(14 * var(--u));
        margin-right: calc(10 * var(--u));
        vertical-align: calc(-1 * var(--u));
        background: var(--accent);
      }
      .note {
        margin-left: auto;
        font-size: calc(14 * var(--u));
        color: var(--text-faint);
        white-space: nowrap;
      }
      .chevron {
        align-self: center;
        width: calc(8 * var(--u));
        height: calc(8 * var(--u));
        border: solid var(--text-faint);
        border-width: 0 1.5px 1.5px 0;
        transform: translateY(-25%) rotate(45deg);
      }
      :host([folded]) .chevron {
        transform: translateY(25%) rotate(-135deg);
      }
      .body {
        flex: 1;
        min-height: 0;
      }
      :host([folded]) .body {
        display: none;
      }
    `,
  ];

  protected override render() {
    const action = translate(this.language, this.folded ? 'unfold' : 'fold');
    return html`
      <header>
        <h2>
          <button aria-expanded=${!this.folded} aria-controls="body" title=${action} @click=${this.toggle}>
            <span class="heading">${this.heading}</span>
            <span class="note">${this.note}</span>
            <span class="chevron" aria-hidden="true"></span>
          </button>
        </h2>
      </header>
      <div class="body scroll" id="body"><slot></slot></div>
    `;
  }

  private toggle(): void {
    this.folded = !this.folded;
    this.dispatchEvent(new CustomEvent('fold', {bubbles: true, composed: true}));
  }
}

declare global {
  interface HTMLElementTagNameMap {
    'yp-panel': Panel;
  }
}
