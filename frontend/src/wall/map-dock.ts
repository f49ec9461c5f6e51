// The buttons at the edge of the map.

import {css, html, LitElement} from 'lit';
import {customElement, property} from 'lit/decorators.js';
import {type Language, translate} from '../i18n';
import type {CityMap} from '../map/city-map';
import {base} from '../ui/base';
import {icon} from '../ui/icon';

export type DockAction = 'zoomIn' | 'zoomOut' | 'north' | 'city' | 'solid';

/** What each button does to the map. */
export function dockActions(cityMap: CityMap, solid: boolean): Readonly<Record<DockAction, () => void>> {
  return {
    zoomIn: () => cityMap.map.zoomIn(),
    zoomOut: () => cityMap.map.zoomOut(),
    north: () => cityMap.northUp(),
    city: () => cityMap.flyToCity(),
    solid: () => cityMap.setSolid(!solid, true),
  };
}

@customElement('yp-dock')
export class MapDock extends LitElement {
  @property({attribute: false}) language: Language = 'zh';
  @property({type: Boolean}) solid = true;
  /** Degrees from north, clockwise. */
  @property({type: Number}) bearing = 0;

  static override styles = [
    base,
    css`
      :host {
        display: grid;
        gap: calc(6 * var(--u));
        justify-items: start;
      }
      div {
        border: 1px solid var(--line);
        background: var(--panel);
      }
      button {
        display: grid;
        place-content: center;
        width: calc(38 * var(--u));
        height: calc(38 * var(--u));
        font-size: calc(14 * var(--u));
        color: var(--text-plain);
      }
      button:hover,
      button[aria-pressed='true'] {
        color: var(--accent);
      }
      button + button {
        border-top: 1px solid var(--line);
      }
      .icon {
        width: calc(20 * var(--u));
        height: calc(20 * var(--u));
        fill: none;
        stroke: currentColor;
        stroke-width: 1.6;
        stroke-linecap: round;
        stroke-linejoin: round;
      }
    `,
  ];

  protected override render() {
    const {language} = this;
    return html`
      <div>
        <button title=${translate(language, 'threeDHint')} aria-pressed=${this.solid} @click=${() => this.act('solid')}>
          ${translate(language, 'threeD')}
        </button>
      </div>
      <div>
        ${this.button('zoomIn', 'M12 5v14M5 12h14')} ${this.button('zoomOut', 'M5 12h14')}
      </div>
      <div>
        <button
          aria-label=${translate(language, 'north')}
          title=${translate(language, 'north')}
          style="rotate:${-this.bearing}deg"
          @click=${() => this.act('north')}
        >
          ${icon('M12 3l5 17-5-4-5 4z')}
        </button>
      </div>
      <div>
        <button aria-label=${translate(language, 'wholeCity')} title=${translate(language, 'wholeCity')} @click=${() => this.act('city')}>
          ${icon('M4 9V4h5M15 4h5v5M20 15v5h-5M9 20H4v-5M9 12h6M12 9v6')}
        </button>
      </div>
    `;
  }

  private button(action: 'zoomIn' | 'zoomOut', path: string) {
    const label = translate(this.language, action);
    return html`<button aria-label=${label} title=${label} @click=${() => this.act(action)}>${icon(path)}</button>`;
  }

  private act(action: DockAction): void {
    this.dispatchEvent(new CustomEvent('dock', {detail: action, bubbles: true, composed: true}));
  }
}
