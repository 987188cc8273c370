/** What the page is told every second. */

/** @typedef {import('../src/status/live-status.ts').LiveStatus} Status */
/** @typedef {import('../src/status/live-status.ts').PoolStatus} Pool */
/** @typedef {import('../src/status/live-status.ts').ModelStatus} Model */
/** @typedef {import('../src/status/live-status.ts').TargetStatus} Target */
/** @typedef {import('../src/status/live-status.ts').TargetFigures} Figures */
/** @typedef {import('../src/status/live-status.ts').EndpointStatus} Endpoint */

export {};
