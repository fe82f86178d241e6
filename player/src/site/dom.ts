/** Every element that matches, as its type. */
export function all<E extends HTMLElement>(selector: string, within: ParentNode = document): E[] {
  return [...within.querySelectorAll<E>(selector)];
}

/** A new element with a class and a text. */
export function make<K extends keyof HTMLElementTagNameMap>(name: K, className = '', text = ''): HTMLElementTagNameMap[K] {
  const element = document.createElement(name);
  if (className) element.className = className;
  if (text) element.textContent = text;
  return element;
}

let last = 0;

/** An id nobody else on the page has. */
export function freshId(prefix: string): string {
  last += 1;
  return `${prefix}-${last}`;
}
