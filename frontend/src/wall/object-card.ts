// The file of the picked object of a stream: what it last said, and how long ago.

import {html, LitElement, nothing} from 'lit';
import {customElement, property} from 'lit/decorators.js';
import {type Language, translate} from '../i18n';
import type {LivePick} from '../map/live/live-map';
import type {StreamDefinition, StreamObject} from '../streams';
import {base} from '../ui/base';
import {icon} from '../ui/icon';
import {cardStyles} from './card-styles';
import {objectFields, objectTitle} from './object-fields';

@customElement('yp-object')
export class ObjectCard extends LitElement {
  @property({attribute: false}) language: Language = 'zh';
  @property({attribute: false}) pick: LivePick | null = null;
  @property({attribute: false}) definition: StreamDefinition | undefined;
  /** Null while it is on its way. */
  @property({attribute: false}) object: StreamObject | null = null;
  @property({attribute: false}) track: GeoJSON.FeatureCollection | null = null;
  /** Why there is no newer object, or empty. */
  @property() fault = '';
  #clock: ReturnType<typeof setInterval> | undefined;

  static override styles = [base, cardStyles];

  override connectedCallback(): void {
    super.connectedCallback();
    this.#clock = setInterval(() => this.requestUpdate(), 1_000); // the age of the fix
  }

  override disconnectedCallback(): void {
    super.disconnectedCallback();
    clearInterval(this.#clock);
  }

  protected override render() {
    const {language, object, definition, track, pick} = this;
    const fields = object ? objectFields({object, definition, track, now: new Date(), language}) : [];
    return html`
      <header>
        <div class="kind">
          <span>${definition?.title[language] ?? pick?.stream ?? ''}</span>
          ${object?.synthetic ? html`<span class="badge">${translate(language, 'synthetic')}</span>` : nothing}
          <button class="close" aria-label=${translate(language, 'close')} title="${translate(language, 'close')} (Esc)" @click=${() => this.emit('close-card')}>
            ${icon('M6 6l12 12M18 6L6 18')}
          </button>
        </div>
        <h2>${object ? objectTitle(object) : (pick?.key ?? '')}</h2>
        <div class="verbs">
          <button ?disabled=${!object} @click=${() => this.emit('fly-to-object')}>
            ${icon('M10.5 17a6.5 6.5 0 1 0 0-13 6.5 6.5 0 0 0 0 13zM15.5 15.5L20 20')}${translate(language, 'follow')}
          </button>
        </div>
      </header>
      <div class="body scroll" tabindex="0">
        ${this.fault ? html`<p class="fault" role="alert" title=${this.fault}>${translate(language, 'faultObject')}</p>` : nothing}
        <dl>
          ${fields.map(
            ({key, label, value, unit}) => html`
              <dt>${label}</dt>
              <dd data-field=${key}>${value}${unit ? html`<span class="unit">${unit}</span>` : nothing}</dd>
            `,
          )}
        </dl>
      </div>
    `;
  }

  private emit(name: string): void {
    this.dispatchEvent(new CustomEvent(name, {bubbles: true, composed: true}));
  }
}
