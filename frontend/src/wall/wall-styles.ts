// The frame of the wall: banner, map with the panels over it, footer.

import {css, unsafeCSS} from 'lit';
import maplibreStyles from 'maplibre-gl/dist/maplibre-gl.css?inline';
import {base} from '../ui/base';

export const wallStyles = [
  base,
  // The map lives in this element's shadow, where the page's styles do not reach.
  unsafeCSS(maplibreStyles),
  css`
    :host {
      position: fixed;
      inset: 0;
      display: grid;
      grid-template: calc(72 * var(--u)) minmax(0, 1fr) calc(34 * var(--u)) / minmax(0, 1fr);
    }
    main {
      position: relative;
      display: grid;
      grid-template-columns: calc(388 * var(--u)) minmax(0, 1fr) calc(342 * var(--u));
      gap: calc(14 * var(--u));
      padding: calc(14 * var(--u));
      min-height: 0;
      overflow: hidden;
    }
    .map {
      position: absolute;
      inset: 0;
    }
    .map canvas:focus-visible {
      outline: none;
    }
    /* The crosshair shows what Enter would pick, while the map has the keyboard. */
    .cross {
      position: absolute;
      inset: 0 calc((342 + 14) * var(--u)) 0 calc((388 + 14) * var(--u));
      pointer-events: none;
      display: none;
    }
    .map:has(canvas:focus-visible) + .cross {
      display: block;
    }
    .cross::before,
    .cross::after {
      content: '';
      position: absolute;
      left: 50%;
      top: 50%;
      width: calc(26 * var(--u));
      height: 1.5px;
      background: var(--accent);
      translate: -50% -50%;
    }
    .cross::after {
      rotate: 90deg;
    }
    .left,
    .right {
      position: relative;
      display: flex;
      flex-direction: column;
      gap: calc(12 * var(--u));
      min-height: 0;
      pointer-events: none;
    }
    .left > *,
    .right > * {
      pointer-events: auto;
      flex: 0 1 auto;
    }
    /* Its figures stay whole; the list of layers below it can be scrolled. */
    .right > yp-heat {
      flex: none;
      max-height: 100%;
    }
    .right > yp-alarms {
      flex: none;
      max-height: 30%;
    }
    .centre {
      position: relative;
      min-height: 0;
      pointer-events: none;
    }
    .centre > * {
      pointer-events: auto;
      position: absolute;
    }
    yp-faults {
      inset: 0 15% auto;
      z-index: 2;
    }
    yp-card,
    yp-object {
      top: 0;
      right: 0;
      width: calc(372 * var(--u));
      max-width: 100%;
      max-height: 100%;
      z-index: 1;
    }
    yp-events {
      top: 0;
      left: 0;
      width: calc(400 * var(--u));
      max-width: 50%;
    }
    yp-alarm-banner {
      inset: calc(4 * var(--u)) 6% auto;
      z-index: 2;
    }
    .floor {
      inset: auto 0 0;
      display: flex;
      flex-direction: column;
      gap: calc(10 * var(--u));
      pointer-events: none;
    }
    .floor > yp-evening,
    .tools > yp-dock {
      pointer-events: auto;
    }
    .tools {
      display: flex;
      align-items: end;
      gap: calc(12 * var(--u));
    }
    /* While the picture is of a time that has passed, its frame says so. */
    main[data-past]::after {
      content: '';
      position: absolute;
      inset: 0;
      pointer-events: none;
      border: calc(3 * var(--u)) dashed var(--accent);
    }
    .skip {
      position: absolute;
      left: -100vw;
      top: 0;
      z-index: 9;
      padding: 8px 14px;
      color: inherit;
      background: var(--panel-solid);
    }
    .skip:focus {
      left: 0;
    }
    /* Ultra-wide walls widen the panels instead of the gaps: their lists then flow in two columns. */
    @media (min-aspect-ratio: 3/1) {
      main {
        grid-template-columns: calc(680 * var(--u)) minmax(0, 1fr) calc(400 * var(--u));
      }
      .cross {
        inset: 0 calc((400 + 14) * var(--u)) 0 calc((680 + 14) * var(--u));
      }
    }
    @media (max-width: 760px) {
      :host {
        grid-template-rows: 48px minmax(0, 1fr) 28px;
      }
      main {
        display: flex;
        flex-direction: column;
        justify-content: flex-end;
        gap: 0;
        padding: 0;
      }
      .left,
      .right {
        max-height: 46%;
      }
      .left,
      .right {
        position: relative;
      }
      .cross {
        inset: 0;
      }
      .centre {
        position: absolute;
        inset: 10px 10px 100px;
      }
      yp-card {
        left: 0;
        width: auto;
        max-height: 100%;
      }
      .tools > yp-legend {
        display: none;
      }
    }
  `,
];
