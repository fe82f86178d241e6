/**
 * The page content is sent to when it leaves by itself, a cmi5 unit's `returnURL` (cmi5 10.2.6): tells the launch frame around
 * it.
 */

export {};

if (window.parent !== window) window.parent.postMessage({ preau: 1, type: 'left' }, location.origin);
