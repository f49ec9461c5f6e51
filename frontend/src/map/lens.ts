// What the field of components is coloured by.

/** How many components there are, or how many are damaged or missing. */
export type Lens = 'density' | 'damage';

export const lenses: readonly Lens[] = ['density', 'damage'];
