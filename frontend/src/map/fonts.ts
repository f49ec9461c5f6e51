// The map draws text once and keeps the pixels, so the fonts must be there before it starts.

/** Families and weights of fonts.css that the map and the panels use. */
const faces = ['400 48px "Yiping Sans"', '600 48px "Yiping Sans SemiBold"', '600 48px "Yiping Sans"'];

/** Waits for the fonts; a font that does not come leaves the text to the system's own. */
export async function loadFonts(): Promise<void> {
  await Promise.allSettled(faces.map((face) => document.fonts.load(face, '一屏观天下 Yiping')));
}

/** Whether the product's own fonts are in use. */
export function fontsLoaded(): boolean {
  return faces.every((face) => document.fonts.check(face, '一屏观天下'));
}
