/** An identifier that no other page of this browser has. It keeps nothing secret; `crypto.randomUUID` is not there without TLS. */
export function newId(): string {
  return Array.from(crypto.getRandomValues(new Uint32Array(4)), (number) => number.toString(36)).join('-');
}
