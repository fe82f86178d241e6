/** How the learner likes to watch, kept on this device for every film. */

export type Preference = 'speed' | 'volume' | 'captions' | 'captions-language';

export function preferred(name: Preference): string | null {
  try {
    return localStorage.getItem(`preau.media.${name}`);
  } catch {
    return null;
  }
}

export function prefer(name: Preference, value: string): void {
  try {
    localStorage.setItem(`preau.media.${name}`, value);
  } catch {
    // A browser that refuses storage begins anew with every film.
  }
}
