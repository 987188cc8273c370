/** What Go's module proxy serves of Istio, which tags no release of its module; it calls itself 1.31. */
export const ISTIO_MODULE = {
  path: 'istio.io/istio',
  version: 'v0.0.0-20260827124520-eed52ebb66ad',
  sum: 'h1:ui9TJjRMAV/hb5ehQaZDq7IUGxuQP6dra9lapT/VjHI=',
} as const;
