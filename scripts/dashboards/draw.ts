// Draws docs/canary-dashboard.svg from what the Prometheus of the last `npm run test:prometheus` had seen:
// node scripts/dashboards/draw.ts
import { readFile, writeFile } from 'node:fs/promises';
import { join } from 'node:path';
import { drawDashboard } from './draw-dashboard.ts';

const ROOT = join(import.meta.dirname, '../..');
const seen = await readFile(join(ROOT, '.cache/dashboards/canary.json'), 'utf8');
const title = 'Canary: lora-request, from 90 : 10 to 50 : 50';
await writeFile(join(ROOT, 'docs/canary-dashboard.svg'), drawDashboard(title, JSON.parse(seen)));
