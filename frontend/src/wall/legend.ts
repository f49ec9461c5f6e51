// The legend of what is on the screen.

import {css, html, LitElement, nothing} from 'lit';
import {customElement, property} from 'lit/decorators.js';
import {levels, levelWords} from '../heat/levels';
import {type Language, translate, type Word} from '../i18n';
import {type Lens, lenses} from '../map/lens';
import {componentDensity, damagedDensity, heatDensity, heatLevels, hotSpots, type Ramp} from '../map/palette';
import {fieldFades} from '../map/style/density';
import {base} from '../ui/base';
import {swatch} from '../ui/swatch';
import {heightStops, legendOf} from './layer-groups';

@customElement('yp-legend')
export class Legend extends LitElement {
  @property({attribute: false}) language: Language = 'zh';
  /** Layers that are switched on and drawn at this zoom. */
  @property({attribute: false}) shown: ReadonlySet<string> = new Set();
  @property({type: Number}) zoom = 0;
  @property() lens: Lens = 'density';
  /** Whether the heat is in the picture. */
  @property({type: Boolean}) heat = false;
  /** Whether its hot spots are. */
  @property({type: Boolean}) hotSpots = false;

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
      button {
        pointer-events: auto;
        padding: 0 calc(7 * var(--u));
        border: 1px solid var(--line);
        color: var(--text-faint);
      }
      button[aria-pressed='true'] {
        border-color: var(--accent);
        color: var(--text);
      }
      .scale {
        gap: 0 calc(8 * var(--u));
      }
      .ring {
        width: calc(14 * var(--u));
        height: calc(12 * var(--u));
        border: calc(2 * var(--u)) solid;
      }
      .step {
        display: inline-block;
        width: calc(20 * var(--u));
        height: calc(10 * var(--u));
      }
    `,
  ];

  protected override render() {
    const {language, shown, zoom} = this;
    return html`
      ${this.heat ? this.densities() : nothing}
      ${shown.has('component') && zoom < fieldFades[1] ? this.field() : nothing}
      ${legendOf(shown, zoom, language).map(
        (entries) => html`<ul aria-label=${translate(language, 'legend')}>
          ${entries.map((entry) => html`<li>${swatch(entry)}${entry.label}</li>`)}
        </ul>`,
      )}
      ${
        shown.has('building')
          ? html`<ul>
            <li>${translate(language, 'heightLegend')}</li>
            ${steps(heightStops)}
          </ul>`
          : nothing
      }
    `;
  }

  /** What the field of components is coloured by, and how many on a hectare each colour is. */
  private field() {
    const {language, lens} = this;
    return html`<ul class="scale" aria-label=${translate(language, 'legend')}>
      ${lenses.map(
        (choice) => html`<li>
          <button data-lens=${choice} aria-pressed=${choice === lens} @click=${() => this.choose(choice)}>
            ${translate(language, words[choice])}
          </button>
        </li>`,
      )}
      ${steps(ramps[lens])}
      <li>${translate(language, 'perHectare')}</li>
    </ul>`;
  }

  /** The colours of the heat, with the name of a level where it begins. */
  private densities() {
    const {language} = this;
    return html`<ul class="scale heat" aria-label=${translate(language, 'heat')}>
      <li>${translate(language, 'heat')}</li>
      ${heatDensity.map(
        ([from, colour]) =>
          html`<li><span class="step" style="background:${colour}"></span>${from} ${levelAt(colour, language)}</li>`,
      )}
      <li title=${translate(language, 'heatDevicesHint')}>${translate(language, 'heatDevices')}</li>
      <li>
        <button data-hot-spots aria-pressed=${this.hotSpots} @click=${() => this.tell('hot-spots')}>
          ${translate(language, 'hotSpots')}
        </button>
      </li>
      ${
        this.hotSpots
          ? Object.entries(hotSpots).map(
              ([kind, colour]) =>
                html`<li title=${translate(language, 'hotSpotsHint')}>
                  <span class="ring" style="border-color:${colour}"></span>
                  ${kind === 'cold' ? translate(language, 'coldSpots') : `${kind.slice(3)}%`}
                </li>`,
            )
          : nothing
      }
    </ul>`;
  }

  private choose(lens: Lens): void {
    this.tell('lens', lens);
  }

  private tell(name: string, detail?: unknown): void {
    this.dispatchEvent(new CustomEvent(name, {detail, bubbles: true, composed: true}));
  }
}

/** The name of the level that has this colour, or empty. */
function levelAt(colour: string, language: Language): string {
  const level = levels.find((one) => heatLevels[one] === colour);
  return level ? translate(language, levelWords[level]) : '';
}

const words: Readonly<Record<Lens, Word>> = {density: 'lensDensity', damage: 'lensDamage'};
const ramps: Readonly<Record<Lens, Ramp>> = {density: componentDensity, damage: damagedDensity};

/** The colours of a scale, each with the value that it begins at. */
function steps(ramp: Ramp) {
  return ramp.map(([from, colour]) => html`<li><span class="step" style="background:${colour}"></span>${from}</li>`);
}
