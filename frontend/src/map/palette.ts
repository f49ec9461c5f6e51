// The colours of the map, used by the style and by every legend beside it.
//
// Amber and red belong to alarms, and 红橙黄蓝 to warning levels: no layer uses them as its own.

export const ground = {
  outside: '#07111f',
  land: '#10223d',
  water: '#0d3a5e',
  waterLine: '#1d6a94',
  sea: '#0b3050',
} as const;

export const text = {
  strong: '#e6f4fb',
  plain: '#a9c6da',
  faint: '#6f92ac',
  water: '#5fb2d8',
  halo: '#07121f',
} as const;

export const border = {district: '#38c3dc', street: '#3f8fae', village: '#35647f'} as const;

export const road = {
  motorway: '#4d86b8',
  trunk: '#437aa9',
  primary: '#376791',
  secondary: '#2e5679',
  minor: '#264663',
  casing: '#08152a',
} as const;

export const metroFallback = '#8fb4d6';

/** Pipeline colours by medium; brown, pink and green follow the usual survey colours of China. */
export const medium: Readonly<Record<string, string>> = {
  water: '#4aa8ff',
  rain: '#35d3c4',
  sewage: '#b98d68',
  gas: '#ee93d8',
  power: '#a893ff',
  telecom: '#79d98a',
  heat: '#e0cdb4',
};

/** Component colours by class group, the first two digits of the class code. */
export const componentGroup: Readonly<Record<string, string>> = {
  '01': '#4fd6ee',
  '02': '#93a8ff',
  '03': '#c79bf2',
  '04': '#67d79a',
  '05': '#b7c7d6',
};
export const damaged = '#ff8fdc';

/** A sequential scale: the value from which a colour holds, rising, and the colour, ever lighter. */
export type Ramp = readonly (readonly [from: number, colour: string])[];

/** Components a hectare. Green where the map is blue; light where they are dense. */
export const componentDensity: Ramp = [
  [1, '#12404f'],
  [3, '#135863'],
  [10, '#167574'],
  [30, '#2b9684'],
  [100, '#6bc399'],
  [300, '#d6f4c6'],
];

/** Damaged and missing components a hectare. */
export const damagedDensity: Ramp = [
  [0.1, '#4b2b62'],
  [0.3, '#733683'],
  [1, '#a0469f'],
  [3, '#cf60bb'],
  [10, '#ff8fdc'],
  [30, '#ffd9f4'],
];
/** Where components stand and none of them is damaged or missing. */
export const intact = '#1c3450';

/** Stops of the building tint: height in metres, colour. */
export const heights: readonly (readonly [number, string])[] = [
  [0, '#1a3554'],
  [24, '#214a70'],
  [60, '#2c6590'],
  [100, '#3d86b0'],
  [200, '#63b0d3'],
  [400, '#a6dcef'],
];

/**
 * The levels of crowded places, in the legal colours of warnings: blue, yellow, orange, red. Calm
 * is none of them.
 */
export const heatLevels = {
  calm: '#a9c6da',
  watch: '#4f9dff',
  warn: '#ffd84a',
  alarm: '#ff9a3d',
  critical: '#ff4d55',
} as const;

/** Devices per m²: violets, ever lighter, up to the first level; then the levels where people walk. */
export const heatDensity = [
  [0.001, '#40308a'],
  [0.01, '#5743b8'],
  [0.1, '#7259d8'],
  [0.5, '#9a78ec'],
  [1, '#c7a6f8'],
  [2, heatLevels.watch],
  [3.5, heatLevels.warn],
  [5, heatLevels.alarm],
  [6.5, heatLevels.critical],
] as const satisfies Ramp;

/** Cells that chance does not explain, by the level of confidence in per cent: full ones, and empty ones. */
export const hotSpots = {hot99: '#ffffff', hot95: '#b9d4e6', hot90: '#7f9fb6', cold: '#2fe0c0'} as const;

export const curtainWall = '#3fe0ff';
export const heritage = '#d7a3f5';
export const compound = '#5cc4b0';
export const site = '#a9b4d8';
export const selection = '#ffffff';
/** Lines that somebody has drawn to be told who crosses them. */
export const fence = '#d9a8ff';
export const custom = '#8fd0ff';
