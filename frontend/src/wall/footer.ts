// The bottom of the wall: scale, position and the attribution of what is on the screen.

import {css, html, LitElement, nothing} from 'lit';
import {customElement, property} from 'lit/decorators.js';
import {formatInteger, formatPosition} from '../format';
import {type Language, translate, translateMark} from '../i18n';
import type {LiveStatus} from '../map/live/live-map';
import {scaleBar, type View} from '../map/view';
import {base} from '../ui/base';

const maxScalePixels = 120;

@customElement('yp-footer')
export class Footer extends LitElement {
  @property({attribute: false}) language: Language = 'zh';
  @property({attribute: false}) view: View | null = null;
  @property({attribute: false}) attributions: readonly string[] = [];
  @property() mark = '';
  @property({attribute: false}) live: Pick<LiveStatus, 'connected' | 'lagMs'> = {connected: false, lagMs: null};

  static override styles = [
    base,
    css`
      :host {
        display: flex;
        align-items: center;
        gap: calc(26 * var(--u));
        padding: 0 calc(20 * var(--u));
        background: rgb(8 19 36 / 90%);
        border-top: 1px solid var(--line);
        font-size: calc(14 * var(--u));
        color: var(--text-plain);
        white-space: nowrap;
        min-width: 0;
      }
      .scale {
        display: inline-block;
        border: solid var(--text-plain);
        border-width: 0 1.5px 1.5px;
        height: calc(7 * var(--u));
        margin-right: calc(8 * var(--u));
      }
      .attribution {
        margin-left: auto;
        overflow: hidden;
        text-overflow: ellipsis;
      }
      .mark {
        color: var(--accent);
      }
      @media (max-width: 760px) {
        :host {
          gap: 12px;
          padding: 0 10px;
          font-size: 12px;
        }
        .position {
          display: none;
        }
      }
    `,
  ];

  protected override render() {
    const {language, view} = this;
    return html`
      ${view ? this.readout(view) : nothing}
      <span class="live" data-connected=${this.live.connected}>${this.liveText()}</span>
      <span class="attribution">
        ${this.mark ? html`<span class="mark">${translateMark(this.mark, language)}</span>` : nothing}
        ${this.attributions.length > 0 ? html`${this.mark ? '· ' : ''}${translate(language, 'sources')}: ${this.attributions.join(' · ')}` : nothing}
      </span>
    `;
  }

  private liveText(): string {
    const {connected, lagMs} = this.live;
    if (!connected) return translate(this.language, 'notLive');
    const live = translate(this.language, 'live');
    return lagMs === null ? live : `${live} ${formatInteger(lagMs)} ms`;
  }

  private readout({lon, lat, zoom, metresPerPixel}: View) {
    const {metres, pixels} = scaleBar(metresPerPixel, maxScalePixels);
    const km = metres >= 1000;
    const unit = this.language === 'zh' ? (km ? '公里' : '米') : km ? 'km' : 'm';
    return html`
      <span><span class="scale" style="width:${pixels.toFixed(1)}px"></span>${formatInteger(km ? metres / 1000 : metres)} ${unit}</span>
      <span class="position">${formatPosition(lon, lat)} · CGCS2000</span>
      <span>${translate(this.language, 'zoom')} ${zoom.toFixed(1)}</span>
    `;
  }
}
