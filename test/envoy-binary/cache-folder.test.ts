import { expect, test } from 'vitest';
import { cacheFolder } from '../../src/envoy-binary/cache-folder.ts';

test('the cache is where SERIN_CACHE says, else in the user’s cache folder', () => {
  const HOME = '/home/ada';
  expect(cacheFolder({ HOME, XDG_CACHE_HOME: '/x', SERIN_CACHE: '/s' })).toBe('/s');
  expect(cacheFolder({ HOME, XDG_CACHE_HOME: '/x' })).toBe('/x/serin');
  expect(cacheFolder({ HOME, XDG_CACHE_HOME: '', SERIN_CACHE: '' })).toBe('/home/ada/.cache/serin');
});
