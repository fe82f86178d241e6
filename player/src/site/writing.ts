/** What the buttons of the Markdown editor do to a text. Pure: a selection goes in, one replacement comes out. */

export interface Selected {
  readonly text: string;
  readonly from: number;
  readonly to: number;
}

export interface Change {
  readonly from: number;
  readonly to: number;
  readonly text: string;
  /** What is selected afterwards. */
  readonly select?: readonly [number, number];
}

/** The whole lines the selection touches. */
function lines(at: Selected): { from: number; to: number } {
  const from = at.text.lastIndexOf('\n', at.from - 1) + 1;
  const end = at.text.indexOf('\n', at.to);
  return { from, to: end < 0 ? at.text.length : end };
}

/** Every line gets the mark, or loses it if all have it. */
function marked(at: Selected, mark: string): Change {
  const { from, to } = lines(at);
  const rows = at.text.slice(from, to).split('\n');
  const isOn = rows.every((row) => row.startsWith(mark));
  const text = rows.map((row) => (isOn ? row.slice(mark.length) : row.startsWith(mark) ? row : mark + row)).join('\n');
  return { from, to, text };
}

export function heading(at: Selected): Change {
  return marked(at, '## ');
}

export function list(at: Selected): Change {
  return marked(at, '- ');
}

export function bold(at: Selected, sample: string): Change {
  const inner = at.text.slice(at.from, at.to);
  const around = at.text.slice(at.from - 2, at.from) === '**' && at.text.slice(at.to, at.to + 2) === '**';
  if (around && inner) {
    return { from: at.from - 2, to: at.to + 2, text: inner, select: [at.from - 2, at.to - 2] };
  }
  const text = inner || sample;
  return { from: at.from, to: at.to, text: `**${text}**`, select: [at.from + 2, at.from + 2 + text.length] };
}

export function link(at: Selected, sample: string): Change {
  const inner = at.text.slice(at.from, at.to);
  const isAddress = /^https?:\/\/\S+$/.test(inner);
  const words = isAddress || !inner ? sample : inner;
  const address = isAddress ? inner : 'https://';
  const text = `[${words}](${address})`;
  // What is still to be typed is selected.
  const start = isAddress ? at.from + 1 : at.from + words.length + 3;
  return { from: at.from, to: at.to, text, select: [start, start + (isAddress ? words.length : address.length)] };
}

/** The Markdown of a picture; what would end the text early is left out. */
export function picture(name: string, alt: string): string {
  return `![${alt.replace(/[[\]\\\r\n]+/g, ' ').trim()}](${name})`;
}
