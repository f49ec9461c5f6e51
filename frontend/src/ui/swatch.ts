// The small sample of a layer's look that stands in lists and legends.

import {html, svg, type TemplateResult} from 'lit';
import type {Swatch} from '../wall/layer-groups';

export function swatch({shape, colour}: Swatch): TemplateResult {
  return html`<svg class="swatch" viewBox="0 0 24 14" aria-hidden="true">${shapes[shape](colour)}</svg>`;
}

const shapes: Readonly<Record<Swatch['shape'], (colour: string) => TemplateResult>> = {
  line: (colour) => svg`<path d="M1 7h22" stroke=${colour} stroke-width="3" />`,
  dashed: (colour) => svg`<path d="M1 7h22" stroke=${colour} stroke-width="1.6" stroke-dasharray="5 3" />`,
  area: (colour) => svg`<rect x="3" y="2" width="18" height="10" fill=${colour} fill-opacity=".45" stroke=${colour} />`,
  outline: (colour) =>
    svg`<rect x="3" y="2" width="18" height="10" fill=${colour} fill-opacity=".12" stroke=${colour} stroke-width="1.5" />`,
  hatch: (colour) => svg`
    <rect x="3" y="2" width="18" height="10" fill="none" stroke=${colour} stroke-dasharray="3 1.5" />
    <path d="M5 12l8-10M10 12l8-10M15 12l6-7.5" stroke=${colour} stroke-opacity=".7" />`,
  dot: (colour) => svg`<circle cx="12" cy="7" r="4.2" fill=${colour} />`,
  ring: (colour) =>
    svg`<circle cx="12" cy="7" r="4.8" fill=${colour} fill-opacity=".15" stroke=${colour} stroke-width="1.8" />`,
  block: (colour) => svg`
    <path d="M5 5l7-3 7 3-7 3z" fill=${colour} />
    <path d="M5 5l7 3v5l-7-3z" fill=${colour} fill-opacity=".65" />
    <path d="M19 5l-7 3v5l7-3z" fill=${colour} fill-opacity=".4" />`,
  icon: (colour) => svg`<path d="M12 2l5 5-5 5-5-5z" fill="none" stroke=${colour} stroke-width="1.6" />`,
};
