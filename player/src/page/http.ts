/** Requests of the page to the application, and what can come of them. */

export type Reply<T> =
  | { readonly kind: 'ok'; readonly body: T }
  | { readonly kind: 'offline' }
  | { readonly kind: 'problem'; readonly status: number; readonly code: string; readonly detail: string };

const PATIENCE = 20_000;

export async function postJson<T>(url: string, body: unknown, keepalive = false): Promise<Reply<T>> {
  let response: Response;
  try {
    response = await fetch(url, {
      method: 'POST',
      headers: { 'Content-Type': 'application/json', Accept: 'application/json' },
      body: JSON.stringify(body),
      cache: 'no-store',
      keepalive,
      ...(keepalive ? {} : { signal: AbortSignal.timeout(PATIENCE) }),
    });
  } catch {
    return { kind: 'offline' };
  }
  const answer: unknown = await response.json().catch(() => undefined);
  if (response.ok) return { kind: 'ok', body: (answer ?? {}) as T };
  const problem = (answer ?? {}) as { code?: unknown; detail?: unknown; title?: unknown };
  const sentence = [problem.title, problem.detail].find((text) => typeof text === 'string' && text !== '');
  return {
    kind: 'problem',
    status: response.status,
    code: typeof problem.code === 'string' ? problem.code : `http-${response.status}`,
    detail: typeof sentence === 'string' ? sentence : '',
  };
}
